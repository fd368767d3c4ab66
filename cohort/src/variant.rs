//! A variant: the place and the two alleles by which a column is named.
//! Specification: `docs/spec/genotypes.md`, "Keys"; vectors `columns.json`.

use std::fmt;

/// One ALT of a record. Ordered as the columns of a panel are: by the bytes of the contig's
/// name, then position, REF and ALT.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Variant {
    /// The CHROM column, as the file spells it; `chr22` and `22` are two contigs.
    pub contig: String,
    /// 1-based; 0 is the telomere before the first base.
    pub pos: u64,
    /// The REF allele.
    pub reference: String,
    /// One ALT allele.
    pub alternate: String,
}

impl Variant {
    /// Returns the key's spelling. Two alleles of the letters ACGTN, in either case, are made
    /// upper-case and lose their shared suffix, then their shared prefix, as far as one base
    /// stays on each side; `pos` grows by the prefix. Where one of them is anything else (`*`,
    /// `<DEL>`, a breakend, an IUPAC letter) both stay as they are. No left alignment: a reader
    /// without the reference could not recompute it.
    #[must_use]
    pub fn trimmed(&self) -> Variant {
        let (pos, reference, alternate) = trim(self.pos, &self.reference, &self.alternate);
        let plain = is_plain(reference) && is_plain(alternate);
        let spell =
            |allele: &str| if plain { allele.to_ascii_uppercase() } else { allele.to_owned() };
        Variant {
            contig: self.contig.clone(),
            pos,
            reference: spell(reference),
            alternate: spell(alternate),
        }
    }
}

impl fmt::Display for Variant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {} {}", self.contig, self.pos, self.reference, self.alternate)
    }
}

/// The trimmed alleles as parts of the given ones, in the case in which they were given.
///
/// `pos` must leave room for the length of REF: the reader caps it at 2^63 − 1.
fn trim<'a>(pos: u64, reference: &'a str, alternate: &'a str) -> (u64, &'a str, &'a str) {
    if !is_plain(reference) || !is_plain(alternate) {
        return (pos, reference, alternate);
    }
    let shortest = reference.len().min(alternate.len()) - 1;
    let same = |(r, a): &(u8, u8)| r.eq_ignore_ascii_case(a);
    let pairs = reference.bytes().rev().zip(alternate.bytes().rev());
    let suffix = pairs.take(shortest).take_while(same).count();
    let reference = &reference[..reference.len() - suffix];
    let alternate = &alternate[..alternate.len() - suffix];
    let pairs = reference.bytes().zip(alternate.bytes());
    let prefix = pairs.take(shortest - suffix).take_while(same).count();
    (pos.saturating_add(prefix as u64), &reference[prefix..], &alternate[prefix..])
}

fn is_plain(allele: &str) -> bool {
    let plain =
        |b| matches!(b, b'A' | b'C' | b'G' | b'T' | b'N' | b'a' | b'c' | b'g' | b't' | b'n');
    !allele.is_empty() && allele.bytes().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variant(pos: u64, reference: &str, alternate: &str) -> Variant {
        Variant {
            contig: "1".into(),
            pos,
            reference: reference.into(),
            alternate: alternate.into(),
        }
    }

    #[test]
    fn trimming_keeps_one_base_on_each_side() {
        for (file, key) in [
            ((5, "CA", "CA"), (5, "C", "C")),
            ((5, "a", "A"), (5, "A", "A")),
            ((5, "ca", "*"), (5, "ca", "*")),
            ((5, "n", "<DEL>"), (5, "n", "<DEL>")),
            ((5, "AGT", "A.T"), (5, "AGT", "A.T")),
            ((5, "AT", "GCAT"), (5, "A", "GCA")),
            ((5, "", "A"), (5, "", "A")),
            ((0, "NNN", "NNC"), (2, "N", "C")),
        ] {
            let trimmed = variant(file.0, file.1, file.2).trimmed();
            assert_eq!(trimmed, variant(key.0, key.1, key.2), "{file:?}");
            assert_eq!(trimmed.trimmed(), trimmed, "{file:?} trimmed twice");
        }
    }

    #[test]
    fn order_is_by_contig_bytes_then_position() {
        let mut variants = [("2", 1, "A"), ("10", 9, "A"), ("10", 10, "A"), ("10", 9, "AA")].map(
            |(contig, pos, alternate)| Variant {
                contig: contig.into(),
                ..variant(pos, "A", alternate)
            },
        );
        variants.sort();
        let order = variants.map(|v| format!("{}:{}{}", v.contig, v.pos, v.alternate));
        assert_eq!(order, ["10:9A", "10:9AA", "10:10A", "2:1A"]);
    }
}
