//! Questions that are refused before anything is proved, each by its name.

use crate::{BUILD, DATA_KEY, dataset, prove};
use prover::panel::{Committed, Panel};
use prover::{Listed, PrivateColumn};

fn refusal(listed: &Listed<'_>, columns: Vec<PrivateColumn>) -> String {
    prove(listed, columns).unwrap_err().to_string()
}

#[test]
fn wrong_questions_are_refused() {
    let dataset = dataset(40);
    let ask = |indices: &[usize]| dataset.prove(indices).unwrap_err().to_string();
    assert_eq!(ask(&[]), "no columns are asked for");
    let many: Vec<usize> = (0..17).collect();
    assert_eq!(ask(&many), "17 columns are asked for: prove takes up to 16 columns for now");
    assert_eq!(ask(&[3, 9, 3]), "7 103 A C is asked for twice");
    let mut short = dataset.private(3);
    short.dosages.pop();
    assert_eq!(
        refusal(&dataset.listed(), vec![short]),
        "7 103 A C has 99 genotypes, the listed panel has 100 people"
    );
    let mut strange = dataset.private(3);
    strange.dosages[0] = 4;
    assert_eq!(refusal(&dataset.listed(), vec![strange]), "7 103 A C cannot be packed");
}

#[test]
fn columns_that_are_not_the_panels_are_refused() {
    let dataset = dataset(40);
    let mut other = dataset.private(7);
    other.dosages[4] = (other.dosages[4] + 1) % 4;
    let not_there =
        "7 107 A C is no provable column of the listed panel, or has other genotypes there";
    assert_eq!(refusal(&dataset.listed(), vec![dataset.private(3), other.clone()]), not_there);
    let no_panel =
        "the file is not the listed panel: no column asked for has a leaf in its leaf list";
    assert_eq!(refusal(&dataset.listed(), vec![other]), no_panel);
    let other_key = Listed { data_key: &[4; 32], ..dataset.listed() };
    assert_eq!(refusal(&other_key, vec![dataset.private(3)]), no_panel);
    let other_build = Listed { build: "GRCh37", ..dataset.listed() };
    assert_eq!(refusal(&other_build, vec![dataset.private(3)]), no_panel);
}

#[test]
fn leaves_that_are_not_the_panels_are_refused() {
    let (dataset, longer) = (dataset(40), crate::dataset(41));
    let Committed { leaves, .. } = &longer.committed;
    let listed = Listed { leaves, ..dataset.listed() };
    let error = refusal(&listed, vec![dataset.private(3)]);
    assert_eq!(error, "the leaf list is not the listed panel's");
    let panel = Panel { columns: 39, ..dataset.committed.panel };
    let listed = Listed { panel, ..dataset.listed() };
    assert_eq!(refusal(&listed, vec![dataset.private(3)]), error);
}

#[test]
fn a_list_out_of_order_is_refused() {
    let dataset = dataset(9);
    let mut bytes = Vec::new();
    let mut reader = dataset.committed.leaves.reader();
    std::io::Read::read_to_end(&mut reader, &mut bytes).unwrap();
    let mut leaves: Vec<&[u8]> = bytes.chunks(32).collect();
    leaves.swap(2, 5);
    let mut file = tempfile::tempfile().unwrap();
    std::io::Write::write_all(&mut file, &leaves.concat()).unwrap();
    let leaves = prover::panel::LeafList::new(file).unwrap();
    let listed = Listed {
        panel: dataset.committed.panel,
        leaves: &leaves,
        build: BUILD,
        data_key: &DATA_KEY,
    };
    let error = refusal(&listed, vec![dataset.private(2), dataset.private(5)]);
    assert_eq!(error, "the listed panel has 7 105 A C out of order");
}

#[test]
fn private_columns_do_not_print_their_genotypes() {
    let column = dataset(1).private(0);
    let expected = "PrivateColumn { variant: Variant { contig: \"7\", pos: 100, \
                    reference: \"A\", alternate: \"C\" }, .. }";
    assert_eq!(format!("{column:?}"), expected);
}
