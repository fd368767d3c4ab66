//! Counts for each sample, added up a record at a time in bytes, so that the compiler turns the
//! loop into vector code.

/// How often each sample had one code. Takes no memory before the first time.
#[derive(Clone, Debug, Default)]
pub(super) struct EachSample {
    low: Vec<u8>,
    high: Vec<u32>,
    /// Records in `low`, fewer than 256.
    records: u8,
}

impl EachSample {
    /// Adds one to each sample whose code is `code`.
    pub(super) fn add(&mut self, codes: &[u8], code: u8) {
        self.low.resize(codes.len(), 0);
        for (low, this) in self.low.iter_mut().zip(codes) {
            // At most once for each of the 255 records: nothing wraps.
            *low = low.wrapping_add(u8::from(*this == code));
        }
        self.records += 1;
        if self.records == u8::MAX {
            self.carry();
        }
    }

    fn carry(&mut self) {
        self.high.resize(self.high.len().max(self.low.len()), 0);
        for (high, low) in self.high.iter_mut().zip(&mut self.low) {
            *high = high.saturating_add(u32::from(std::mem::take(low)));
        }
        self.records = 0;
    }

    pub(super) fn merge(&mut self, mut other: EachSample) {
        other.carry();
        self.carry();
        self.high.resize(self.high.len().max(other.high.len()), 0);
        for (high, more) in self.high.iter_mut().zip(other.high) {
            *high = high.saturating_add(more);
        }
    }

    /// A number for each of so many samples.
    pub(super) fn counts(mut self, samples: usize) -> Vec<u32> {
        self.carry();
        self.high.resize(samples, 0);
        self.high
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_record_is_counted_once_in_whatever_shares() {
        for shares in [&[1, 1][..], &[254, 2], &[255, 255], &[256, 0], &[700, 3]] {
            let mut all = EachSample::default();
            for records in shares {
                let mut share = EachSample::default();
                for _ in 0..*records {
                    share.add(&[3, 1, 0], 3);
                }
                all.merge(share);
            }
            let records: u32 = shares.iter().sum();
            assert_eq!(all.counts(3), [records, 0, 0], "{shares:?}");
        }
        assert_eq!(EachSample::default().counts(2), [0, 0]);
    }
}
