//! Which names of files make a set.

use super::set::Version;

/// Of the names of three files, the one that opens them as a PLINK set: `x.bed`, `x.bim` and
/// `x.fam`, or `x.pgen` and either `x.pvar` and `x.psam` or `x.bim` and `x.fam`, the last two perhaps with
/// `.zst` after; `None` for all other names.
#[must_use]
pub fn set_opened_by<'a>(names: &[&'a str]) -> Option<&'a str> {
    Version::ALL.into_iter().find_map(|version| {
        let [genotypes, others @ ..] = version.extensions();
        let stem = |name: &'a str, extension| name.strip_suffix(extension)?.strip_suffix('.');
        let opens = |name: &&'a str| stem(name, genotypes).is_some_and(|stem| !stem.is_empty());
        let opener = *names.iter().find(|name| opens(name))?;
        let common = stem(opener, genotypes);
        let beside = |other| {
            names
                .iter()
                .any(|name| stem(name.strip_suffix(".zst").unwrap_or(name), other) == common)
        };
        (names.len() == 3 && others.into_iter().all(beside)).then_some(opener)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_three_files_of_one_stem_are_a_set() {
        for (names, expected) in [
            (&["x.bed", "x.bim", "x.fam"][..], Some("x.bed")),
            (&["x.bim", "x.fam", "x.pgen"], Some("x.pgen")),
            (&["x.pgen", "x.pvar", "x.fam"], None),
            (&["x.pgen", "x.psam", "x.pvar"], Some("x.pgen")),
            (&["a.b.pgen", "a.b.psam", "a.b.pvar.zst"], Some("a.b.pgen")),
            (&["x.bed", "x.bim.zst", "x.fam"], Some("x.bed")),
            (&["x.bed", "x.bim"], None),
            (&["x.bed", "x.bim", "x.bim.zst"], None),
            (&["x.bed", "x.bim", "y.fam"], None),
            (&["x.bed", "x.bim", "x.psam"], None),
            (&["x.bed.zst", "x.bim", "x.fam"], None),
            (&["x.bed", "x.bim", "x.fam", "x.log"], None),
            (&[".bed", ".bim", ".fam"], None),
            (&["xbed", "xbim", "xfam"], None),
            (&["x.BED", "x.BIM", "x.FAM"], None),
            (&[], None),
        ] {
            assert_eq!(set_opened_by(names), expected, "{names:?}");
        }
    }
}
