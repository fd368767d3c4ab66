use super::*;
use ledger::dag_cbor::decode;

#[test]
fn vectors_dag_cbor() {
    let file = load("dag_cbor.json");
    let (mut accepted, mut refused) = (0, 0);
    for case in rows(&file, "cases") {
        let bytes = item(case);
        let ok = case["accept"].as_bool().unwrap();
        match decode(&bytes) {
            Ok(value) => {
                assert!(ok, "accepted: {case}");
                assert_eq!(value.encode(), bytes, "{case}");
                accepted += 1;
            }
            Err(e) => {
                assert!(!ok, "refused: {case}: {e}");
                refused += 1;
            }
        }
    }
    assert!(accepted > 0 && refused > 0, "{accepted} accepted, {refused} refused");
}

fn item(case: &Value) -> Vec<u8> {
    let part = |key: &str| hex::decode(case[key].as_str().unwrap_or_default()).unwrap();
    let times = |key: &str| case[key].as_u64().unwrap_or_default() as usize;
    if case.get("prefix_hex").is_none() {
        return bytes(case, "hex");
    }
    let mut bytes = part("prefix_hex").repeat(times("prefix_times"));
    bytes.resize(bytes.len() + times("then_zero_bytes"), 0);
    bytes.extend(part("then_hex"));
    bytes
}
