//! Opening the input, and what any refusal or header must look like.

use std::io::{Cursor, Read};

use cohort::{EvaluateError, Genotypes, Header, ReadError};

/// The name that errors give to the input.
pub const NAME: &str = "input";

/// Opens the same input again and again.
pub type Open<'a> = &'a dyn Fn() -> Result<Genotypes, ReadError>;

/// One thread does all work: that of the input which is looked at.
pub fn alone() {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).use_current_thread();
    pool.build_global().expect("no pool was built before");
}

/// Opens bytes.
pub fn bytes(bytes: &[u8]) -> Result<Genotypes, ReadError> {
    Genotypes::from_reader(Cursor::new(bytes.to_vec()), NAME)
}

/// Opens bytes that come few at a time: 1, 2, 3 … `most`, and again from 1.
pub fn slowly(bytes: &[u8], most: usize) -> Result<Genotypes, ReadError> {
    Genotypes::from_reader(Slow { bytes: Cursor::new(bytes.to_vec()), most, next: 1 }, NAME)
}

struct Slow {
    bytes: Cursor<Vec<u8>>,
    most: usize,
    next: usize,
}

impl Read for Slow {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let count = self.next.min(into.len());
        self.next = self.next % self.most + 1;
        self.bytes.read(&mut into[..count])
    }
}

/// An error's text; a lost thread is no answer.
pub fn refusal(error: impl Into<EvaluateError>) -> String {
    let error = error.into();
    assert!(!matches!(error, EvaluateError::Read(ReadError::Lost { .. })), "{error}");
    one_line(error)
}

/// An error's text, which must be one line that a terminal can show.
pub fn one_line(error: impl std::fmt::Display) -> String {
    let text = error.to_string();
    assert!(!text.is_empty() && !text.chars().any(char::is_control), "{text:?}");
    text
}

/// What the specification says of names.
pub fn check_header(header: &Header) {
    let samples: std::collections::HashSet<_> = header.samples.iter().collect();
    assert_eq!(samples.len(), header.samples.len(), "samples are unique");
    for sample in samples {
        assert!(!sample.is_empty() && !sample.chars().any(char::is_control));
    }
    let evidence = header.build_evidence();
    let lengths = evidence.lengths_grch37 + evidence.lengths_grch38 + evidence.lengths_other;
    assert!(lengths <= header.contigs.len() as u64);
}
