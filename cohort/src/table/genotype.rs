//! Genotypes as pairs of letters, and their counts.
//! Specification: `docs/spec/tables.md`, "Genotypes".

use serde::Serialize;

use super::profile::Counted;

/// The letters of alleles, sorted; I and D are an insertion and a deletion.
const LETTERS: [u8; 6] = *b"ACDGIT";
const COUNT: usize = LETTERS.len();
/// How a pair is written that was not called, beside what is missing in every column.
const NOT_CALLED: [&str; 8] = ["00", "--", "-/-", "-", "NN", "N/N", "N|N", "./."];

/// A genotype; the places of its letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pair {
    NotCalled,
    Called(usize, usize),
}

/// `AG`, `A/G` or `A|G`, in either case.
pub(super) fn parse(text: &str) -> Option<Pair> {
    if NOT_CALLED.contains(&text) {
        return Some(Pair::NotCalled);
    }
    let (one, other) = match *text.as_bytes() {
        [one, other] | [one, b'/' | b'|', other] => (one, other),
        _ => return None,
    };
    let place = |letter: u8| LETTERS.iter().position(|l| *l == letter.to_ascii_uppercase());
    Some(Pair::Called(place(one)?, place(other)?))
}

/// Genotypes by their letters, the order in a pair left aside.
#[derive(Clone, Debug, Default)]
pub(super) struct Pairs {
    counts: [[u64; COUNT]; COUNT],
    pub(super) not_called: u64,
}

impl Pairs {
    pub(super) fn add(&mut self, pair: Pair, count: u64) {
        match pair {
            Pair::NotCalled => self.not_called += count,
            Pair::Called(one, other) => self.counts[one.min(other)][one.max(other)] += count,
        }
    }

    pub(super) fn called(&self) -> u64 {
        self.counts.iter().flatten().sum()
    }

    /// What a column of genotypes shows and one of other words of two letters hardly: letters of
    /// one kind, and someone with the same letter twice.
    pub(super) fn look_like_genotypes(&self) -> bool {
        let letters = self.letters();
        let has =
            |wanted: &[u8]| letters.alleles.iter().any(|l| wanted.contains(&l.value.as_bytes()[0]));
        let same = (0..COUNT).any(|letter| self.counts[letter][letter] > 0);
        same && !(has(b"ACGT") && has(b"DI"))
    }

    pub(super) fn letters(&self) -> Letters {
        let (mut alleles, mut pairs) = (Vec::new(), Vec::new());
        for (one, letter) in LETTERS.into_iter().enumerate() {
            let row: u64 = self.counts[one].iter().sum();
            let column: u64 = self.counts.iter().map(|row| row[one]).sum();
            if row + column > 0 {
                alleles.push(counted(&[letter], row + column));
            }
            for (other, second) in LETTERS.into_iter().enumerate() {
                let count = self.counts[one][other];
                if count > 0 {
                    pairs.push(counted(&[letter, second], count));
                }
            }
        }
        Letters { alleles, pairs }
    }
}

fn counted(letters: &[u8], count: u64) -> Counted {
    Counted { value: letters.iter().map(|letter| char::from(*letter)).collect(), count }
}

/// The letters of a column of genotypes, sorted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Letters {
    /// Copies of each letter; they add up to twice the genotypes called.
    pub alleles: Vec<Counted>,
    /// Genotypes of each pair of letters; `AG` and `GA` are one.
    pub pairs: Vec<Counted>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_read_in_every_spelling() {
        for (text, pair) in [
            ("AG", Some(Pair::Called(0, 3))),
            ("g/a", Some(Pair::Called(3, 0))),
            ("T|T", Some(Pair::Called(5, 5))),
            ("ID", Some(Pair::Called(4, 2))),
            ("00", Some(Pair::NotCalled)),
            ("--", Some(Pair::NotCalled)),
            ("N/N", Some(Pair::NotCalled)),
            ("A", None),
            ("0/0", None),
            ("AN", None),
            ("A0", None),
            ("A-", None),
            ("ACG", None),
            ("A/GG", None),
            ("AB", None),
            ("", None),
        ] {
            assert_eq!(parse(text), pair, "{text:?}");
        }
    }

    #[test]
    fn letters_and_pairs_are_counted() {
        let mut pairs = Pairs::default();
        for (text, count) in [("GA", 2), ("AG", 1), ("AA", 5), ("00", 4)] {
            pairs.add(parse(text).unwrap(), count);
        }
        let letters = pairs.letters();
        let list = |list: &[Counted]| -> Vec<(String, u64)> {
            list.iter().map(|c| (c.value.clone(), c.count)).collect()
        };
        assert_eq!(list(&letters.alleles), [("A".into(), 13), ("G".into(), 3)]);
        assert_eq!(list(&letters.pairs), [("AA".into(), 5), ("AG".into(), 3)]);
        assert_eq!((pairs.called(), pairs.not_called), (8, 4));
    }

    #[test]
    fn words_of_two_letters_are_no_genotypes() {
        for (words, genotypes) in [
            (&["AA", "AG"][..], true),
            (&["II", "ID"], true),
            (&["AD", "CT"], false),
            (&["CA", "CA"], false),
            (&["AA", "AD"], false),
        ] {
            let mut pairs = Pairs::default();
            words.iter().for_each(|word| pairs.add(parse(word).unwrap(), 1));
            assert_eq!(pairs.look_like_genotypes(), genotypes, "{words:?}");
        }
    }
}
