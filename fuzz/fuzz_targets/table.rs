//! Tables, schemas and labels. An input is a schema's text, a 0, and a table; or a table alone.
#![no_main]

use std::fs;

use cohort::{
    Ask, Labels, Schema, Table, TableError, TableProfile, inspect_table, table_allele_frequency,
};
use fuzz::opened::one_line;
use fuzz::set::Folder;
use libfuzzer_sys::fuzz_target;

thread_local! {
    static FOLDER: Folder = Folder::default();
}

fuzz_target!(|input: &[u8]| {
    let (schema, table) = match input.iter().position(|byte| *byte == 0) {
        Some(at) => (&input[..at], &input[at + 1..]),
        None => (&b""[..], input),
    };
    let ask = Ask { by: None, only: Vec::new(), allow_unlabelled: true };
    if let Err(error) = Labels::read(table, "input", ask) {
        one_line(error);
    }
    let schema = match str::from_utf8(schema).map(|text| Schema::read(text, "input")) {
        Ok(Ok(schema)) => schema,
        Ok(Err(error)) => {
            one_line(error);
            return;
        }
        Err(_) => return,
    };
    FOLDER.with(|folder| {
        let path = folder.path("csv");
        fs::write(&path, table).expect("the folder takes files");
        let open = |schema: &Schema| Table::open(&path, schema.clone());
        let read =
            |schema: &Schema| open(schema).and_then(|table| inspect_table(table, &mut |_| {}));
        let first = read(&schema);
        let Ok(found) = first else {
            one_line(first.expect_err("it is none"));
            return;
        };
        adds_up(&found);
        let said = found.schema();
        let again = Schema::read(&said.to_text(), "written").expect("a schema reads back");
        assert_eq!(again, said);
        let mut told = read(&again).expect("what was guessed fits");
        told.columns.iter_mut().zip(&found.columns).for_each(|(t, f)| t.guessed = f.guessed);
        assert_eq!(told, found, "told what was guessed");
        let mut out = Vec::new();
        match open(&schema).and_then(|table| table_allele_frequency(table, &mut out, &mut |_| {})) {
            Ok(summary) => {
                let lines = out.iter().filter(|byte| **byte == b'\n').count() as u64;
                assert_eq!((summary.samples, summary.lines + 1), (found.rows, lines));
            }
            Err(error) => refused(&error, &found),
        }
    });
});

fn adds_up(found: &TableProfile) {
    for column in &found.columns {
        assert_eq!(column.count + column.missing, found.rows, "{}", column.name);
        if let Some(letters) = &column.letters {
            let copies: u64 = letters.alleles.iter().map(|letter| letter.count).sum();
            let pairs: u64 = letters.pairs.iter().map(|pair| pair.count).sum();
            assert_eq!((copies, pairs), (2 * column.count, column.count), "{}", column.name);
        }
        if let Some(categories) = &column.categories {
            assert_eq!(categories.iter().map(|category| category.count).sum::<u64>(), column.count);
        }
    }
}

/// A table that was read is refused for want of genotypes, a heading or people only.
fn refused(error: &TableError, found: &TableProfile) {
    one_line(error);
    let doubtful = |c: &cohort::ColumnProfile| c.as_pairs.unwrap_or(0) > c.count / 2;
    let some = found.columns.iter().any(|column| column.letters.is_some());
    let named_so = |c: &cohort::ColumnProfile| c.letters.is_some() && c.name_is_value;
    let refused = |c| doubtful(c) || named_so(c);
    let no_people = found.rows_are_positions();
    assert!(!some || no_people || found.columns.iter().any(refused), "{error}");
}
