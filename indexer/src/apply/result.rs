//! Circuits, posted results and readers' words on what they were delivered.

use super::{At, bytes, time};
use crate::row::blob;
use alloy_primitives::B256;
use ledger::CircuitId;
use ledger::posting::{Attested, Posted};
use rusqlite::params;

pub(super) fn register(
    (transaction, place): At,
    circuit: CircuitId,
    protocol: &str,
    fingerprint: B256,
) -> rusqlite::Result<()> {
    transaction
        .prepare_cached(
            "INSERT INTO circuits (circuit, protocol, fingerprint, block, tx) \
             VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![bytes(circuit.0), protocol, bytes(fingerprint), place.block, place.tx])?;
    Ok(())
}

pub(super) fn post((transaction, place): At, posted: &Posted) -> rusqlite::Result<()> {
    transaction
        .prepare_cached(
            "INSERT INTO results (result, dataset, poster, circuit, version, grant, query, value, \
             step, record, block, time, tx) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
        )?
        .execute(params![
            blob(posted.result),
            blob(posted.dataset),
            posted.poster.0.0,
            bytes(posted.circuit.0),
            posted.version.cast_signed(),
            blob(posted.grant),
            blob(posted.query),
            blob(posted.value),
            bytes(posted.step.0),
            bytes(posted.record),
            place.block,
            time(posted.time),
            place.tx,
        ])?;
    Ok(())
}

pub(super) fn attest((transaction, place): At, attested: &Attested) -> rusqlite::Result<()> {
    transaction
        .prepare_cached(
            "INSERT INTO attestations (grant, dataset, account, version, equal, evidence, block, \
             time, tx) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        )?
        .execute(params![
            blob(attested.grant),
            blob(attested.dataset),
            attested.by.0.0,
            attested.version.cast_signed(),
            attested.equal,
            bytes(attested.evidence),
            place.block,
            time(attested.time),
            place.tx,
        ])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::apply::{Place, apply};
    use crate::{Index, file};
    use alloy_primitives::{Address, B256, U256, keccak256};
    use ledger::chain::{Event, RawLog};
    use ledger::{CircuitId, Network, StepId};
    use serde_json::json;

    fn network() -> Network {
        let contract =
            |n| json!({ "address": Address::repeat_byte(n), "code_hash": B256::repeat_byte(n) });
        let network = json!({
            "name": "test", "chain": 31337, "genesis": B256::ZERO, "deployed_at": 1,
            "contracts": {
                "registry": contract(1), "market": contract(2), "protocols": contract(3),
                "ledger": contract(4), "log": contract(5),
            },
            "tokens": [], "policy": { "circuits": [], "finality": "head" },
        });
        Network::parse(&network.to_string()).unwrap()
    }

    fn log(contract: u8, index: u64, topics: Vec<B256>, words: &[B256]) -> RawLog {
        RawLog {
            block: 70,
            block_hash: B256::repeat_byte(0xb0),
            transaction: B256::repeat_byte(0x7a),
            index,
            address: Address::repeat_byte(contract),
            topics,
            data: words.concat(),
        }
    }

    /// Without a proof nothing can be posted, so the logs are written here as the ABI says.
    #[test]
    fn results_and_circuits_are_read_back_as_they_were_posted() {
        let network = network();
        let number = |n: u64| B256::from(U256::from(n));
        let word = B256::repeat_byte;
        let registered = keccak256("Registered(bytes32,string,bytes32,address,uint64)");
        let mut name = word(0);
        name[..18].copy_from_slice(b"allele-frequency/1");
        let key = [number(0x80), word(0xf1), number(7), number(99), number(18), name];
        let posted = keccak256(
            "Posted(uint256,uint256,address,bytes32,uint64,uint256,uint256,uint256,bytes32,bytes32,uint64)",
        );
        let poster = Address::repeat_byte(0xaa);
        let result = |n: u64, query: u8| {
            let words = [
                word(0xc1),
                number(u64::MAX),
                number(0),
                word(query),
                word(4),
                word(5),
                word(6),
                number(1_700_000_000),
            ];
            log(4, n, vec![posted, number(n), number(3), poster.into_word()], &words)
        };
        let logs = [log(3, 0, vec![registered, word(0xc1)], &key), result(1, 1), result(2, 2)];

        let folder = tempfile::tempdir().unwrap();
        let index = Index::open(folder.path(), &network).unwrap();
        let mut connection = file::writer(index.path()).unwrap();
        let transaction = connection.transaction().unwrap();
        for log in &logs {
            let event = Event::decode(&network.contracts, log).unwrap();
            apply(&transaction, &event, &Place::of(log)).unwrap();
        }
        // The contract takes a statement from a poster once; so does the table.
        let again = Event::decode(&network.contracts, &result(3, 2)).unwrap();
        assert!(apply(&transaction, &again, &Place::of(&logs[2])).is_err());
        transaction.commit().unwrap();

        let circuits = index.circuits().unwrap();
        assert_eq!(circuits.len(), 1);
        assert_eq!(
            (circuits[0].circuit, circuits[0].fingerprint),
            (CircuitId(word(0xc1)), word(0xf1))
        );
        assert_eq!((circuits[0].protocol.as_str(), circuits[0].block), ("allele-frequency/1", 70));
        let results = index.results().unwrap();
        assert_eq!(results.len(), 2);
        let row = &results[0];
        assert_eq!(
            (row.at.block, row.at.time, row.at.transaction),
            (70, 1_700_000_000, word(0x7a))
        );
        assert_eq!((row.posted.version, row.posted.grant), (u64::MAX, U256::ZERO));
        assert_eq!((row.posted.step, row.posted.record), (StepId(word(5)), word(6)));
        let Event::Posted(decoded) = Event::decode(&network.contracts, &logs[1]).unwrap() else {
            panic!("it is a result");
        };
        assert_eq!(row.posted, decoded);
        assert_eq!(index.result(U256::from(1)).unwrap().as_ref(), Some(row));
        assert_eq!(index.result(U256::from(3)).unwrap(), None);
        let of = |query: u8, poster| {
            let version = (U256::from(3), u64::MAX);
            let query = U256::from_be_bytes(word(query).0);
            index.result_by(CircuitId(word(0xc1)), version, query, poster).unwrap()
        };
        assert_eq!(of(2, poster).map(|row| row.posted.result), Some(U256::from(2)));
        assert_eq!(of(3, poster), None);
        assert_eq!(of(2, Address::ZERO), None);
    }
}
