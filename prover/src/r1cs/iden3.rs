//! iden3's `.r1cs` bytes, streamed: header, constraints, labels. Their SHA-256 is a circuit's
//! fingerprint. Specification: `docs/spec/circuit.md`, "Fingerprint", and iden3's
//! `r1csfile/doc/r1cs_bin_format.md`.

use super::{Matrix, R1cs, Wire};
use alloy_primitives::B256;
use ark_ff::{BigInt, PrimeField};
use ledger::Fr;
use sha2::{Digest, Sha256};
use std::io::{self, BufWriter, Write};

const VERSION: u32 = 1;
const HEADER: u32 = 1;
const CONSTRAINTS: u32 = 2;
const LABELS: u32 = 3;

impl R1cs {
    /// SHA-256 of [`R1cs::write`]'s bytes.
    pub(crate) fn fingerprint(&self) -> B256 {
        let mut hasher = BufWriter::with_capacity(1 << 16, Hasher(Sha256::new()));
        self.write(&mut hasher).expect("a hasher takes all bytes");
        let Ok(Hasher(hasher)) = hasher.into_inner() else { unreachable!("a hasher never fails") };
        B256::new(hasher.finalize().into())
    }

    /// The system in iden3's format: no public outputs, every private wire an input.
    pub(crate) fn write(&self, to: &mut impl Write) -> io::Result<()> {
        to.write_all(b"r1cs")?;
        for word in [VERSION, 3] {
            to.write_all(&word.to_le_bytes())?;
        }
        self.write_header(to)?;
        self.write_constraints(to)?;
        section(to, LABELS, 8 * self.wires)?;
        (0..self.wires as u64).try_for_each(|label| to.write_all(&label.to_le_bytes()))
    }

    fn write_header(&self, to: &mut impl Write) -> io::Result<()> {
        section(to, HEADER, 4 + 32 + 4 * 4 + 8 + 4)?;
        to.write_all(&32u32.to_le_bytes())?;
        write_integer(to, &Fr::MODULUS)?;
        let private = self.wires - self.public - 1;
        for count in [self.wires, 0, self.public, private] {
            to.write_all(&(count as u32).to_le_bytes())?;
        }
        to.write_all(&(self.wires as u64).to_le_bytes())?;
        to.write_all(&(self.constraints() as u32).to_le_bytes())
    }

    fn write_constraints(&self, to: &mut impl Write) -> io::Result<()> {
        let terms = |matrix: &Matrix| matrix.terms.len();
        let terms = terms(&self.a) + terms(&self.b) + terms(&self.c);
        section(to, CONSTRAINTS, 3 * 4 * self.constraints() + (4 + 32) * terms)?;
        for ((a, b), c) in self.a.rows().zip(self.b.rows()).zip(self.c.rows()) {
            for row in [a, b, c] {
                write_row(to, row)?;
            }
        }
        Ok(())
    }
}

fn section(to: &mut impl Write, kind: u32, length: usize) -> io::Result<()> {
    to.write_all(&kind.to_le_bytes())?;
    to.write_all(&(length as u64).to_le_bytes())
}

fn write_row(to: &mut impl Write, row: &[(Wire, Fr)]) -> io::Result<()> {
    to.write_all(&(row.len() as u32).to_le_bytes())?;
    for (wire, coefficient) in row {
        to.write_all(&wire.0.to_le_bytes())?;
        write_integer(to, &coefficient.into_bigint())?;
    }
    Ok(())
}

fn write_integer(to: &mut impl Write, integer: &BigInt<4>) -> io::Result<()> {
    integer.0.iter().try_for_each(|limb| to.write_all(&limb.to_le_bytes()))
}

struct Hasher(Sha256);

impl Write for Hasher {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::Wires;
    use super::*;
    use ledger::hash::sha256;

    #[test]
    fn bytes_are_as_the_format_says() {
        let mut wires = Wires::new();
        let [x, y] = [wires.one(), wires.one()];
        let mut r1cs = R1cs::new(1, wires.count());
        r1cs.enforce(x, y - 1, 2 * x + 0);
        let mut bytes = Vec::new();
        r1cs.write(&mut bytes).unwrap();
        let word = |n: u32| n.to_le_bytes().to_vec();
        let long = |n: u64| n.to_le_bytes().to_vec();
        let number = |n: Fr| n.into_bigint().0.iter().flat_map(|l| l.to_le_bytes()).collect();
        let modulus = Fr::MODULUS.0.iter().flat_map(|l| l.to_le_bytes()).collect();
        let expected = [
            [b"r1cs".to_vec(), word(1), word(3)].concat(),
            [word(1), long(64), word(32), modulus].concat(),
            [word(3), word(0), word(1), word(1), long(3), word(1)].concat(),
            [word(2), long(12 + 4 * 36)].concat(),
            [word(1), word(1), number(1.into())].concat(),
            [word(2), word(0), number(-Fr::from(1)), word(2), number(1.into())].concat(),
            [word(1), word(1), number(2.into())].concat(),
            [word(3), long(24), long(0), long(1), long(2)].concat(),
        ];
        assert_eq!(bytes, expected.concat());
        assert_eq!(r1cs.fingerprint(), sha256(&bytes));
    }
}
