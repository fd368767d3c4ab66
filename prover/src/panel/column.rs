//! One column: its salt, its genotypes as field elements, its leaf. Both who commits and who
//! proves come through here. Specification: `docs/spec/panel.md`, vectors `columns.json` and
//! `packing.json`.

use super::GENOTYPES_PER_ELEMENT;
use ark_ff::{BigInt, PrimeField};
use ledger::{Fr, Tag, field, hash, poseidon};
use zeroize::Zeroizing;

/// A genotype that is not known, and every slot beyond the last sample.
pub const MISSING: u8 = 3;

/// What a column is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Copies of one alternate allele.
    Variant = 1,
    /// A binary trait.
    Trait = 2,
}

impl From<Kind> for Fr {
    fn from(kind: Kind) -> Self {
        Self::from(kind as u64)
    }
}

/// A dosage that no two bits can say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a dosage is none of 0, 1, 2 and 3 for missing")]
pub struct NotADosage;

/// `salt_j`: 31 bytes of HKDF(data key, `salt` ‖ key), as a field element.
pub fn salt(data_key: &[u8; 32], key: Fr) -> Zeroizing<Fr> {
    let bytes: Zeroizing<[u8; 31]> =
        Zeroizing::new(hash::hkdf(data_key, Tag::SALT, field::to_bytes(key).as_slice()));
    Zeroizing::new(Fr::from_be_bytes_mod_order(bytes.as_slice()))
}

/// Elements that hold the genotypes of so many people.
pub const fn elements(samples: u64) -> usize {
    samples.div_ceil(GENOTYPES_PER_ELEMENT as u64) as usize
}

/// Σ d_i·4^i over each 126 dosages; slots beyond the last sample hold 3.
///
/// # Errors
/// A value above 3.
pub fn pack(dosages: &[u8]) -> Result<Zeroizing<Vec<Fr>>, NotADosage> {
    if dosages.iter().fold(0, |seen, d| seen | d) > MISSING {
        return Err(NotADosage);
    }
    Ok(Zeroizing::new(dosages.chunks(GENOTYPES_PER_ELEMENT).map(pack_element).collect()))
}

/// 32 dosages to a limb, by shifts: 252 bits are below the modulus as they stand.
fn pack_element(dosages: &[u8]) -> Fr {
    let mut slots = Zeroizing::new([MISSING; GENOTYPES_PER_ELEMENT]);
    slots[..dosages.len()].copy_from_slice(dosages);
    let mut limbs = Zeroizing::new([0; 4]);
    for (limb, part) in limbs.iter_mut().zip(slots.chunks(32)) {
        *limb = part.iter().rev().fold(0, |bits, d| bits << 2 | u64::from(*d));
    }
    Fr::from_bigint(BigInt(*limbs)).expect("252 bits are below the modulus")
}

/// `P("leaf"; kind, key, salt, e_1 … e_m)`.
pub fn leaf(kind: Kind, key: Fr, salt: Fr, elements: &[Fr]) -> Fr {
    let mut inputs = Zeroizing::new(Vec::with_capacity(3 + elements.len()));
    inputs.extend_from_slice(&[kind.into(), key, salt]);
    inputs.extend_from_slice(elements);
    poseidon::hash(Tag::LEAF, &inputs)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_ff::{AdditiveGroup, Field};

    #[test]
    fn packing_is_base_four_with_missing_beyond_the_last() {
        let dosages: Vec<u8> = (0..130).map(|i| (i * i % 7 % 4) as u8).collect();
        let elements = pack(&dosages).unwrap();
        assert_eq!(elements.len(), super::elements(130));
        for (i, element) in elements.iter().enumerate() {
            let mut expected = Fr::ZERO;
            for slot in (0..GENOTYPES_PER_ELEMENT).rev() {
                let dosage = dosages.get(GENOTYPES_PER_ELEMENT * i + slot).unwrap_or(&MISSING);
                expected = expected.double().double() + Fr::from(*dosage);
            }
            assert_eq!(*element, expected, "element {i}");
        }
        assert_eq!(pack(&[0, 4]).unwrap_err(), NotADosage);
        assert_eq!(*pack(&[]).unwrap(), []);
    }

    #[test]
    fn salts_are_31_bytes() {
        let salt = salt(&[7; 32], Fr::ONE);
        assert_eq!(field::to_bytes(*salt)[0], 0);
    }
}
