//! How an event stream begins: with the position, or with what its reader missed since the event
//! whose id it names. That is read from the index, so that ids outlive the service that gave them.

use super::feed::{event, id};
use super::follower::{block, blocks};
use super::status::Phase;
use crate::follow::{BlockId, Noted};
use crate::read::event as stored;
use crate::row::{all, first};
use crate::{AnswerAt, Index, IndexError, Position};
use ledger::chain::{Event, RawLog};
use serde_json::json;

/// Batches of blocks that are told again; who missed more reads again.
const MOST: usize = 256;

/// A stream's first events.
pub(super) struct Beginning {
    /// The block up to which they tell everything; none where nothing was followed.
    pub(super) at: Option<BlockId>,
    /// As they are sent.
    pub(super) text: String,
}

impl Beginning {
    /// For one who begins anew, or who has read up to the event `since`.
    pub(super) fn read(
        index: &mut Index,
        since: Option<&str>,
        status: Phase,
    ) -> Result<Self, IndexError> {
        let begun = index.at_once(|index, position| {
            let missed = match since {
                Some(since) => index.missed(since, &position)?,
                None => None,
            };
            let at = Some(position.id());
            let text = missed.unwrap_or_else(|| {
                let name = if since.is_some() { "reset" } else { "position" };
                event(name, at, &json!({ "status": status, "at": AnswerAt::from(position) }))
            });
            Ok::<_, IndexError>(Self { at, text })
        })?;
        Ok(begun.unwrap_or_else(|| {
            let nowhere = json!({ "status": status, "at": null });
            Self { at: None, text: event("position", None, &nowhere) }
        }))
    }
}

impl Index {
    /// What happened after the event `since`; none where the index cannot tell.
    fn missed(&self, since: &str, position: &Position) -> Result<Option<String>, IndexError> {
        let Some(since) = read_id(since) else { return Ok(None) };
        // A line that every reader skips, so that the answer begins at once.
        let mut text = ": going on\n\n".to_owned();
        let mut from = since;
        if !self.has_block(since)? {
            match self.rolled_back_to(since)? {
                Some(to) if self.has_block(to)? => from = to,
                _ => return Ok(None),
            }
            let told = json!({ "from": block(since), "to": block(from) });
            text += &event("reorg", Some(from), &told);
        }
        let batches = self.batches_after(from)?;
        if batches.len() > MOST {
            return Ok(None);
        }
        for (at, time) in batches {
            let events = self.events_between(from.number, at.number)?;
            let reached = Position { block: at.number, hash: at.hash, time, ..*position };
            text += &event("block", Some(at), &blocks(&reached, &events));
            from = at;
        }
        Ok(Some(text))
    }

    fn has_block(&self, at: BlockId) -> Result<bool, IndexError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM blocks WHERE number = ?1 AND hash = ?2)";
        let found =
            first(&self.connection, sql, (at.number.cast_signed(), at.hash.0), |c| c.get())?;
        Ok(found.unwrap_or(false))
    }

    /// Where the index went back to when it last was at this block.
    fn rolled_back_to(&self, from: BlockId) -> Result<Option<BlockId>, IndexError> {
        let sql = "SELECT to_block, to_hash FROM reorg_log WHERE from_block = ?1 AND \
                   from_hash = ?2 AND to_block IS NOT NULL ORDER BY id DESC LIMIT 1";
        Ok(first(&self.connection, sql, (from.number.cast_signed(), from.hash.0), |c| {
            Ok(BlockId { number: c.number()?, hash: c.word()? })
        })?)
    }

    /// The blocks that later batches ended with, one more than are told at most, and their times.
    fn batches_after(&self, from: BlockId) -> Result<Vec<(BlockId, u64)>, IndexError> {
        let sql =
            "SELECT number, hash, time FROM blocks WHERE number > ?1 ORDER BY number LIMIT ?2";
        let limits = (from.number.cast_signed(), MOST as i64 + 1);
        Ok(all(&self.connection, sql, limits, |c| {
            Ok((BlockId { number: c.number()?, hash: c.word()? }, c.number()?))
        })?)
    }

    /// The events of blocks `after` + 1 to `to`.
    fn events_between(&self, after: u64, to: u64) -> Result<Vec<Noted>, IndexError> {
        let sql =
            format!("{} WHERE block > ?1 AND block <= ?2 ORDER BY block, log_index", stored::EVENT);
        let bounds = (after.cast_signed(), to.cast_signed());
        let logs = all(&self.connection, &sql, bounds, stored::event)?;
        logs.into_iter().map(|log| self.noted(&log)).collect()
    }

    fn noted(&self, log: &RawLog) -> Result<Noted, IndexError> {
        let event = Event::decode(&self.network.contracts, log)?;
        Ok(Noted { block: log.block, index: log.index, transaction: log.transaction, event })
    }
}

/// Reads an event's id back; none where it is none that this service gives.
fn read_id(text: &str) -> Option<BlockId> {
    let (number, hash) = text.split_once('-')?;
    let at = BlockId { number: number.parse().ok()?, hash: hash.parse().ok()? };
    (id(at) == text).then_some(at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloy_primitives::B256;

    #[test]
    fn ids_read_back_and_others_are_none() {
        let at = BlockId { number: u64::MAX, hash: B256::repeat_byte(0xab) };
        let text = id(at);
        assert_eq!(read_id(&text), Some(at));
        let hash = at.hash;
        for other in [
            String::new(),
            "-".to_owned(),
            hash.to_string(),
            format!("-1-{hash}"),
            format!("+1-{hash}"),
            format!("01-{hash}"),
            format!("18446744073709551616-{hash}"),
            format!("{text} "),
            text.to_uppercase(),
        ] {
            assert_eq!(read_id(&other), None, "{other}");
        }
    }
}
