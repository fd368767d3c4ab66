//! Columns of more different values than are kept: the sums stay exact, and what is given up is
//! said.

use std::fmt::Write as _;

use crate::look;

#[test]
fn sums_stay_exact_where_values_are_given_up() {
    let rows = 1_000_000u64;
    let mut text = String::from("id,n,g,c\n");
    for i in 0..rows {
        let g = ["AG", "GG", "AA", "00"][(i % 4) as usize];
        writeln!(text, "patient{i:09},{i}.5,{g},{}", i % 3).unwrap();
    }
    let found = look(text.as_bytes(), "").unwrap();
    let [id, n, g, c] = &found.columns[..] else { panic!() };
    assert!(id.distinct.is_none() || n.distinct.is_none());
    assert_eq!((id.kind, id.count), ("text", rows));
    let numbers = n.numbers.as_ref().unwrap();
    assert_eq!(numbers.sum, (rows * (rows - 1) / 2 + rows / 2).to_string());
    assert_eq!((numbers.min.as_str(), numbers.max.as_str()), ("0.5", "999999.5"));
    assert_eq!(numbers.mean, "500000");
    assert_eq!(numbers.median.is_some(), n.distinct.is_some());
    assert_eq!((g.count, g.missing), (rows / 4 * 3, rows / 4));
    assert_eq!(c.distinct, Some(3));
}
