//! Full-text search over what manifests say of themselves. Any text is a query: it is cut into words
//! here, and nothing of it reaches FTS5's query language. Hits are ranked by where and how the words
//! stand and not by how rare they are (BM25), which takes a look at every hit of a common word.
//! Specification: `docs/spec/index.md`.

use crate::read::dataset::{Dataset, dataset, select};
use crate::read::filter::DatasetFilter;
use crate::read::page::Turn;
use crate::row::all;
use crate::{Index, IndexError};
use rusqlite::params_from_iter;
use std::collections::HashSet;
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// Words of a query that are looked for, and characters of each.
const WORDS: usize = 16;
const LETTERS: usize = 64;

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
        let ids = self.search_among(words, &DatasetFilter::default(), 0, limit)?;
        self.datasets_by_id(&ids)
    }

    /// The row ids of the same among some datasets, for words that are not empty, without the first
    /// `skip`.
    pub(crate) fn search_among(
        &self,
        words: &str,
        filter: &DatasetFilter,
        skip: usize,
        limit: usize,
    ) -> Result<Vec<i64>, IndexError> {
        let enough = skip.saturating_add(limit);
        let (mut found, mut seen) = (Vec::new(), HashSet::new());
        for (texts, query) in queries(words) {
            if found.len() >= enough {
                break;
            }
            // What ranks higher is found again.
            let most = enough.saturating_add(found.len());
            let hits = self.datasets_with(texts, &query, filter, most)?;
            found.extend(hits.into_iter().filter(|id| seen.insert(*id)));
        }
        found.truncate(enough);
        Ok(found.split_off(skip.min(found.len())))
    }

    /// The first datasets that a query of FTS5 finds and the filter lets pass, by the age of their
    /// versions. Nothing is sorted, so that the first of many cost no more than those of few.
    fn datasets_with(
        &self,
        texts: Texts,
        query: &str,
        filter: &DatasetFilter,
        most: usize,
    ) -> Result<Vec<i64>, IndexError> {
        let mut conditions = filter.conditions();
        conditions.values.push(query.to_owned().into());
        // A parameter, so that the statement is prepared once.
        conditions.values.push(i64::try_from(most).unwrap_or(i64::MAX).into());
        let last = conditions.values.len();
        let sql = format!(
            "SELECT d.id FROM {texts} w CROSS JOIN versions h ON h.id = w.rowid \
             CROSS JOIN datasets d ON d.dataset = h.dataset {} \
             WHERE w.{texts} MATCH ?{} AND {LATEST} {} ORDER BY w.rowid LIMIT ?{last}",
            filter.joins(),
            last - 1,
            conditions.sql,
        );
        Ok(all(&self.connection, &sql, params_from_iter(conditions.values), |c| c.get())?)
    }

    /// The datasets with these row ids, in their order.
    pub(crate) fn datasets_by_id(&self, ids: &[i64]) -> Result<Vec<Dataset>, IndexError> {
        let from = "FROM json_each(?1) w CROSS JOIN datasets d ON d.id = w.value";
        let sql = select(from) + "ORDER BY w.key";
        Ok(all(&self.connection, &sql, [list(ids)], dataset)?)
    }
}

/// Numbers as a JSON list, which is one parameter of a query however many there are.
fn list(numbers: &[i64]) -> String {
    serde_json::json!(numbers).to_string()
}

/// A table of texts: that of titles, or that of all.
type Texts = &'static str;

/// Words as they are kept and looked for: letters, digits and marks, in lower case, without accents.
/// Both sides are cut here alone, so that no word of a query is two of the index.
pub(crate) fn words(text: &str) -> impl Iterator<Item = String> {
    let is_accent = |c: &char| ('\u{300}'..='\u{36f}').contains(c);
    text.split(|c: char| !(c.is_alphanumeric() || is_combining_mark(c)))
        .map(move |word| word.to_lowercase().nfd().filter(|c| !is_accent(c)).collect::<String>())
        .filter(|word| !word.is_empty())
}

/// The queries whose hits are shown one after the other: all words in the title, all words anywhere,
/// and the same with each as the beginning of a word. Quoted, so that a word is never an operator.
fn queries(text: &str) -> Vec<(Texts, String)> {
    let cut = |word: String| word.chars().take(LETTERS).collect::<String>();
    let words: Vec<String> = words(text).take(WORDS).map(cut).collect();
    if words.is_empty() {
        return Vec::new();
    }
    let [whole, begun] = ["", " *"].map(|end| {
        words.iter().map(|word| format!("\"{word}\"{end}")).collect::<Vec<_>>().join(" ")
    });
    [whole, begun]
        .into_iter()
        .flat_map(|words| [("titles", words.clone()), ("words", words)])
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{queries, words};

    #[test]
    fn words_are_whole_in_every_script() {
        for (text, expected) in [
            ("Zürich, ÉCOLE", &["zurich", "ecole"][..]),
            ("Zu\u{308}rich İstanbul", &["zurich", "istanbul"]),
            ("हिन्दी जीनोम", &["हिन्दी", "जीनोम"]),
            ("\u{301} --", &[]),
        ] {
            assert_eq!(words(text).collect::<Vec<_>>(), expected, "{text}");
        }
    }

    #[test]
    fn operators_become_words() {
        for (text, expected) in [
            ("chr22 GRCh38", "\"chr22\" * \"grch38\" *"),
            ("a\" OR title:b*", "\"a\" * \"or\" * \"title\" * \"b\" *"),
            ("NEAR(x, 3) ^y -z", "\"near\" * \"x\" * \"3\" * \"y\" * \"z\" *"),
            ("\0 -- ;", ""),
            ("größe 大腸", "\"große\" * \"大腸\" *"),
        ] {
            let found = queries(text);
            assert_eq!(found.last().map_or("", |(_, query)| query), expected, "{text:?}");
            assert_eq!(found.len(), if expected.is_empty() { 0 } else { 4 });
        }
        assert_eq!(queries("a b")[0], ("titles", "\"a\" \"b\"".to_owned()));
        assert_eq!(queries(&"w ".repeat(99))[3].1.matches('*').count(), 16);
    }
}
