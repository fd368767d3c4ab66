//! What the records show about an index: that reading began before those asked for, and that none of
//! them can come later. Records that contradict it end the reading.

use super::index::IndexFault;

/// Records of one contig that stand together in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stretch {
    pub(super) contig: String,
    pub(super) first: u64,
    pub(super) last: u64,
    /// Where reading begins; `None` is the beginning of the file.
    pub(super) begin: Option<u64>,
    /// The contig in whose records it begins, where that is another.
    pub(super) before: Option<String>,
}

/// A [`Stretch`] that is being read.
pub(super) struct Watch {
    stretch: Stretch,
    seen: Seen,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Seen {
    Nothing,
    /// Records of the contig before.
    Before,
    /// The position of the contig's last record.
    Inside(u64),
    /// A record after the stretch.
    After,
}

impl Watch {
    pub(super) fn new(stretch: Stretch) -> Watch {
        Watch { stretch, seen: Seen::Nothing }
    }

    pub(super) fn begin(&self) -> Option<u64> {
        self.stretch.begin
    }

    /// Whether nothing shows yet that reading began at a record.
    pub(super) fn is_blind(&self) -> bool {
        self.seen == Seen::Nothing
    }

    pub(super) fn is_over(&self) -> bool {
        self.seen == Seen::After
    }

    /// Sees the next record, and returns whether it belongs to the stretch.
    pub(super) fn see(&mut self, contig: &str, pos: u64) -> Result<bool, IndexFault> {
        let Stretch { contig: asked, first, last, begin, before } = &self.stretch;
        let next = match self.seen {
            Seen::After => Seen::After,
            seen if contig == asked => match seen {
                Seen::Nothing if begin.is_some() && pos >= *first => return Err(self.elsewhere()),
                Seen::Inside(last) if pos < last => {
                    return Err(IndexFault::Unsorted(contig.to_owned(), pos));
                }
                _ if pos > *last => Seen::After,
                _ => Seen::Inside(pos),
            },
            Seen::Inside(_) => Seen::After,
            _ if before.as_deref() == Some(contig) => Seen::Before,
            _ => return Err(self.elsewhere()),
        };
        let belongs = matches!(next, Seen::Inside(pos) if pos >= *first);
        self.seen = next;
        Ok(belongs)
    }

    /// The file ends, or this stretch of it does.
    pub(super) fn end(&self) -> Result<(), IndexFault> {
        match self.seen {
            Seen::Inside(_) | Seen::After => Ok(()),
            Seen::Nothing | Seen::Before => Err(self.elsewhere()),
        }
    }

    fn elsewhere(&self) -> IndexFault {
        IndexFault::Elsewhere(self.stretch.contig.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The positions of the stretch's records, or the fault.
    fn seen(
        begin: Option<u64>,
        before: Option<&str>,
        records: &[(&str, u64)],
    ) -> Result<Vec<u64>, String> {
        let before = before.map(str::to_owned);
        let mut watch =
            Watch::new(Stretch { contig: "2".into(), first: 5, last: 9, begin, before });
        let mut belong = Vec::new();
        for (contig, pos) in records {
            if watch.see(contig, *pos).map_err(|fault| fault.to_string())? {
                belong.push(*pos);
            }
        }
        watch.end().map_err(|fault| fault.to_string())?;
        Ok(belong)
    }

    #[test]
    fn records_show_where_reading_begins_and_ends() {
        let here = Some(7 << 16);
        for (begin, before, records, expected) in [
            (
                here,
                None,
                &[("2", 4), ("2", 5), ("2", 5), ("2", 9), ("2", 10), ("2", 5)][..],
                &[5, 5, 9][..],
            ),
            (here, None, &[("2", 1), ("2", 10)], &[]),
            (here, None, &[("2", 4), ("3", 5), ("2", 5)], &[]),
            (here, None, &[("2", 4)], &[]),
            (here, Some("1"), &[("1", 9), ("1", 8), ("2", 7), ("3", 7)], &[7]),
            (None, None, &[("2", 5), ("2", 12)], &[5]),
            (None, None, &[("2", 12)], &[]),
        ] {
            assert_eq!(seen(begin, before, records), Ok(expected.to_vec()), "{records:?}");
        }
        let elsewhere = "the records of contig \"2\" are not where it says";
        for (begin, before, records, fault) in [
            (here, None, &[("2", 5)][..], elsewhere),
            (here, None, &[("1", 1), ("2", 5)], elsewhere),
            (here, None, &[], elsewhere),
            (here, Some("1"), &[("2", 5)], elsewhere),
            (here, Some("1"), &[("1", 4), ("3", 1), ("2", 5)], elsewhere),
            (here, Some("1"), &[("1", 4)], elsewhere),
            (None, None, &[("1", 5)], elsewhere),
            (
                here,
                None,
                &[("2", 4), ("2", 6), ("2", 5)],
                "the file is not sorted at 2:5, so that no index can be right",
            ),
        ] {
            assert_eq!(seen(begin, before, records), Err(fault.to_owned()), "{records:?}");
        }
    }
}
