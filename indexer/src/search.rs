//! Full-text search over what manifests say of themselves. Any text is a query: it is cut into words
//! here, and each is looked for as a prefix; nothing of it reaches FTS5's query language.
//! Specification: `docs/spec/index.md`.

use crate::hits::hits_of;
use crate::read::dataset::{COLUMNS, Dataset, NOW, dataset};
use crate::read::filter::DatasetFilter;
use crate::read::page::Turn;
use crate::row::all;
use crate::{Index, IndexError};
use rusqlite::params_from_iter;

/// Words of a query that are looked for, and characters of each.
const WORDS: usize = 16;
const LETTERS: usize = 64;
/// Hits that are looked at first; then twice as many, and so on.
const LOOK: usize = 128;

/// Only the dataset's latest manifest that is there is searched.
const LATEST: &str = "NOT EXISTS (SELECT 1 FROM versions n JOIN manifests k ON k.id = n.id \
     WHERE n.dataset = h.dataset AND n.number > h.number AND k.state = 'there')";

impl Index {
    /// At most `limit` datasets whose manifests have all of `words`, each as the beginning of a
    /// word, the best first; for an empty text those listed first. Paused ones are among them.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn search(&self, words: &str, limit: usize) -> Result<Vec<Dataset>, IndexError> {
        if words.trim().is_empty() {
            let turn = Turn { after: None, limit };
            return Ok(self.datasets_page(&DatasetFilter::default(), turn)?.rows);
        }
        self.search_among(words, &DatasetFilter::default(), 0, limit)
    }

    /// The same among some datasets, for words that are not empty, without the first `skip`.
    ///
    /// # Errors
    /// As [`Index::search`].
    pub fn search_among(
        &self,
        words: &str,
        filter: &DatasetFilter,
        skip: usize,
        limit: usize,
    ) -> Result<Vec<Dataset>, IndexError> {
        let query = query(words);
        if query.is_empty() {
            return Ok(Vec::new());
        }
        let hits = hits_of(&self.connection, &self.hits, &query)?;
        let (mut found, mut rest, mut look) = (Vec::new(), &hits[..], LOOK);
        let enough = skip.saturating_add(limit);
        while found.len() < enough && !rest.is_empty() {
            let (some, more) = rest.split_at(look.min(rest.len()));
            found.extend(self.datasets_of(some, filter)?);
            (rest, look) = (more, look * 2);
        }
        found.truncate(enough);
        self.datasets_by_id(found.get(skip..).unwrap_or_default())
    }

    /// The datasets of these versions in the same order, those left out that the filter does not
    /// let pass, or whose latest manifest is another's.
    fn datasets_of(&self, hits: &[i64], filter: &DatasetFilter) -> Result<Vec<i64>, IndexError> {
        let mut conditions = filter.conditions();
        let now = if conditions.sql.is_empty() { "" } else { NOW };
        conditions.values.push(list(hits).into());
        let sql = format!(
            "SELECT d.id FROM json_each(?{}) w CROSS JOIN versions h ON h.id = w.value \
             CROSS JOIN datasets d ON d.dataset = h.dataset {now} \
             WHERE {LATEST} {} ORDER BY w.key",
            conditions.values.len(),
            conditions.sql,
        );
        Ok(all(&self.connection, &sql, params_from_iter(conditions.values), |c| c.get())?)
    }

    fn datasets_by_id(&self, ids: &[i64]) -> Result<Vec<Dataset>, IndexError> {
        let sql = format!(
            "{COLUMNS} FROM json_each(?1) w CROSS JOIN datasets d ON d.id = w.value {NOW} \
             ORDER BY w.key"
        );
        Ok(all(&self.connection, &sql, [list(ids)], dataset)?)
    }
}

/// Numbers as a JSON list, which is one parameter of a query however many there are.
fn list(numbers: &[i64]) -> String {
    serde_json::json!(numbers).to_string()
}

/// `"word" * "word" *`: quoted, so that a word is never an operator.
fn query(text: &str) -> String {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let quoted = words.take(WORDS).map(|word| {
        let word: String = word.chars().take(LETTERS).collect();
        format!("\"{word}\" *")
    });
    quoted.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::query;

    #[test]
    fn operators_become_words() {
        for (text, expected) in [
            ("chr22 GRCh38", "\"chr22\" * \"GRCh38\" *"),
            ("a\" OR title:b*", "\"a\" * \"OR\" * \"title\" * \"b\" *"),
            ("NEAR(x, 3) ^y -z", "\"NEAR\" * \"x\" * \"3\" * \"y\" * \"z\" *"),
            ("\0 -- ;", ""),
            ("größe 大腸", "\"größe\" * \"大腸\" *"),
        ] {
            assert_eq!(query(text), expected, "{text:?}");
        }
        assert_eq!(query(&"w ".repeat(99)).matches('*').count(), 16);
    }
}
