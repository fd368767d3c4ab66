//! How types are guessed, said, and held against the values.

use cohort::{Schema, TableProfile};

use crate::{file, frequencies, inspected, look};

fn kinds(found: &TableProfile) -> Vec<&'static str> {
    found.columns.iter().map(|column| column.kind).collect()
}

/// A table of one column of these values, and one of numbers.
fn of(values: &[&str]) -> Vec<u8> {
    let rows: String = values.iter().map(|value| format!("{value},1\n")).collect();
    format!("x,n\n{rows}").into_bytes()
}

#[test]
fn types_are_guessed_from_all_values() {
    for (values, kind) in [
        (&["1", "2.50", "-3e-7", "NA", ""][..], "number"),
        (&["1", "2", "x"], "text"),
        (&["007", "008"], "text"),
        (&["1,5"], "text"),
        (&["f", "m", "f"], "category"),
        (&["a", "b", "c"], "text"),
        (&["a", "a"], "category"),
        (&["", "NA", "N/A", "NaN", ".", "?"], "text"),
        (&["AG", "GG", "00", "--", "A/G"], "genotype"),
        (&["ag", "g|g"], "genotype"),
        (&["AG", "AG"], "category"),
        (&["AD", "CT", "AD"], "category"),
        (&["AA", "AG", "A0"], "text"),
        (&["0/0", "0/1", "1/1", "0/0"], "category"),
    ] {
        let quoted: Vec<_> = values.iter().map(|value| format!("\"{value}\"")).collect();
        let quoted: Vec<_> = quoted.iter().map(String::as_str).collect();
        let found = look(&of(&quoted), "").unwrap();
        assert_eq!(kinds(&found), [kind, "number"], "{values:?}");
    }
    let many: Vec<_> = (0..40).map(|i| format!("v{}", i / 2)).collect();
    let many: Vec<_> = many.iter().map(String::as_str).collect();
    assert_eq!(kinds(&look(&of(&many), "").unwrap())[0], "category");
    assert_eq!(kinds(&look(&of(&many[1..]), "").unwrap())[0], "text");
}

#[test]
fn a_schema_says_more_than_a_guess() {
    let text = of(&["1", "2", "1"]);
    let found = look(&text, "[columns]\nx = \"category\"\n").unwrap();
    assert_eq!(kinds(&found), ["category", "number"]);
    assert_eq!(found.columns.iter().map(|c| c.guessed).collect::<Vec<_>>(), [false, true]);
    let found = look(&text, "missing = [\"2\"]\n[columns]\nx = [\"1\"]\n").unwrap();
    assert_eq!((found.columns[0].count, found.columns[0].missing), (2, 1));
    for (schema, error) in [
        (
            "x = \"genotype\"",
            ", line 2: column \"x\": expected a genotype of two letters, as the schema says",
        ),
        ("x = [\"1\"]", ", line 3: column \"x\": expected one of the schema's categories"),
        ("y = \"text\"", ": there is no column \"y\", which the schema names"),
    ] {
        assert_eq!(look(&text, &format!("[columns]\n{schema}\n")).unwrap_err(), error);
    }
    let genotypes = of(&["AG", "AA", "\"A\nG\"", "GG"]);
    let error = look(&genotypes, "[columns]\nx = \"genotype\"\n").unwrap_err();
    assert_eq!(
        error,
        ", line 4: column \"x\": expected a genotype of two letters, as the schema says"
    );
    let error = look(&genotypes, "[columns]\nx = \"number\"\n").unwrap_err();
    assert_eq!(error, ", line 2: column \"x\": expected a decimal number, as the schema says");
}

#[test]
fn the_schema_that_is_written_finds_the_same() {
    let text = "id;age;sex;rs1;\na1;3;f;AG;x\na2;4,5;m;GG;\na3;;f;NN;x\n";
    let (_folder, path) = file(text.as_bytes());
    let guessed = inspected(&path, Schema::default()).unwrap();
    let schema = Schema::read(&guessed.schema().to_text(), "s").unwrap();
    let mut again = inspected(&path, schema.clone()).unwrap();
    assert_eq!(again.schema(), schema);
    again.columns.iter_mut().for_each(|column| column.guessed = true);
    assert_eq!(again, guessed);
}

#[test]
fn no_value_of_a_text_column_is_told() {
    let found = look(b"id,n\nMARYSMITH,1\nJOHNDOE,2\n", "").unwrap();
    let told = serde_json::to_string(&found).unwrap();
    assert!(!told.contains("MARY") && !told.contains("JOHN"), "{told}");
}

#[test]
fn letters_are_counted_whatever_they_are() {
    let rows = "id,a,b,c,d\n1,AG,TT,CC,00\n2,ga,A/T,AG,--\n3,AA,,GG,NA\n4,NN,TA,TT,\n";
    let schema = "[columns]\nd = \"genotype\"\n";
    let expected = "column\tallele\tac\tan\na\tA\t4\t6\na\tG\t2\t6\nb\tA\t2\t6\nb\tT\t4\t6\n\
        c\tA\t1\t8\nc\tC\t2\t8\nc\tG\t3\t8\nc\tT\t2\t8\nd\t.\t0\t0\n";
    assert_eq!(frequencies(rows.as_bytes(), schema).unwrap(), expected);
}

#[test]
fn a_column_that_is_nearly_of_genotypes_is_not_left_out() {
    let text = "id,a,b\n1,AG,AA\n2,AA,AG\n3,A0,GG\n";
    let error = frequencies(text.as_bytes(), "").unwrap_err();
    let doubtful =
        ": column 2: 2 of 3 values are pairs of letters; say in a schema what the column is";
    assert_eq!(error, doubtful);
    let as_text = frequencies(text.as_bytes(), "[columns]\na = \"text\"\n").unwrap();
    assert_eq!(as_text, "column\tallele\tac\tan\nb\tA\t3\t6\nb\tG\t3\t6\n");
    let error = frequencies(text.as_bytes(), "[columns]\na = \"genotype\"\n").unwrap_err();
    assert_eq!(
        error,
        ", line 4: column \"a\": expected a genotype of two letters, as the schema says"
    );
    let none = frequencies(b"id,n\n1,2\n", "").unwrap_err();
    assert_eq!(none, ": no column is of genotypes, which are pairs of letters such as AG");
}

#[test]
fn a_first_line_that_may_be_a_row_loses_nobody() {
    let bare = b"a1;1,5;AG\na2;2;GG\na3;10;--\n";
    let found = look(bare, "").unwrap();
    assert!(found.first_line_may_be_row());
    assert_eq!(
        found.columns.iter().map(|c| c.name_is_value).collect::<Vec<_>>(),
        [false, false, true]
    );
    let doubted = ": the heading's column 3 reads like a genotype; if the first line is no heading, say `heading = false` in a schema, and otherwise what the column is";
    assert_eq!(frequencies(bare, "").unwrap_err(), doubted);
    let mixed = b"a1,AG\na2,GG\na3,GG\na4,x\n";
    assert_eq!(frequencies(mixed, "").unwrap_err(), doubted.replace("column 3", "column 2"));
    let said = "[columns]\nAG = \"genotype\"\n";
    let without_first = "column\tallele\tac\tan\nAG\tG\t2\t2\n";
    assert_eq!(frequencies(bare, said).as_deref(), Ok(without_first));
    let all = "column\tallele\tac\tan\n3\tA\t1\t4\n3\tG\t3\t4\n";
    assert_eq!(frequencies(bare, "heading = false\n").as_deref(), Ok(all));
    let found = look(bare, "heading = false\ndecimal = \"comma\"\n").unwrap();
    assert_eq!(kinds(&found), ["text", "number", "genotype"]);
    assert_eq!((found.rows, found.first_line_may_be_row()), (3, false));
    let numbers = found.columns[1].numbers.as_ref().unwrap();
    assert_eq!((&*numbers.min, &*numbers.max, &*numbers.sum), ("1.5", "10", "13.5"));
    let again = look(bare, &found.schema().to_text()).unwrap();
    assert_eq!((again.rows, again.columns[1].numbers.as_ref()), (3, Some(numbers)));
    assert!(!again.columns.iter().any(|column| column.guessed));
}

#[test]
fn years_that_name_columns_beside_others_are_a_heading() {
    for (text, may_be_row) in [
        ("id,2010,2011\na,1,2\nb,3,4\n", true),
        ("id,2010,age\na,1,2\nb,3,4\n", false),
        ("id,site\na,x\nb,x\n", false),
        ("id,--\na,GG\nb,AG\n", true),
    ] {
        assert_eq!(
            look(text.as_bytes(), "").unwrap().first_line_may_be_row(),
            may_be_row,
            "{text:?}"
        );
    }
}

#[test]
fn a_comma_is_a_point_where_the_schema_says_so() {
    let text = b"a;b\n1,5;1.5\n-0,25;2\n";
    assert_eq!(kinds(&look(text, "").unwrap()), ["text", "number"]);
    let found = look(text, "decimal = \"comma\"\n").unwrap();
    assert_eq!(kinds(&found), ["number", "text"]);
    assert_eq!(found.columns[0].numbers.as_ref().unwrap().sum, "1.25");
    let error = look(text, "decimal = \"comma\"\n[columns]\nb = \"number\"\n").unwrap_err();
    assert_eq!(error, ", line 2: column \"b\": expected a decimal number, as the schema says");
}

#[test]
fn rows_of_positions_are_no_people() {
    let text = b"RSID,CHROMOSOME,POSITION,RESULT\nrs1,1,82154,AA\nrs2,1,752566,AG\n";
    assert!(look(text, "").unwrap().rows_are_positions());
    let error = frequencies(text, "").unwrap_err();
    assert!(
        error.starts_with(": the rows are positions on chromosomes, expected people"),
        "{error}"
    );
    let said = "[columns]\nRESULT = \"genotype\"\n";
    let counted = "column\tallele\tac\tan\nRESULT\tA\t3\t4\nRESULT\tG\t1\t4\n";
    assert_eq!(frequencies(text, said).as_deref(), Ok(counted));
}
