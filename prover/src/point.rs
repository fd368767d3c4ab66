//! Points of BN254 as EVM words: x and y, and of each coordinate over the extension the imaginary
//! part first. Words from outside become points only through the checks here.
//! Specification: `docs/spec/circuit.md`, "Words".

use alloy_primitives::U256;
use ark_bn254::{Fq, Fq2, G1Affine, G2Affine};
use ark_ff::{BigInt, PrimeField};

/// Why words are no point of the group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAPoint {
    /// A coordinate at or above the base field's modulus.
    #[error("has a coordinate that is not below the base field's modulus")]
    NotInField,
    /// The curve's equation does not hold.
    #[error("is not on the curve")]
    OffCurve,
    /// On the curve, but of another order.
    #[error("is not in the subgroup")]
    OutsideSubgroup,
    /// The neutral element.
    #[error("is the point at infinity")]
    Infinity,
}

pub(crate) fn g1_words(point: &G1Affine) -> [U256; 2] {
    [point.x, point.y].map(word)
}

pub(crate) fn g2_words(point: &G2Affine) -> [U256; 4] {
    [point.x.c1, point.x.c0, point.y.c1, point.y.c0].map(word)
}

pub(crate) fn g1(words: [U256; 2]) -> Result<G1Affine, NotAPoint> {
    let [x, y] = words.map(coordinate);
    let point = G1Affine::new_unchecked(x?, y?);
    check(words.iter().all(U256::is_zero), point.is_on_curve(), true)?;
    Ok(point)
}

pub(crate) fn g2(words: [U256; 4]) -> Result<G2Affine, NotAPoint> {
    let [x_im, x_re, y_im, y_re] = words.map(coordinate);
    let point = G2Affine::new_unchecked(Fq2::new(x_re?, x_im?), Fq2::new(y_re?, y_im?));
    let on_curve = point.is_on_curve();
    let in_subgroup = on_curve && point.is_in_correct_subgroup_assuming_on_curve();
    check(words.iter().all(U256::is_zero), on_curve, in_subgroup)?;
    Ok(point)
}

fn check(zero: bool, on_curve: bool, in_subgroup: bool) -> Result<(), NotAPoint> {
    match (zero, on_curve, in_subgroup) {
        (true, ..) => Err(NotAPoint::Infinity),
        (_, false, _) => Err(NotAPoint::OffCurve),
        (.., false) => Err(NotAPoint::OutsideSubgroup),
        _ => Ok(()),
    }
}

fn coordinate(word: U256) -> Result<Fq, NotAPoint> {
    Fq::from_bigint(BigInt(word.into_limbs())).ok_or(NotAPoint::NotInField)
}

/// Infinity has no coordinates; the EVM writes it as zeros.
fn word(coordinate: Fq) -> U256 {
    U256::from_limbs(coordinate.into_bigint().0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_ec::AffineRepr;
    use ark_ff::{AdditiveGroup, Field};

    #[test]
    fn words_are_points_only_in_the_group() {
        let [generator_1, generator_2] =
            [g1_words(&G1Affine::generator()).to_vec(), g2_words(&G2Affine::generator()).to_vec()];
        let one = |w: &[U256]| g1(w.try_into().unwrap()).map(|p| g1_words(&p).to_vec());
        let two = |w: &[U256]| g2(w.try_into().unwrap()).map(|p| g2_words(&p).to_vec());
        assert_eq!(one(&generator_1).unwrap(), generator_1);
        assert_eq!(two(&generator_2).unwrap(), generator_2);

        let modulus = U256::from_limbs(Fq::MODULUS.0);
        for place in 0..4 {
            let mut words = generator_2.clone();
            words[place] += modulus;
            assert_eq!(two(&words), Err(NotAPoint::NotInField));
            words[place] = U256::from(5);
            assert_eq!(two(&words), Err(NotAPoint::OffCurve));
        }
        assert_eq!(one(&[modulus, U256::ZERO]), Err(NotAPoint::NotInField));
        assert_eq!(one(&[U256::from(1), U256::from(1)]), Err(NotAPoint::OffCurve));
        assert_eq!(one(&[U256::ZERO; 2]), Err(NotAPoint::Infinity));
        assert_eq!(two(&[U256::ZERO; 4]), Err(NotAPoint::Infinity));

        let outside = (1u64..)
            .filter_map(|x| G2Affine::get_point_from_x_unchecked(Fq2::new(x.into(), Fq::ONE), true))
            .find(|point| !point.is_in_correct_subgroup_assuming_on_curve())
            .unwrap();
        assert_eq!(two(&g2_words(&outside)), Err(NotAPoint::OutsideSubgroup));
        assert_ne!(outside.x.c0, Fq::ZERO);
    }
}
