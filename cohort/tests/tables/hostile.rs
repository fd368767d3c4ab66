//! Text that is no table, and tables that are torn: an error by line and column, never a panic.

use std::io::Write as _;

use cohort::{Schema, Table};
use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed};

use crate::{file, frequencies, look};

#[test]
fn what_is_no_row_is_refused_by_line() {
    let giant = [&b"a,b\n1,"[..], &vec![b'x'; (1 << 20) + 1]].concat();
    let wide = format!("{}\n1\n", "a,".repeat(100_000));
    for (text, error) in [
        (&b"a,b\n1,2\n3\n"[..], ", line 3: 1 columns, expected 2 as in the heading"),
        (b"a,b\n1,2\n3,4,5\n", ", line 3: 3 columns, expected 2 as in the heading"),
        (b"a,b\n\"1\n\n\",2\n3,4,5\n", ", line 5: 3 columns, expected 2 as in the heading"),
        (b"a,b\n1,\0\n", ", line 2: column 2: a NUL character, expected text"),
        (
            b"a,b\n1,\"2\n3,4\n",
            ", line 2: column 2: the file ends inside a quoted field that began here",
        ),
        (
            b"a,b\n1,2\"\n",
            ", line 2: column 2: a quote inside a field without quotes; quote the field and double the quote",
        ),
        (
            b"a,b\n1,\"2\"3\n",
            ", line 2: column 2: text after a closing quote, expected the end of the field",
        ),
        (b"a,b\n\n1,2\n", ", line 2: an empty line among the rows"),
        (
            b"a,b\r1,2\r",
            ", line 1: column 2: a carriage return that no line feed follows; quote it",
        ),
        (b"a,b\n1,\xff\n", ", line 2: column 2: the text is not UTF-8"),
        (
            b"a,a\n1,2\n",
            ", line 1: columns 1 and 2 have the same name; if the first line is no heading, say `heading = false` in a schema",
        ),
        (b"a,\"b\nc\"\n1,2\n", ", line 1: the name of column 2 has a control character"),
        (b"a,b\n", ": has a heading and no rows"),
        (b"a,b", ": has a heading and no rows"),
        (
            b"",
            ": the first line has one column, expected several, parted by commas, semicolons or tabs",
        ),
        (
            b"a\n1\n",
            ": the first line has one column, expected several, parted by commas, semicolons or tabs",
        ),
        (
            b"a;b,c\n1;2,3\n",
            ": several of comma, semicolon and tab could part the columns; say which in a schema",
        ),
        (&giant, ", line 2: column 2: a field is longer than 1 MiB"),
        (wide.as_bytes(), ", line 1: more than 100000 columns"),
    ] {
        let found = look(text, "").unwrap_err();
        assert_eq!(found, error, "{:?}", &text[..text.len().min(30)]);
    }
    assert_eq!(
        look(b"", "separator = \"tab\"").unwrap_err(),
        ": is empty, expected a heading and rows"
    );
    let one = look(b"a\n1\n2\n", "separator = \"tab\"").unwrap();
    assert_eq!((one.rows, one.columns.len()), (2, 1));
}

#[test]
fn a_torn_file_is_no_shorter_table() {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    gzip.write_all("a,b\n1,2\n".repeat(1000).as_bytes()).unwrap();
    let gzip = gzip.finish().unwrap();
    for (bytes, error) in [
        (&gzip[..gzip.len() - 9], ": is truncated: it ends inside its compressed data"),
        (&gzip[..5], ": is truncated: it ends inside its compressed data"),
        (
            &[&gzip[..], b"x"].concat(),
            ": has bytes after its compressed data that are not compressed data",
        ),
    ] {
        assert_eq!(look(bytes, "").unwrap_err(), error);
    }
}

#[test]
fn only_files_are_tables() {
    let folder = tempfile::tempdir().unwrap();
    assert!(!Table::is_one(folder.path()));
    let error = Table::open(folder.path(), Schema::default()).err().unwrap().to_string();
    assert!(error.ends_with(": is no file that can be read twice, expected a table"), "{error}");
    assert!(!Table::is_one(&folder.path().join("none.csv")));
    for (bytes, table) in [
        (&b"a,b\n"[..], true),
        (b"##fileformat=VCFv4.2\n", false),
        (b"#CHROM\tPOS\n", false),
        (b"hello\n", false),
        (b"PK\x03\x04,,\0", false),
        (b"\x1f\x8b", false),
    ] {
        let (_folder, path) = file(bytes);
        assert_eq!(Table::is_one(&path), table, "{bytes:?}");
    }
}

fn config(seed: u64) -> Config {
    Config {
        cases: 400,
        rng_seed: RngSeed::Fixed(seed),
        failure_persistence: None,
        ..Config::default()
    }
}

proptest! {
    #![proptest_config(config(21))]

    #[test]
    fn any_text_ends(
        pieces in prop::collection::vec(prop::sample::select(&[
            "a", "AG", "A/G", "00", "1", "-0.5e3", "1e399", "\"", "\"\"", ",", ";", "\t", "\n", "\r\n",
            "\r", "\0", "\u{feff}", "é", " ", "NA", "x,y\n",
        ][..]), 0..60),
        byte in any::<u8>(),
        place in any::<prop::sample::Index>(),
    ) {
        let mut text = pieces.concat().into_bytes();
        let _ = (look(&text, ""), frequencies(&text, "separator = \"comma\""));
        if !text.is_empty() {
            let at = place.index(text.len());
            text[at] = byte;
        }
        let _ = (look(&text, ""), frequencies(&text, "separator = \"tab\""));
    }
}

proptest! {
    #![proptest_config(config(22))]

    #[test]
    fn any_schema_ends(text in "[a-z\\[\\]{}=\" \\n.,#0-9]{0,80}") {
        if let Ok(schema) = Schema::read(&text, "s") {
            prop_assert_eq!(Schema::read(&schema.to_text(), "s").unwrap(), schema);
        }
    }
}
