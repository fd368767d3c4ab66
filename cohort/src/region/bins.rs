//! Which positions a bin of an index holds: SAM specification, 5.3, and the same for other widths
//! and depths (CSIv1). Bin 0 is the whole contig; each bin has eight below it.

/// The widths of bins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Bins {
    /// Bits of the positions within the narrowest bin.
    shift: u32,
    /// Levels below bin 0.
    depth: u32,
}

/// Those of TBI.
pub(super) const TBI: Bins = Bins { shift: 14, depth: 5 };
/// At more, bins have no number of 32 bits.
const DEEPEST: u32 = 10;
/// At more, a contig has no length of 63 bits.
const WIDEST: u32 = 62;

impl Bins {
    pub(super) fn new(shift: u32, depth: u32) -> Option<Bins> {
        let fits = depth <= DEEPEST && shift <= WIDEST && shift + 3 * depth <= WIDEST;
        fits.then_some(Bins { shift, depth })
    }

    /// The bin of notes about a contig, which holds no records: one more than there could be.
    pub(super) fn of_notes(self) -> u32 {
        first(self.depth + 1) as u32 + 1
    }

    /// The position after the bin's last, from 0; `None` where there is no such bin.
    pub(super) fn end(self, bin: u32) -> Option<u64> {
        let bin = u64::from(bin);
        let level = (0..=self.depth).rev().find(|level| first(*level) <= bin)?;
        let place = bin - first(level);
        let width = self.shift + 3 * (self.depth - level);
        (place < 1 << (3 * level)).then(|| (place + 1) << width)
    }
}

/// The first bin of a level.
fn first(level: u32) -> u64 {
    ((1 << (3 * level)) - 1) / 7
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bins_end_where_the_next_begins() {
        assert_eq!(TBI.of_notes(), 37_450);
        for (bin, end) in [
            (0, Some(1 << 29)),
            (1, Some(1 << 26)),
            (8, Some(1 << 29)),
            (9, Some(1 << 23)),
            (4_681, Some(1 << 14)),
            (4_682, Some(2 << 14)),
            (37_448, Some(1 << 29)),
            (37_449, None),
            (u32::MAX, None),
        ] {
            assert_eq!(TBI.end(bin), end, "{bin}");
        }
        let flat = Bins::new(20, 0).unwrap();
        assert_eq!((flat.end(0), flat.end(1), flat.of_notes()), (Some(1 << 20), None, 2));
        let deep = Bins::new(4, 10).unwrap();
        assert_eq!(deep.end(153_391_689), Some(16));
        assert_eq!(deep.end(153_391_690), Some(32));
        for (shift, depth) in [(14, 11), (63, 0), (33, 10), (u32::MAX, 5)] {
            assert_eq!(Bins::new(shift, depth), None, "{shift} {depth}");
        }
    }
}
