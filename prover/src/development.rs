//! Development keys: a set-up whose secrets everybody can compute. **Whoever runs this can forge
//! a proof of anything under these keys.** They stand in for a ceremony while circuits change.
//! γ = 1, generators as the standard has them. Specification: `docs/spec/circuit.md`,
//! "Development keys".

use crate::circuit::Circuit;
use crate::r1cs::{Matrix, R1cs};
use crate::shape::Shape;
use alloy_primitives::B256;
use ark_bn254::{Bn254, G1Projective, G2Projective};
use ark_ec::scalar_mul::BatchMulPreprocessing;
use ark_ec::{CurveGroup, PrimeGroup};
use ark_ff::{AdditiveGroup, Field, PrimeField};
use ark_groth16::{ProvingKey, VerifyingKey};
use ark_poly::{EvaluationDomain, Radix2EvaluationDomain};
use chacha20::ChaCha20;
use chacha20::cipher::{KeyIvInit, StreamCipher};
use ledger::statement::ALLELE_FREQUENCY;
use ledger::{CircuitId, Fr};
use sha2::{Digest, Sha256};

/// Before the fingerprint, in the seed.
const SEED: &str = "provenome/v1/development-key";

/// What a real set-up destroys.
struct Waste {
    tau: Fr,
    alpha: Fr,
    beta: Fr,
    delta: Fr,
}

impl Waste {
    /// The key stream of ChaCha20 (RFC 8439) under SHA-256(seed ‖ fingerprint), nonce and counter
    /// 0: for τ, α, β, δ in turn 64 bytes, big-endian, modulo r.
    fn of(fingerprint: B256) -> Self {
        let key = Sha256::new().chain_update(SEED).chain_update(fingerprint).finalize();
        let mut stream = ChaCha20::new(&key, &[0; 12].into());
        let [tau, alpha, beta, delta] = std::array::from_fn(|_| {
            let mut bytes = [0; 64];
            stream.apply_keystream(&mut bytes);
            Fr::from_be_bytes_mod_order(&bytes)
        });
        Self { tau, alpha, beta, delta }
    }
}

/// The polynomials of each wire at τ.
struct Evaluated {
    a: Vec<Fr>,
    b: Vec<Fr>,
    /// β·a + α·b + c.
    combined: Vec<Fr>,
}

/// Rows of the domain: the constraints, and one for each public wire that keeps it apart.
fn domain(r1cs: &R1cs) -> Radix2EvaluationDomain<Fr> {
    Radix2EvaluationDomain::new(r1cs.constraints() + r1cs.public + 1)
        .expect("a circuit has fewer than 2^28 constraints")
}

fn evaluate(r1cs: &R1cs, waste: &Waste) -> Evaluated {
    let lagrange = domain(r1cs).evaluate_all_lagrange_coefficients(waste.tau);
    let at_tau = |matrix: &Matrix| {
        let mut sums = vec![Fr::ZERO; r1cs.wires];
        for (row, lagrange) in matrix.rows().zip(&lagrange) {
            row.iter().for_each(|(wire, factor)| sums[wire.0 as usize] += *lagrange * factor);
        }
        sums
    };
    let (mut a, (b, c)) =
        rayon::join(|| at_tau(&r1cs.a), || rayon::join(|| at_tau(&r1cs.b), || at_tau(&r1cs.c)));
    let apart = &lagrange[r1cs.constraints()..][..=r1cs.public];
    a.iter_mut().zip(apart).for_each(|(sum, lagrange)| *sum += lagrange);
    let wires = a.iter().zip(&b).zip(&c);
    let combined = wires.map(|((a, b), c)| waste.beta * a + waste.alpha * b + c).collect();
    Evaluated { a, b, combined }
}

/// The id and the development key of a shape's circuit: what a verifier recomputes for a shape
/// that is not shipped. Of a shape that others name, ask [`Shape::is_made`] first.
///
/// # Panics
/// On sizes that no question has.
pub fn development_circuit(shape: &Shape) -> (CircuitId, crate::VerifyingKey) {
    let r1cs = Circuit::new(shape).r1cs();
    named(&r1cs, r1cs.fingerprint())
}

/// The same for rows that are there.
pub(crate) fn named(r1cs: &R1cs, fingerprint: B256) -> (CircuitId, crate::VerifyingKey) {
    let key = crate::VerifyingKey::from(verifying_key(r1cs, fingerprint));
    (key.circuit_id(ALLELE_FREQUENCY, fingerprint), key)
}

/// The verifying key alone: it takes a moment.
fn verifying_key(r1cs: &R1cs, fingerprint: B256) -> VerifyingKey<Bn254> {
    let waste = Waste::of(fingerprint);
    let evaluated = evaluate(r1cs, &waste);
    verifying_key_of(&waste, &evaluated.combined[..=r1cs.public])
}

fn verifying_key_of(waste: &Waste, public: &[Fr]) -> VerifyingKey<Bn254> {
    let (one, two) = (G1Projective::generator(), G2Projective::generator());
    VerifyingKey {
        alpha_g1: (one * waste.alpha).into_affine(),
        beta_g2: (two * waste.beta).into_affine(),
        gamma_g2: two.into_affine(),
        delta_g2: (two * waste.delta).into_affine(),
        gamma_abc_g1: public.iter().map(|factor| (one * factor).into_affine()).collect(),
    }
}

/// The whole key, for a prover that takes the quotient on the odd points of the domain twice as
/// large, as snarkjs does.
pub(crate) fn proving_key(r1cs: &R1cs, fingerprint: B256) -> ProvingKey<Bn254> {
    let waste = Waste::of(fingerprint);
    let Evaluated { a, b, combined } = evaluate(r1cs, &waste);
    let by_delta = waste.delta.inverse().expect("a hash output is 0 with probability 2^-253");
    let (public, private) = combined.split_at(r1cs.public + 1);
    let private: Vec<Fr> = private.iter().map(|factor| *factor * by_delta).collect();
    let quotient = odd_lagrange(&domain(r1cs), waste.tau, by_delta);

    let one = G1Projective::generator();
    let multiples = BatchMulPreprocessing::new(one, 2 * a.len() + private.len() + quotient.len());
    let multiples_2 = BatchMulPreprocessing::new(G2Projective::generator(), b.len());
    ProvingKey {
        vk: verifying_key_of(&waste, public),
        beta_g1: (one * waste.beta).into_affine(),
        delta_g1: (one * waste.delta).into_affine(),
        a_query: multiples.batch_mul(&a),
        b_g1_query: multiples.batch_mul(&b),
        b_g2_query: multiples_2.batch_mul(&b),
        h_query: multiples.batch_mul(&quotient),
        l_query: multiples.batch_mul(&private),
    }
}

/// The Lagrange polynomials of the odd points of the domain of twice the size at τ, times
/// `factor`. A·B − C is 0 on the even points, so these values alone give it at τ.
fn odd_lagrange(domain: &Radix2EvaluationDomain<Fr>, tau: Fr, factor: Fr) -> Vec<Fr> {
    let double = Radix2EvaluationDomain::<Fr>::new(2 * domain.size())
        .expect("a circuit has fewer than 2^27 constraints");
    let lagrange = double.evaluate_all_lagrange_coefficients(tau);
    lagrange.into_iter().skip(1).step_by(2).map(|value| value * factor).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_ff::BigInteger;
    use ark_groth16::Groth16;
    use ark_groth16::r1cs_to_qap::LibsnarkReduction;
    use ark_relations::gr1cs::{
        ConstraintSynthesizer, ConstraintSystemRef, LinearCombination, SynthesisError, Variable,
    };
    use ark_std::rand::{Error, RngCore};

    /// The rows as arkworks takes them in a set-up.
    struct Rows<'a>(&'a R1cs);

    impl ConstraintSynthesizer<Fr> for Rows<'_> {
        fn generate_constraints(
            self,
            system: ConstraintSystemRef<Fr>,
        ) -> Result<(), SynthesisError> {
            let R1cs { public, wires, a, b, c, .. } = self.0;
            let mut variables = vec![Variable::One];
            for _ in 0..*public {
                variables.push(system.new_input_variable(|| Ok(Fr::ZERO))?);
            }
            while variables.len() < *wires {
                variables.push(system.new_witness_variable(|| Ok(Fr::ZERO))?);
            }
            for ((a, b), c) in a.rows().zip(b.rows()).zip(c.rows()) {
                let [a, b, c] = [a, b, c].map(|row| {
                    let terms = row.iter().map(|(w, factor)| (*factor, variables[w.0 as usize]));
                    LinearCombination(terms.collect())
                });
                system.enforce_r1cs_constraint(|| a, || b, || c)?;
            }
            Ok(())
        }
    }

    /// Gives out one element's limbs: arkworks draws τ in Montgomery form.
    struct Given(Vec<u64>);

    impl RngCore for Given {
        fn next_u64(&mut self) -> u64 {
            self.0.pop().unwrap()
        }

        fn next_u32(&mut self) -> u32 {
            unreachable!("elements are drawn in words of 64 bits")
        }

        fn fill_bytes(&mut self, _: &mut [u8]) {
            unreachable!("elements are drawn in words of 64 bits")
        }

        fn try_fill_bytes(&mut self, _: &mut [u8]) -> Result<(), Error> {
            unreachable!("elements are drawn in words of 64 bits")
        }
    }

    #[test]
    fn the_set_up_is_that_of_arkworks() {
        let shape = Shape { elements: 1, places: 1, nodes: vec![1] };
        let r1cs = Circuit::new(&shape).r1cs();
        let fingerprint = r1cs.fingerprint();
        let Waste { tau, alpha, beta, delta } = Waste::of(fingerprint);
        let ours = proving_key(&r1cs, fingerprint);
        let theirs = Groth16::<Bn254, LibsnarkReduction>::generate_parameters_with_qap(
            Rows(&r1cs),
            alpha,
            beta,
            Fr::ONE,
            delta,
            G1Projective::generator(),
            G2Projective::generator(),
            &mut Given(tau.0.0.into_iter().rev().collect()),
        )
        .unwrap();
        assert_eq!(ours.vk, theirs.vk);
        assert_eq!(ours.vk, verifying_key(&r1cs, fingerprint));
        assert_eq!((ours.beta_g1, ours.delta_g1), (theirs.beta_g1, theirs.delta_g1));
        assert_eq!(ours.a_query, theirs.a_query);
        assert_eq!(ours.b_g1_query, theirs.b_g1_query);
        assert_eq!(ours.b_g2_query, theirs.b_g2_query);
        assert_eq!(ours.l_query, theirs.l_query);
    }

    #[test]
    fn the_domain_is_that_of_snarkjs() {
        for power in [3, 12, 17] {
            let domain = Radix2EvaluationDomain::<Fr>::new(1 << power).unwrap();
            let double = Radix2EvaluationDomain::<Fr>::new(2 << power).unwrap();
            let (root, shift) = taceo_groth16::groth16_roots_of_unity::<Fr>(power);
            assert_eq!((domain.group_gen, double.group_gen), (root, shift));
        }
    }

    #[test]
    fn the_secrets_are_the_documented_stream() {
        let waste = Waste::of(B256::repeat_byte(7));
        let hex = |element: Fr| hex::encode(element.into_bigint().to_bytes_be());
        let tau = "26059c1ebe5b82f90c865d67eff26b0103a2331c7419451fd8818853751a9828";
        let delta = "069ea567ca09edd92fc8f349fdb14d4dcd513202212e53daa7d8a77bedbd14f4";
        assert_eq!((hex(waste.tau), hex(waste.delta)), (tau.into(), delta.into()));
    }
}
