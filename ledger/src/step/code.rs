//! The code hash: which files computed, by mode, path, size and content.

use crate::dag_cbor::Value;
use crate::hash::{self, sha256};
use crate::{Tag, dag_cbor::MAX_BYTES};
use alloy_primitives::B256;

/// One file of the code; links and `..` have no form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeFile {
    /// Relative, with `/`.
    pub path: String,
    /// Mode 0o100755 rather than 0o100644.
    pub executable: bool,
    /// Bytes.
    pub size: u64,
    /// SHA-256 of the content.
    pub digest: B256,
}

/// A list of files that no code hash can be of.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CodeError {
    /// A path that is absolute, has `.`, `..` or an empty part, or stands there twice.
    #[error("the path {0:?} is not a plain relative one, or stands there twice")]
    Path(String),
    /// A manifest too large for a block.
    #[error("the list of files has more than {MAX_BYTES} bytes")]
    TooLarge,
}

/// `T("code", H(array of [mode, path, size, H(file)] by path bytes))`.
///
/// # Errors
/// Paths that could mean a file elsewhere, or one twice; too many files.
pub fn code_hash(files: &[CodeFile]) -> Result<B256, CodeError> {
    let mut files: Vec<&CodeFile> = files.iter().collect();
    files.sort_by(|a, b| a.path.as_bytes().cmp(b.path.as_bytes()));
    for (i, file) in files.iter().enumerate() {
        let plain = file.path.split('/').all(|part| !matches!(part, "" | "." | ".."));
        if !plain || (i > 0 && files[i - 1].path == file.path) {
            return Err(CodeError::Path(file.path.clone()));
        }
    }
    let rows = files.into_iter().map(|file| {
        let mode = if file.executable { 0o100_755 } else { 0o100_644 };
        Value::List(vec![
            Value::Uint(mode),
            file.path.as_str().into(),
            file.size.into(),
            file.digest.into(),
        ])
    });
    let manifest = Value::List(rows.collect()).encode();
    if manifest.len() > MAX_BYTES {
        return Err(CodeError::TooLarge);
    }
    Ok(hash::tagged(Tag::CODE, &[sha256(manifest).as_slice()]))
}
