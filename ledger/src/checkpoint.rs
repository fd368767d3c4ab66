//! Checkpoints: a log's head as a C2SP signed note with one Ed25519 signature, whose key name is
//! the log's origin and which has no extension lines. Specification: `docs/spec/log.md`.

use crate::hash::sha256;
use alloy_primitives::B256;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};

const ED25519: u8 = 1;
/// Bytes that a note may have; ours have under 700.
const MAX_NOTE: usize = 16 << 10;

/// A log's size and root under its origin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The log's name: printable ASCII without space and `+`.
    pub origin: String,
    /// Leaves.
    pub size: u64,
    /// RFC 6962 root over them.
    pub root: B256,
}

/// Why a note is no checkpoint of the log asked about.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// Not the form of a signed checkpoint.
    #[error("the note is no signed checkpoint: {0}")]
    Form(&'static str),
    /// Another log's.
    #[error("the checkpoint is of {0:?}, not of {1:?}")]
    Origin(String, String),
    /// No signature by the log's key, or one that does not verify.
    #[error("the checkpoint of {0:?} is not signed by the log's key")]
    Signature(String),
}

/// Whether `origin` may name a log: 1–255 bytes of printable ASCII, no space, no `+`.
pub fn is_origin(origin: &str) -> bool {
    (1..=255).contains(&origin.len())
        && origin.bytes().all(|b| (0x21..=0x7e).contains(&b) && b != b'+')
}

impl Checkpoint {
    /// The note's text: what is signed.
    pub fn text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, STANDARD.encode(self.root))
    }

    /// The signed note.
    pub fn sign(&self, key: &SigningKey) -> String {
        let text = self.text();
        let mut line = key_id(&self.origin, &key.verifying_key()).to_vec();
        line.extend_from_slice(&key.sign(text.as_bytes()).to_bytes());
        format!("{text}\n\u{2014} {} {}\n", self.origin, STANDARD.encode(line))
    }

    /// Reads `note` and verifies that the log `origin` signed it with `key`. Signatures by others
    /// (witnesses) may stand beside it.
    ///
    /// # Errors
    /// Says what does not hold.
    pub fn verify(note: &str, origin: &str, key: &VerifyingKey) -> Result<Self, NoteError> {
        if note.len() > MAX_NOTE {
            return Err(NoteError::Form("it is too long"));
        }
        let (text, signatures) =
            note.rsplit_once("\n\n").ok_or(NoteError::Form("no signatures follow its text"))?;
        let checkpoint = Self::parse(&format!("{text}\n"))?;
        if checkpoint.origin != origin {
            return Err(NoteError::Origin(checkpoint.origin, origin.to_owned()));
        }
        let id = key_id(origin, key);
        let signed = checkpoint.text();
        let ours = |line: &str| {
            let (name, signature) = line.strip_prefix("\u{2014} ")?.split_once(' ')?;
            let signature = STANDARD.decode(signature).ok()?;
            let signature = signature.strip_prefix(&id)?;
            let signature = Signature::from_slice(signature).ok()?;
            (name == origin).then(|| key.verify_strict(signed.as_bytes(), &signature).is_ok())
        };
        let found: Vec<bool> = signatures.lines().filter_map(ours).collect();
        if !found.is_empty() && found.iter().all(|valid| *valid) {
            Ok(checkpoint)
        } else {
            Err(NoteError::Signature(origin.to_owned()))
        }
    }

    fn parse(text: &str) -> Result<Self, NoteError> {
        let body = text.strip_suffix('\n').ok_or(NoteError::Form("no line end"))?;
        let mut lines = body.split('\n');
        let (Some(origin), Some(size), Some(root), None) =
            (lines.next(), lines.next(), lines.next(), lines.next())
        else {
            return Err(NoteError::Form("it has not three lines"));
        };
        if !is_origin(origin) {
            return Err(NoteError::Form("its origin is no key name"));
        }
        let canonical = !size.is_empty()
            && size.bytes().all(|b| b.is_ascii_digit())
            && (size == "0" || !size.starts_with('0'));
        let size = canonical.then(|| size.parse().ok()).flatten();
        let size = size.ok_or(NoteError::Form("its size is no canonical decimal number"))?;
        let root = STANDARD.decode(root).ok().and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
        let root = root.ok_or(NoteError::Form("its root is not 32 bytes in base64"))?;
        Ok(Self { origin: origin.to_owned(), size, root: B256::new(root) })
    }
}

/// The first four bytes of `H(name ‖ "\n" ‖ 0x01 ‖ key)`.
fn key_id(origin: &str, key: &VerifyingKey) -> [u8; 4] {
    let hash = sha256([origin.as_bytes(), b"\n", &[ED25519], key.as_bytes()].concat());
    [hash[0], hash[1], hash[2], hash[3]]
}
