//! What is different in every run, by a name that stays: equal things keep equal names.

use std::collections::HashMap;

/// The names given so far, and the folder that paths begin with.
#[derive(Debug, Default)]
pub struct Redaction {
    names: HashMap<String, String>,
    counts: HashMap<&'static str, usize>,
    folder: String,
}

impl Redaction {
    /// Paths into `folder` are written from `FOLDER`.
    pub fn new(folder: &std::path::Path) -> Self {
        Self {
            folder: folder.display().to_string().trim_end_matches('/').to_owned(),
            ..Self::default()
        }
    }

    /// The text with names for addresses, digests, CIDs, keys, ports, times and fees.
    pub fn apply(&mut self, text: &str) -> String {
        let text = if self.folder.is_empty() {
            text.to_owned()
        } else {
            text.replace(&self.folder, "FOLDER")
        };
        let mut shown = String::new();
        let mut rest = text.as_str();
        while let Some(first) = rest.chars().next() {
            if let Some(after) = time(rest) {
                shown += "TIME";
                rest = after;
            } else if let Some(after) = port(rest) {
                shown += "127.0.0.1:PORT";
                rest = after;
            } else if first.is_ascii_alphanumeric() {
                let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '.');
                let word = rest[..end.unwrap_or(rest.len())].trim_end_matches('.');
                shown += &self.word(word);
                rest = &rest[word.len()..];
            } else {
                shown.push(first);
                rest = &rest[first.len_utf8()..];
            }
        }
        shown
    }

    fn word(&mut self, word: &str) -> String {
        let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
        let hex = |s: &str| s.len() >= 40 && s.bytes().all(|b| b.is_ascii_hexdigit());
        let kind = match word.strip_prefix("0x") {
            Some(rest) if hex(rest) && rest.len() == 40 => "ADDRESS",
            Some(rest) if hex(rest) && rest.len() == 64 => "HASH",
            Some(rest) if hex(rest) => "BYTES",
            _ if word.starts_with("baf") && word.len() == 59 => "CID",
            _ if hex(word) => "KEY",
            // Times of the chain, which stay numbers so that JSON stays JSON.
            _ if word.len() == 10 && digits(word) && ("16".."21").contains(&&word[..2]) => {
                return "1700000000".to_owned();
            }
            // What fees leave of the coins; numbers in answers have twelve digits at most.
            _ => match word.split_once('.') {
                Some((whole, part)) if digits(whole) && digits(part) && part.len() > 12 => {
                    return "COINS".to_owned();
                }
                _ => return word.to_owned(),
            },
        };
        let key = word.to_ascii_lowercase();
        let counts = &mut self.counts;
        let name = self.names.entry(key).or_insert_with(|| {
            let count = counts.entry(kind).or_default();
            *count += 1;
            format!("{kind}{count}")
        });
        name.clone()
    }
}

/// What follows `2026-11-21 13:09:55 UTC`.
fn time(text: &str) -> Option<&str> {
    let form = "0000-00-00 00:00:00 UTC";
    let candidate = text.get(..form.len())?;
    let alike = candidate.bytes().zip(form.bytes()).all(|(found, wanted)| match wanted {
        b'0' => found.is_ascii_digit(),
        _ => found == wanted,
    });
    alike.then(|| &text[form.len()..])
}

/// What follows `127.0.0.1:54321`.
fn port(text: &str) -> Option<&str> {
    let rest = text.strip_prefix("127.0.0.1:")?;
    let after = rest.trim_start_matches(|c: char| c.is_ascii_digit());
    (after.len() < rest.len()).then_some(after)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_things_keep_equal_names() {
        let mut redaction = Redaction::new("/scene/x".as_ref());
        let (one, two) = ("0x".to_owned() + &"aB".repeat(32), "0x".to_owned() + &"cd".repeat(32));
        let text = format!("{one} {two} {}; at 2026-11-21 13:09:55 UTC", one.to_lowercase());
        assert_eq!(redaction.apply(&text), "HASH1 HASH2 HASH1; at TIME");
        for (text, shown) in [
            ("/scene/x/blocks, 2,504 people.", "FOLDER/blocks, 2,504 people."),
            ("http://127.0.0.1:54321/", "http://127.0.0.1:PORT/"),
            ("{\"time\":1795266595}", "{\"time\":1700000000}"),
            ("9.99912345678012 left, 12.5 tUSD", "COINS left, 12.5 tUSD"),
            ("units 1000000000", "units 1000000000"),
        ] {
            assert_eq!(redaction.apply(text), shown);
        }
    }
}
