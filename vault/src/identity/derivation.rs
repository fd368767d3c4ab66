//! BIP-32 over secp256k1, from a seed down a path; the one path that we use is BIP-44's for
//! Ethereum, `m/44'/60'/0'/0/0`.
//!
//! ```text
//! master  k ‖ c = HMAC-SHA512("Bitcoin seed", seed)
//! child i l ‖ c' = HMAC-SHA512(c, i hardened ? 0x00 ‖ k ‖ u32 i : compressed public ‖ u32 i)
//!         k' = l + k mod n
//! ```

use crate::secret::Secret;
use hmac::{Hmac, KeyInit, Mac};
use k256::elliptic_curve::PrimeField;
use k256::elliptic_curve::sec1::ToEncodedPoint;
use k256::{NonZeroScalar, PublicKey, Scalar};
use sha2::Sha512;
use zeroize::{Zeroize, Zeroizing};

const HARDENED: u32 = 1 << 31;
const ETHEREUM: [u32; 5] = [HARDENED | 44, HARDENED | 60, HARDENED, 0, 0];

/// BIP-32 has no key here: l is not below the order, or the sum is zero (one case in 2^127).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no account can be derived from this phrase: make another")]
pub struct DerivationError;

/// The secret at `m/44'/60'/0'/0/0`.
pub(super) fn ethereum_secret(seed: &Secret<64>) -> Result<Secret<32>, DerivationError> {
    derive(seed.expose(), &ETHEREUM)
}

fn derive(seed: &[u8], path: &[u32]) -> Result<Secret<32>, DerivationError> {
    let (mut key, mut chain) = halves(b"Bitcoin seed", &[seed])?;
    for index in path {
        let last = index.to_be_bytes();
        let (tweak, next) = if index & HARDENED != 0 {
            let bytes = Zeroizing::new(<[u8; 32]>::from(key.to_bytes()));
            halves(chain.as_slice(), &[&[0], bytes.as_slice(), &last])?
        } else {
            let public = PublicKey::from_secret_scalar(&key).to_encoded_point(true);
            halves(chain.as_slice(), &[public.as_bytes(), &last])?
        };
        let sum = Option::from(NonZeroScalar::new(*tweak + *key)).ok_or(DerivationError);
        key.zeroize();
        (key, chain) = (sum?, next);
    }
    let secret = Secret::from(<[u8; 32]>::from(key.to_bytes()));
    key.zeroize();
    Ok(secret)
}

/// The two halves of HMAC-SHA512 over the joined parts, the first as a scalar.
fn halves(
    key: &[u8],
    parts: &[&[u8]],
) -> Result<(NonZeroScalar, Zeroizing<[u8; 32]>), DerivationError> {
    let mut mac = Hmac::<Sha512>::new_from_slice(key).expect("HMAC takes keys of any length");
    parts.iter().for_each(|part| mac.update(part));
    let hash = Zeroizing::new(<[u8; 64]>::from(mac.finalize().into_bytes()));
    let (left, right) = hash.split_at(32);
    let mut chain = Zeroizing::new([0; 32]);
    chain.copy_from_slice(right);
    let mut repr = k256::FieldBytes::default();
    repr.copy_from_slice(left);
    let scalar = Option::<Scalar>::from(Scalar::from_repr(repr))
        .and_then(|scalar| Option::<NonZeroScalar>::from(NonZeroScalar::new(scalar)));
    repr[..].zeroize();
    Ok((scalar.ok_or(DerivationError)?, chain))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Test vectors 1 and 3 of BIP-32: private keys along the path, from their `xprv` texts.
    #[test]
    fn vectors_of_bip32() {
        let one = "000102030405060708090a0b0c0d0e0f";
        let three = "4b381541583be4423346c643850da4b320e46a87ae3d2a4e6da11eba819cd4acba45d239319ac14f863b8d5ab5a0d0c64d2e8a1e7d1457df2e5a3c51c73235be";
        let cases: [(&str, &[u32], &str); 8] = [
            (one, &[], "e8f32e723decf4051aefac8e2c93c9c5b214313817cdb01a1494b917c8436b35"),
            (one, &[HARDENED], "edb2e14f9ee77d26dd93b4ecede8d16ed408ce149b6cd80b0715a2d911a0afea"),
            (
                one,
                &[HARDENED, 1],
                "3c6cb8d0f6a264c91ea8b5030fadaa8e538b020f0a387421a12de9319dc93368",
            ),
            (
                one,
                &[HARDENED, 1, HARDENED | 2],
                "cbce0d719ecf7431d88e6a89fa1483e02e35092af60c042b1df2ff59fa424dca",
            ),
            (
                one,
                &[HARDENED, 1, HARDENED | 2, 2],
                "0f479245fb19a38a1954c5c7c0ebab2f9bdfd96a17563ef28a6a4b1a2a764ef4",
            ),
            (
                one,
                &[HARDENED, 1, HARDENED | 2, 2, 1_000_000_000],
                "471b76e389e528d6de6d816857e012c5455051cad6660850e58372a6c3e6e7c8",
            ),
            (three, &[], "00ddb80b067e0d4993197fe10f2657a844a384589847602d56f0c629c81aae32"),
            (
                three,
                &[HARDENED],
                "491f7a2eebc7b57028e0d3faa0acda02e75c33b03c48fb288c41e2ea44e1daef",
            ),
        ];
        for (seed, path, expected) in cases {
            let key = derive(&hex::decode(seed).unwrap(), path).unwrap();
            assert_eq!(hex::encode(key.expose()), expected, "{path:?}");
        }
    }
}
