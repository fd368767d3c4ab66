//! Proofs over blocks of our own making: every kind of receipt, blocks of all sizes, and every part of
//! a proof changed.

use super::make::{Place, of_receipts};
use super::*;
use crate::chain::contracts::{DatasetRegistry, GrantMarket};
use crate::network::Contract;
use crate::{Id, Thing};
use alloy::consensus::proofs::calculate_receipt_root;
use alloy::consensus::{Eip658Value, Header as BlockHeader, Receipt, TxType};
use alloy_primitives::{Log, U256};
use alloy_sol_types::SolEvent as _;

const KINDS: [TxType; 5] =
    [TxType::Legacy, TxType::Eip2930, TxType::Eip1559, TxType::Eip4844, TxType::Eip7702];

fn contracts() -> Contracts {
    let contract = |n| Contract { address: Address::repeat_byte(n), code_hash: B256::ZERO };
    Contracts {
        registry: contract(1),
        market: contract(2),
        protocols: contract(3),
        ledger: contract(4),
        log: contract(5),
    }
}

/// A stranger's log, then the end of grant `n`.
fn receipt(n: usize) -> ReceiptEnvelope {
    let declined = GrantMarket::Declined { grant: U256::from(n), time: n as u64 };
    let logs = vec![
        Log::new_unchecked(
            Address::repeat_byte(9),
            vec![B256::repeat_byte(7)],
            vec![n as u8; 40].into(),
        ),
        Log { address: contracts().market.address, data: declined.encode_log_data() },
    ];
    let receipt =
        Receipt { status: Eip658Value::Eip658(true), cumulative_gas_used: 21_000 * n as u64, logs };
    ReceiptEnvelope::from_typed(KINDS[n % KINDS.len()], receipt)
}

fn block(receipts: &[ReceiptEnvelope]) -> BlockHeader {
    BlockHeader {
        number: 77,
        timestamp: 1_795_000_000,
        parent_hash: B256::repeat_byte(0x66),
        receipts_root: calculate_receipt_root(receipts),
        base_fee_per_gas: Some(7),
        requests_hash: Some(B256::repeat_byte(0x55)),
        ..BlockHeader::default()
    }
}

/// A block of so many transactions, and the proof of what the one at `target` did.
fn proved(count: usize, target: usize) -> (B256, ReceiptProof) {
    let receipts: Vec<_> = (0..count).map(receipt).collect();
    let header = block(&receipts);
    (header.hash_slow(), of_receipts(&header, &receipts, Place { transaction: target, log: 1 }))
}

#[test]
fn every_transaction_of_blocks_of_all_sizes_and_kinds_is_proved() {
    for count in [1, 2, 3, 17, 127, 128, 129, 300] {
        let receipts: Vec<_> = (0..count).map(receipt).collect();
        let header = block(&receipts);
        for target in 0..count {
            let proof = of_receipts(&header, &receipts, Place { transaction: target, log: 1 });
            let bytes = proof.encode();
            assert_eq!(ReceiptProof::decode(&bytes), Ok(proof.clone()));
            assert_eq!(proof.claimed_block(), Ok(77));
            let found = verify_receipt_proof(&bytes, header.hash_slow(), &contracts());
            let event = Event::Declined { grant: U256::from(target), time: target as u64 };
            let expected = Proved {
                block: 77,
                hash: header.hash_slow(),
                parent: B256::repeat_byte(0x66),
                time: 1_795_000_000,
                transaction: target as u64,
                log: 1,
                contract: contracts().market.address,
                event,
            };
            assert_eq!(found, Ok(expected), "{target} of {count}");
        }
    }
}

#[test]
fn every_kind_of_receipt_is_read_back_and_unknown_ones_are_refused() {
    for n in 0..5 {
        let (hash, proof) = proved(1, 0);
        let receipts = [receipt(n)];
        let header = block(&receipts);
        let other = of_receipts(&header, &receipts, Place { transaction: 0, log: 1 });
        assert_eq!(
            other.verify(header.hash_slow(), &contracts()).unwrap().event.subject(),
            Some(Id::new(Thing::Grant, U256::from(n)))
        );
        assert!(n == 0 || proof.nodes != other.nodes && hash != header.hash_slow());
    }
    // A block whose receipt is of a kind, or has a form, that this program does not know.
    for (value, says) in [
        ([&[5], encoded(&receipt(0)).as_slice()].concat(), "type"),
        ([encoded(&receipt(2)).as_slice(), &[0]].concat(), "length"),
        (vec![0xc0], ""),
        (vec![], ""),
    ] {
        let (root, nodes) = trie::nodes_to(&[value], 0);
        let header = BlockHeader { receipts_root: root, ..block(&[]) };
        let proof = ReceiptProof { header: rlp::encode(&header), transaction: 0, log: 0, nodes };
        match proof.verify(header.hash_slow(), &contracts()) {
            Err(ReceiptProofError::Receipt { transaction: 0, why }) => {
                assert!(why.to_lowercase().contains(says), "{why}");
            }
            other => panic!("{other:?}"),
        }
    }
}

fn encoded(receipt: &ReceiptEnvelope) -> Vec<u8> {
    use alloy::eips::eip2718::Encodable2718 as _;
    receipt.encoded_2718()
}

#[test]
fn every_byte_of_a_proof_counts() {
    for (count, target) in [(1, 0), (3, 1), (130, 129)] {
        let (hash, proof) = proved(count, target);
        let bytes = proof.encode();
        let good = verify_receipt_proof(&bytes, hash, &contracts()).unwrap();
        for at in 0..bytes.len() {
            for bit in [1, 0x80] {
                let mut altered = bytes.clone();
                altered[at] ^= bit;
                let found = verify_receipt_proof(&altered, hash, &contracts());
                // Another log of the same receipt is as true; here it is a stranger's.
                assert!(found.is_err(), "byte {at} of {count}: {found:?}");
            }
        }
        for end in 0..bytes.len() {
            let found = verify_receipt_proof(&bytes[..end], hash, &contracts());
            assert!(matches!(found, Err(ReceiptProofError::Form(_))), "{end}: {found:?}");
        }
        let long = [bytes.as_slice(), &[0]].concat();
        let trailing = ReceiptProofError::Form(DecodeError::Trailing(1));
        assert_eq!(verify_receipt_proof(&long, hash, &contracts()), Err(trailing));
        assert_eq!(good.transaction, target as u64);
    }
}

#[test]
fn every_part_that_is_another_is_named() {
    let (hash, proof) = proved(130, 129);
    let verify = |change: &dyn Fn(&mut ReceiptProof)| {
        let mut changed = proof.clone();
        change(&mut changed);
        verify_receipt_proof(&changed.encode(), hash, &contracts()).unwrap_err()
    };
    for at in [0, 10, 100, proof.header.len() - 1] {
        let error = verify(&|p| p.header[at] ^= 1);
        assert!(
            matches!(error, ReceiptProofError::OtherBlock { expected, .. } if expected == hash)
        );
        assert_eq!(error.part(), "block");
    }
    let error = verify(&|p| p.header.push(0));
    assert!(matches!(error, ReceiptProofError::OtherBlock { .. }), "{error:?}");
    for depth in 0..proof.nodes.len() {
        let last = proof.nodes[depth].len() - 1;
        for at in [0, last / 2, last] {
            let error = verify(&|p| p.nodes[depth][at] ^= 1);
            let why = |e: &ReceiptProofError| matches!(e, ReceiptProofError::Trie { transaction: 129, why: TrieError::OtherNode { depth: d, .. } } if *d == depth);
            assert!(why(&error), "{depth}: {error:?}");
            assert_eq!(error.part(), "receipt");
        }
        let error = verify(&|p| drop(p.nodes.remove(depth)));
        assert!(matches!(error, ReceiptProofError::Trie { .. }), "{error:?}");
    }
    let error = verify(&|p| p.nodes.push(vec![0x80]));
    let surplus = ReceiptProofError::Trie { transaction: 129, why: TrieError::Surplus(1) };
    assert_eq!(error, surplus);
    for transaction in [0, 1, 128, 130, 1000, u64::MAX] {
        let error = verify(&|p| p.transaction = transaction);
        assert!(matches!(error, ReceiptProofError::Trie { .. }), "{transaction}: {error:?}");
    }
    for log in [2, 3, u64::MAX] {
        let error = verify(&|p| p.log = log);
        assert_eq!(error, ReceiptProofError::NoLog { transaction: 129, log, logs: 2 });
        assert_eq!(error.part(), "event");
    }
    // The stranger's log before ours, and ours where another network has another contract.
    let stranger = Address::repeat_byte(9);
    let error = verify(&|p| p.log = 0);
    assert!(
        matches!(&error, ReceiptProofError::NotEvent { log: 0, contract, why, .. }
            if *contract == stranger && why == "the network file does not name it"),
        "{error:?}"
    );
    let mut other = contracts();
    other.market.address = stranger;
    let error = proof.verify(hash, &other).unwrap_err();
    assert!(matches!(error, ReceiptProofError::NotEvent { log: 1, .. }), "{error:?}");
    // The market's events from the registry's address.
    let mut swapped = contracts();
    std::mem::swap(&mut swapped.market, &mut swapped.registry);
    let error = proof.verify(hash, &swapped).unwrap_err();
    assert!(matches!(error, ReceiptProofError::NotEvent { .. }), "{error:?}");
    let elsewhere = B256::repeat_byte(1);
    assert!(matches!(
        proof.verify(elsewhere, &contracts()),
        Err(ReceiptProofError::OtherBlock { expected, .. }) if expected == elsewhere
    ));
}

#[test]
fn an_event_is_what_the_log_says_and_no_other() {
    let set = DatasetRegistry::StatusSet { dataset: U256::from(3), status: 2, time: 9 };
    let logs = vec![Log { address: contracts().registry.address, data: set.encode_log_data() }];
    let receipt = Receipt { status: Eip658Value::Eip658(true), cumulative_gas_used: 1, logs };
    let receipts = [ReceiptEnvelope::from_typed(TxType::Eip1559, receipt)];
    let header = block(&receipts);
    let proof = of_receipts(&header, &receipts, Place { transaction: 0, log: 0 });
    let found = proof.verify(header.hash_slow(), &contracts()).unwrap();
    assert_eq!(found.event.subject(), Some(Id::new(Thing::Dataset, U256::from(3))));
    assert_eq!(found.event.grant_status(), None);
}

#[test]
fn what_is_too_much_is_refused_before_it_is_checked() {
    let (hash, proof) = proved(1, 0);
    let much = |change: &dyn Fn(&mut ReceiptProof)| {
        let mut changed = proof.clone();
        change(&mut changed);
        verify_receipt_proof(&changed.encode(), hash, &contracts()).unwrap_err()
    };
    let header =
        ReceiptProofError::TooMuch { what: "bytes of header", found: HEADER + 1, most: HEADER };
    assert_eq!(much(&|p| p.header = vec![0; HEADER + 1]), header);
    let nodes = ReceiptProofError::TooMuch { what: "nodes", found: NODES + 1, most: NODES };
    assert_eq!(much(&|p| p.nodes = vec![Vec::new(); NODES + 1]), nodes);
    let error = much(&|p| p.nodes = vec![vec![0; dag_cbor::MAX_BYTES]]);
    assert!(matches!(error, ReceiptProofError::Form(DecodeError::TooLarge(_))), "{error:?}");
}

#[test]
fn bytes_that_are_no_proof_or_header_are_refused() {
    let (hash, proof) = proved(1, 0);
    let map = |entries: Vec<(&str, Value)>| Value::map(entries).encode();
    let whole = || {
        let nodes = Value::List(proof.nodes.iter().map(|n| Value::Bytes(n.clone())).collect());
        vec![
            ("version", Value::Uint(1)),
            ("header", Value::Bytes(proof.header.clone())),
            ("transaction", Value::Uint(0)),
            ("log", Value::Uint(1)),
            ("nodes", nodes),
        ]
    };
    assert_eq!(map(whole()), proof.encode());
    let mut tables = vec![Vec::new(), b"x".to_vec(), Value::Uint(1).encode()];
    for left_out in 0..5 {
        let mut entries = whole();
        entries.remove(left_out);
        tables.push(map(entries));
        let mut entries = whole();
        entries[left_out].1 = "text".into();
        tables.push(map(entries));
    }
    let mut newer = whole();
    newer[0].1 = Value::Uint(2);
    tables.push(map(newer));
    let mut more = whole();
    more.push(("more", Value::Uint(0)));
    tables.push(map(more));
    for bytes in tables {
        let error = verify_receipt_proof(&bytes, hash, &contracts()).unwrap_err();
        assert!(matches!(error, ReceiptProofError::Form(_)), "{error:?}");
        assert_eq!(error.part(), "form");
    }
    // Bytes that hash to what was asked for, and are no header all the same.
    let list = |items: &[&[u8]]| {
        let mut out = Vec::new();
        rlp::encode_list::<_, [u8]>(items, &mut out);
        out
    };
    let mut fields: Vec<&[u8]> = vec![&[7; 32]; 16];
    fields[NUMBER] = &[7];
    fields[TIME] = &[7];
    let with = |at: usize, field: &'static [u8]| {
        let mut fields = fields.clone();
        fields[at] = field;
        list(&fields)
    };
    for (header, says) in [
        (vec![], "it is no list in RLP"),
        (vec![0x80], "it is no list in RLP"),
        ([proof.header.as_slice(), &[0]].concat(), "it is no list in RLP"),
        (list(&fields[..5]), "it has too few fields"),
        (with(RECEIPTS_ROOT, &[7; 31]), "a hash has not 32 bytes"),
        (with(PARENT, &[]), "a hash has not 32 bytes"),
        (with(NUMBER, &[7; 9]), "a number is none of 64 bits"),
        (with(TIME, &[0, 7]), "a number is none of 64 bits"),
    ] {
        let hash = keccak256(&header);
        let odd = ReceiptProof { header, ..proof.clone() };
        assert_eq!(odd.verify(hash, &contracts()), Err(ReceiptProofError::Header(says)));
        assert_eq!(odd.claimed_block(), Err(ReceiptProofError::Header(says)));
    }
}
