use super::*;
use ledger::Statement;
use ledger::statement::{
    self, ALLELE_FREQUENCY, Context, ReleaseRule, TooManyColumns, allele_frequency_query,
    allele_frequency_result, circuit_id,
};

#[test]
fn vectors_statement() {
    let file = load("statement.json");
    for row in rows(&file, "contexts") {
        let context = Context {
            chain: number(&row["chain"]),
            ledger: address(row, "ledger"),
            poster: address(row, "poster"),
        };
        assert_eq!(hex_of(context.element()), text(row, "context"));
    }
    let protocol = &file["protocol"];
    assert_eq!(text(protocol, "name"), ALLELE_FREQUENCY);
    let protocol_element = statement::protocol_element(ALLELE_FREQUENCY);
    assert_eq!(hex_of(protocol_element), text(protocol, "element"));

    for row in rows(&file, "allele_frequency") {
        let panel = load(&format!("{}.json", text(row, "panel")));
        let keys: Vec<Fr> = rows(row, "columns")
            .iter()
            .map(|index| element(text(&panel["columns"][number(index) as usize], "key")))
            .collect();
        let values: Vec<(u64, u64)> =
            rows(row, "values").iter().map(|v| (number(&v[0]), number(&v[1]))).collect();
        let places = number(&row["places"]) as usize;
        let rule = ReleaseRule {
            min_samples: number(&row["rule"]["min_samples"]),
            min_count: number(&row["rule"]["min_count"]),
        };
        let inputs = &row["public_inputs"];
        let context = element(text(inputs, "context"));
        let made = Statement {
            context,
            data: element(text(inputs, "data")),
            model: Fr::from(0_u64),
            query: allele_frequency_query(context, rule, &keys, places).unwrap(),
            result: allele_frequency_result(&values, places).unwrap(),
        };
        for (name, value) in Statement::NAMES.into_iter().zip(made.inputs()) {
            assert_eq!(hex_of(value), text(inputs, name), "{name}");
        }
        assert_eq!(text(&panel, "data_root"), text(inputs, "data"));
        assert_eq!(made.commit(), word(row, "statement_commit"));
        let refused = allele_frequency_query(context, rule, &keys, keys.len() - 1);
        let (columns, places) = (keys.len(), keys.len() - 1);
        assert_eq!(refused, Err(TooManyColumns { columns, places }));
    }

    let circuit = &file["circuit_id"];
    let key = bytes(circuit, "vk");
    assert_eq!(ledger::hash::sha256(&key), word(circuit, "vk_sha256"));
    let words: Vec<U256> = key.chunks(32).map(U256::from_be_slice).collect();
    let id = circuit_id(text(circuit, "protocol"), word(circuit, "fingerprint"), &words);
    assert_eq!(id.0, word(circuit, "circuit_id"));
}
