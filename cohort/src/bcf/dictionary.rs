//! The numbers by which records name contigs and keys: those that the header's lines state as
//! `IDX`, or else their order, in which PASS is 0 and FILTER, INFO and FORMAT share their names.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use crate::header::{HeaderFault, attribute};

const PASS: &str = "PASS";
const GENOTYPE: &str = "GT";

pub(crate) struct Dictionary {
    contigs: Numbers,
    keys: Numbers,
}

#[derive(Default)]
struct Numbers {
    names: HashMap<u32, String>,
    numbers: HashMap<String, u32>,
    next: u32,
}

impl Default for Dictionary {
    fn default() -> Self {
        let mut keys = Numbers::default();
        keys.names.insert(0, PASS.to_owned());
        keys.numbers.insert(PASS.to_owned(), 0);
        keys.next = 1;
        Dictionary { contigs: Numbers::default(), keys }
    }
}

impl Dictionary {
    /// Takes a line of the header.
    pub(super) fn take(&mut self, line: &[u8]) -> Result<(), HeaderFault> {
        let value = |beginning: &str| line.strip_prefix(beginning.as_bytes());
        if let Some(contig) = value("##contig=") {
            return self.contigs.take(&String::from_utf8_lossy(contig));
        }
        match ["##FILTER=", "##INFO=", "##FORMAT="].into_iter().find_map(value) {
            Some(key) => self.keys.take(&String::from_utf8_lossy(key)),
            None => Ok(()),
        }
    }

    pub(crate) fn contig(&self, number: i32) -> Option<&str> {
        self.contigs.names.get(&u32::try_from(number).ok()?).map(String::as_str)
    }

    /// The number of GT.
    pub(super) fn genotype(&self) -> Option<u32> {
        self.keys.numbers.get(GENOTYPE).copied()
    }
}

impl Numbers {
    fn take(&mut self, value: &str) -> Result<(), HeaderFault> {
        let Some(name) = attribute(value, "ID") else { return Ok(()) };
        let number = match attribute(value, "IDX") {
            Some(number) => number.parse().map_err(|_| HeaderFault::Number)?,
            None if self.numbers.contains_key(name) => return Ok(()),
            None => self.next,
        };
        match self.names.entry(number) {
            Entry::Occupied(entry) if entry.get() != name => return Err(HeaderFault::NumberTwice),
            Entry::Occupied(_) => {}
            Entry::Vacant(entry) => {
                entry.insert(name.to_owned());
            }
        }
        if self.numbers.insert(name.to_owned(), number).is_some_and(|before| before != number) {
            return Err(HeaderFault::NumberTwice);
        }
        self.next = self.next.max(number.checked_add(1).ok_or(HeaderFault::Number)?);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dictionary(lines: &[&str]) -> Result<Dictionary, HeaderFault> {
        let mut dictionary = Dictionary::default();
        for line in lines {
            dictionary.take(line.as_bytes())?;
        }
        Ok(dictionary)
    }

    #[test]
    fn numbers_are_stated_or_counted() {
        let counted = dictionary(&[
            "##contig=<ID=b>",
            "##INFO=<ID=DP>",
            "##FILTER=<ID=PASS>",
            "##FORMAT=<ID=DP>",
            "##FORMAT=<ID=GT>",
            "##contig=<ID=a>",
            "##contig=<ID=b>",
            "##other=<ID=c>",
        ]);
        let counted = counted.unwrap();
        assert_eq!(
            (counted.genotype(), counted.contig(0), counted.contig(1)),
            (Some(2), Some("b"), Some("a"))
        );
        assert_eq!((counted.contig(2), counted.contig(-1)), (None, None));
        let stated = dictionary(&[
            "##FORMAT=<ID=GT,Number=1,IDX=7>",
            "##contig=<ID=a,IDX=4000000000>",
            "##contig=<ID=b>",
        ]);
        let stated = stated.unwrap();
        assert_eq!((stated.genotype(), stated.contig(0)), (Some(7), None));
        assert_eq!(dictionary(&[]).unwrap().genotype(), None);
    }

    #[test]
    fn numbers_that_mean_two_things_are_refused() {
        for (lines, fault) in [
            (["##contig=<ID=a,IDX=0>", "##contig=<ID=b,IDX=0>"], HeaderFault::NumberTwice),
            (["##contig=<ID=a,IDX=0>", "##contig=<ID=a,IDX=1>"], HeaderFault::NumberTwice),
            (["##FORMAT=<ID=GT,IDX=0>", ""], HeaderFault::NumberTwice),
            (["##FORMAT=<ID=GT,IDX=-1>", ""], HeaderFault::Number),
            (["##FORMAT=<ID=GT,IDX=4294967295>", ""], HeaderFault::Number),
        ] {
            assert_eq!(dictionary(&lines).err(), Some(fault), "{lines:?}");
        }
    }
}
