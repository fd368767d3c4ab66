//! What it costs to try a passphrase, and the limit to what a file may demand of its reader.

use crate::secret::{Passphrase, Secret};
use sha2::Sha256;

/// Bytes that scrypt may use, p times over: 128·N·r·p.
const MAX_SCRYPT: u128 = 1 << 30;
/// Rounds of PBKDF2 that are run.
const MAX_ROUNDS: u32 = 10_000_000;

/// How a key is derived from a passphrase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kdf {
    /// RFC 7914, N = 2^`log_n`.
    Scrypt { log_n: u8, r: u32, p: u32, salt: Vec<u8> },
    /// RFC 8018 with HMAC-SHA256.
    Pbkdf2 { rounds: u32, salt: Vec<u8> },
}

/// A derivation that is not run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CostError {
    /// Too much memory or time.
    #[error("the keystore demands scrypt at N = 2^{log_n}, r = {r}, p = {p}: above 1 GiB")]
    Scrypt {
        /// The power of two.
        log_n: u8,
        /// The block size.
        r: u32,
        /// The parallelism.
        p: u32,
    },
    /// Too many rounds.
    #[error("the keystore demands {0} rounds of PBKDF2, above {MAX_ROUNDS}")]
    Pbkdf2(u32),
}

impl Kdf {
    pub(super) fn derive(&self, passphrase: &Passphrase) -> Result<Secret<32>, CostError> {
        let mut key = [0; 32];
        match self {
            Self::Scrypt { log_n, r, p, salt } => {
                let (log_n, r, p) = (*log_n, *r, *p);
                let cost = [128, u128::from(r), u128::from(p)].iter().product::<u128>() << log_n;
                let too_much = CostError::Scrypt { log_n, r, p };
                if !(1..=30).contains(&log_n) || cost > MAX_SCRYPT {
                    return Err(too_much);
                }
                let params = scrypt::Params::new(log_n, r, p).map_err(|_| too_much)?;
                scrypt::scrypt(passphrase.expose(), salt, &params, &mut key)
                    .map_err(|_| too_much)?;
            }
            Self::Pbkdf2 { rounds, .. } if *rounds > MAX_ROUNDS => {
                return Err(CostError::Pbkdf2(*rounds));
            }
            Self::Pbkdf2 { rounds, salt } => {
                pbkdf2::pbkdf2_hmac::<Sha256>(passphrase.expose(), salt, *rounds, &mut key);
            }
        }
        Ok(Secret::take(&mut key))
    }
}
