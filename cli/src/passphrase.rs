//! Passphrases: by prompt, from a file, or from a file descriptor; never as an argument, where
//! other users and the shell's history would see them.

use crate::failure::Failure;
use std::fs::File;
use std::io::Read;
use std::path::PathBuf;
use zeroize::Zeroizing;

/// Bytes that a passphrase may have.
const MOST: usize = 1024;

/// Where the passphrase comes from.
#[derive(Clone, Debug)]
pub(crate) enum Source {
    Prompt,
    File(PathBuf),
    Descriptor(i32),
}

impl Source {
    /// The passphrase of an identity that is there.
    pub(crate) fn read(&self) -> Result<Zeroizing<String>, Failure> {
        self.ask("Passphrase: ")
    }

    /// A new passphrase; asked twice where it is asked.
    pub(crate) fn read_new(&self) -> Result<Zeroizing<String>, Failure> {
        let first = self.ask("New passphrase (it protects the keys on this machine): ")?;
        if matches!(self, Self::Prompt) && *first != *self.ask("The same again: ")? {
            return Err(Failure::could_not("the two passphrases differ").hint("try again"));
        }
        Ok(first)
    }

    fn ask(&self, prompt: &str) -> Result<Zeroizing<String>, Failure> {
        let text = match self {
            Self::Prompt => {
                rpassword::prompt_password(prompt).map(Zeroizing::new).map_err(|e| {
                    Failure::could_not(format!("cannot ask for the passphrase: {e}"))
                        .hint("without a terminal, use --passphrase-file or --passphrase-fd")
                })?
            }
            Self::File(path) => {
                let file = File::open(path).map_err(|e| {
                    Failure::could_not(format!(
                        "cannot read the passphrase file {}: {e}",
                        path.display()
                    ))
                })?;
                first_line(file)?
            }
            Self::Descriptor(fd) => first_line(descriptor(*fd)?)?,
        };
        if text.is_empty() {
            return Err(match self {
                Self::File(path) => {
                    Failure::could_not(format!("the first line of {} is empty", path.display()))
                        .hint("it must hold the passphrase")
                }
                _ => Failure::could_not("the passphrase is empty"),
            });
        }
        Ok(text)
    }
}

/// Opened anew through `/proc`, so that the descriptor itself stays whoever's it is.
fn descriptor(fd: i32) -> Result<File, Failure> {
    File::open(format!("/proc/self/fd/{fd}")).map_err(|e| {
        Failure::could_not(format!("cannot read the passphrase from descriptor {fd}: {e}"))
    })
}

/// The first line, without its end.
fn first_line(file: File) -> Result<Zeroizing<String>, Failure> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(MOST + 2));
    file.take(MOST as u64 + 2)
        .read_to_end(&mut bytes)
        .map_err(|e| Failure::could_not(format!("cannot read the passphrase: {e}")))?;
    let line = bytes.split(|b| *b == b'\n').next().unwrap_or_default();
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    if line.len() > MOST {
        return Err(Failure::could_not(format!("the passphrase has more than {MOST} bytes")));
    }
    match std::str::from_utf8(line) {
        Ok(text) => Ok(Zeroizing::new(text.to_owned())),
        Err(_) => Err(Failure::could_not("the passphrase is not UTF-8")),
    }
}
