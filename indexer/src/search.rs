//! Full-text search over what manifests say of themselves. Any text is a query: it is cut into words
//! here, and each is looked for as a prefix; nothing of it reaches FTS5's query language.
//! Specification: `docs/spec/index.md`.

use crate::read::dataset::{COLUMNS, Dataset, NOW, dataset};
use crate::read::filter::DatasetFilter;
use crate::read::page::Turn;
use crate::row::all;
use crate::{Index, IndexError};
use rusqlite::params_from_iter;

/// Words of a query that are looked for, and characters of each.
const WORDS: usize = 16;
const LETTERS: usize = 64;

/// The best hit of each dataset's latest manifest that is there; a title weighs most.
const HITS: &str = "FROM (SELECT rowid AS id, bm25(words, 8.0, 1.0, 2.0, 2.0) AS score \
     FROM words WHERE words MATCH ?1) w \
     CROSS JOIN versions h ON h.id = w.id CROSS JOIN datasets d ON d.dataset = h.dataset ";
const LATEST: &str = "WHERE NOT EXISTS (SELECT 1 FROM versions n JOIN manifests k ON k.id = n.id \
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
        let mut conditions = filter.conditions();
        conditions.values.push(query.into());
        let number = conditions.values.len();
        let sql = format!(
            "{COLUMNS} {} {NOW} {LATEST} {} ORDER BY w.score, d.id LIMIT {} OFFSET {}",
            HITS.replace("?1", &format!("?{number}")),
            conditions.sql,
            i64::try_from(limit).unwrap_or(i64::MAX),
            i64::try_from(skip).unwrap_or(i64::MAX),
        );
        Ok(all(&self.connection, &sql, params_from_iter(conditions.values), dataset)?)
    }
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
