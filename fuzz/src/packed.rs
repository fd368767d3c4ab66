//! Genotypes of two bits, read slowly: the copies of ALTs of each sample, `None` where missing.

pub type Record = Vec<Option<u64>>;

/// What the four values mean.
pub type Meaning = [Option<u64>; 4];

/// The records; `None` where the last is cut.
pub fn rows(bytes: &[u8], samples: usize, meaning: Meaning) -> Option<Vec<Record>> {
    let rows = bytes.chunks(samples.div_ceil(4).max(1));
    rows.map(|row| (0..samples).map(|i| Some(meaning[usize::from(value(row, i)?)])).collect())
        .collect()
}

/// The value of one sample.
pub fn value(row: &[u8], sample: usize) -> Option<u8> {
    Some(row.get(sample / 4)? >> (2 * (sample % 4)) & 3)
}

/// AC and AN.
pub fn frequency(record: &Record) -> [u64; 2] {
    record.iter().flatten().fold([0, 0], |[ac, an], copies| [ac + copies, an + 2])
}
