//! A step's signature: EIP-712, domain `Provenome` / `1` / chain / `ProvenanceLog`, type
//! `Step(bytes32 stepId)`; 65 bytes r ‖ s ‖ v, v 27 or 28, s at most half the order.
//! Specification: `docs/spec/step.md`, vectors `steps.json`.

use crate::StepId;
use crate::hash::sha256;
use alloy_primitives::{Address, B256, U256, keccak256};
use std::fmt;

/// The signing domain of a log contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Domain {
    /// The chain's id.
    pub chain: u64,
    /// The `ProvenanceLog`.
    pub log: Address,
}

impl Domain {
    /// The domain separator.
    pub fn separator(&self) -> B256 {
        let words = [
            keccak256(
                "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)",
            ),
            keccak256("Provenome"),
            keccak256("1"),
            U256::from(self.chain).into(),
            self.log.into_word(),
        ];
        keccak256(words.concat())
    }

    /// What is signed: `keccak256(0x1901 ‖ separator ‖ keccak256(abi.encode(type hash, id)))`.
    pub fn digest(&self, step: StepId) -> B256 {
        let message = keccak256([keccak256("Step(bytes32 stepId)"), step.0].concat());
        keccak256([&[0x19, 0x01], self.separator().as_slice(), message.as_slice()].concat())
    }
}

/// A signature in its only form.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Signature(pub [u8; 65]);

/// A signature that is malformed, or by another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// v is not 27 or 28, s above half the order, or no key gives it.
    #[error("the signature is malformed: r, s or v is out of its range")]
    Malformed,
    /// Another account signed.
    #[error("the signature is by {found}, not by {expected}")]
    Signer {
        /// Who signed.
        found: Address,
        /// Who should have.
        expected: Address,
    },
}

impl Signature {
    /// The account that signed `digest`.
    ///
    /// # Errors
    /// A malformed signature; the high form of s is one.
    pub fn recover(&self, digest: B256) -> Result<Address, SignatureError> {
        let parity = match self.0[64] {
            27 => false,
            28 => true,
            _ => return Err(SignatureError::Malformed),
        };
        let r = U256::from_be_slice(&self.0[..32]);
        let s = U256::from_be_slice(&self.0[32..64]);
        let signature = alloy_primitives::Signature::new(r, s, parity);
        if signature.normalize_s().is_some() {
            return Err(SignatureError::Malformed);
        }
        signature.recover_address_from_prehash(&digest).map_err(|_| SignatureError::Malformed)
    }

    /// Verifies that `signer` signed the step.
    ///
    /// # Errors
    /// Malformed, or by another.
    pub fn verify(
        &self,
        domain: &Domain,
        step: StepId,
        expected: Address,
    ) -> Result<(), SignatureError> {
        let found = self.recover(domain.digest(step))?;
        if found == expected { Ok(()) } else { Err(SignatureError::Signer { found, expected }) }
    }

    /// `H(signature)`, as in a log's leaf.
    pub fn hash(&self) -> B256 {
        sha256(self.0)
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "0x{}", hex::encode(self.0))
    }
}
