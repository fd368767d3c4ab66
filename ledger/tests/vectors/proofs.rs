use super::*;
use ledger::chain::{Event, Proved, ReceiptProof, verify_receipt_proof};
use ledger::network::{Contract, Contracts};

#[test]
fn vectors_receipt_proofs() {
    let contract = |n| Contract { address: Address::repeat_byte(n), code_hash: B256::ZERO };
    let contracts = Contracts {
        registry: contract(1),
        market: contract(2),
        protocols: contract(3),
        ledger: contract(4),
        log: contract(5),
    };
    for row in rows(&load("receipt_proof.json"), "proofs") {
        let (proof, hash) = (bytes(row, "proof"), word(row, "block_hash"));
        let expected = Proved {
            block: number(&row["number"]),
            hash,
            parent: word(row, "parent"),
            time: number(&row["time"]),
            transaction: number(&row["transaction"]),
            log: number(&row["log"]),
            contract: contracts.market.address,
            event: Event::Declined { grant: u256(&row["grant"]), time: number(&row["event_time"]) },
        };
        assert_eq!(verify_receipt_proof(&proof, hash, &contracts), Ok(expected), "{row}");
        assert_eq!(ReceiptProof::decode(&proof).unwrap().encode(), proof);
        let other = word(row, "receipts_root");
        assert!(verify_receipt_proof(&proof, other, &contracts).is_err(), "{row}");
    }
}
