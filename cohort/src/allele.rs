//! What CHROM, REF and ALT of a VCF may hold: VCF specification 4.1 to 4.5, chapters 1.6.1 and 5. Of
//! what the versions say differently, the widest. Specification: `docs/spec/genotypes.md`, "Records".

use crate::record::position;

/// Letters of bases, in either case.
pub(crate) fn is_bases(allele: &[u8]) -> bool {
    !allele.is_empty() && allele.iter().all(|byte| is_base(*byte))
}

fn is_base(byte: u8) -> bool {
    matches!(byte.to_ascii_uppercase(), b'A' | b'C' | b'G' | b'T' | b'N')
}

/// Bases, `*` among them or alone; `<ID>`, perhaps after bases; a breakend.
pub(crate) fn is_alternate(allele: &[u8]) -> bool {
    let plain = |byte: &u8| is_base(*byte) || *byte == b'*';
    match allele {
        [] => false,
        [b'.', bases @ ..] | [bases @ .., b'.'] if is_bases(bases) => true,
        [.., b'>'] => {
            let symbol = allele.iter().position(|byte| *byte == b'<').unwrap_or(0);
            let (bases, symbol) = allele.split_at(symbol);
            bases.iter().all(|byte| is_base(*byte)) && is_symbol(symbol)
        }
        [.., b'[' | b']'] | [b'[' | b']', ..] => is_breakend(allele),
        _ => allele.iter().all(plain),
    }
}

fn is_symbol(text: &[u8]) -> bool {
    let [b'<', id @ .., b'>'] = text else { return false };
    !id.is_empty() && id.iter().all(|b| b.is_ascii_graphic() && !matches!(b, b'<' | b'>' | b','))
}

/// `t[p[`, `t]p]`, `]p]t` or `[p[t`: bases, or `.` beyond a telomere, and a place.
fn is_breakend(allele: &[u8]) -> bool {
    [b'[', b']'].into_iter().any(|bracket| {
        let mut parts = allele.split(|byte| *byte == bracket);
        let (Some(before), Some(place), Some(after), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return false;
        };
        let joined = match (before, after) {
            (bases, []) | ([], bases) => bases,
            _ => return false,
        };
        let colon = place.iter().rposition(|byte| *byte == b':');
        let (contig, pos) = place.split_at(colon.unwrap_or(0));
        let is_place = is_contig(contig) && position(pos.get(1..).unwrap_or_default()).is_some();
        (joined == b"." || is_bases(joined)) && is_place
    })
}

/// A name as SAM has it, or one within `<>`, of a contig of an assembly file.
pub(crate) fn is_contig(name: &[u8]) -> bool {
    let name = match name {
        [b'<', name @ .., b'>'] => name,
        name => name,
    };
    let may_stand = |byte: &u8| {
        byte.is_ascii_graphic()
            && !matches!(
                byte,
                b'\\'
                    | b','
                    | b'"'
                    | b'\''
                    | b'`'
                    | b'('
                    | b')'
                    | b'['
                    | b']'
                    | b'{'
                    | b'}'
                    | b'<'
                    | b'>'
            )
    };
    !matches!(name, [] | [b'*' | b'=', ..]) && name.iter().all(may_stand)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alternates_are_what_the_versions_allow() {
        for allele in [
            "A",
            "acgtn",
            "*",
            "A*",
            "<DEL>",
            "<*>",
            "<INS:ME:ALU>",
            "<!\"#$%&'()*+-./;=?@[\\]^_`{|}~>",
            "C<ctg1>",
            ".A",
            "ACG.",
            "G]17:198982]",
            "]13:123456]T",
            "C[<ctg1>:7[",
            "[HLA*01:01:5[ac",
            ".[13:123457[",
            "]1:0]A",
        ] {
            assert!(is_alternate(allele.as_bytes()), "{allele}");
        }
        for allele in [
            "",
            ".",
            "..",
            "R",
            "AX",
            "A.C",
            "I",
            "1",
            "-",
            "A/C",
            "<>",
            "<INS>BLAH>",
            "<DEL",
            "DEL>",
            "<A,B>",
            "<a b>",
            "R<ctg1>",
            "<ctg1>A",
            "[1:100[",
            "A[1:100]",
            "A[1:100[T",
            "A[1[",
            "A[1:[",
            "A[1:x[",
            "A[:5[",
            "R[1:5[",
            "A[1:5",
            "A[[1:5[",
            "A[<c:5[",
            "é",
        ] {
            assert!(!is_alternate(allele.as_bytes()), "{allele}");
        }
    }

    #[test]
    fn contigs_are_names_of_sam_or_within_brackets() {
        for name in
            ["1", "chrUn_KI270302v1", "HLA-A*01:01:01:01", "<ctg1>", "<1*>", "1.A", "x=*", "#|@"]
        {
            assert!(is_contig(name.as_bytes()), "{name}");
        }
        for name in [
            "", "<>", "*1", "=1", "<1", "1>", "chr,1", "a b", "a\tb", "(1)", "\"1\"", "it's", "é",
            "<<1>>",
        ] {
            assert!(!is_contig(name.as_bytes()), "{name}");
        }
    }
}
