//! The words from which an identity comes again: BIP-39, English. 24 words are made; 12, 15, 18,
//! 21 and 24 are read. Specification: `docs/spec/keys.md`, vectors `identity.json`.

use crate::secret::{NoRandomness, Secret};
use bip39::{Language, Mnemonic};
use std::fmt;
use zeroize::Zeroizing;

/// A phrase whose checksum is right.
#[derive(Clone)]
pub struct Phrase(Mnemonic);

/// Why words are no phrase; the words themselves are never in an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PhraseError {
    /// Another number of words.
    #[error("a phrase has 12, 15, 18, 21 or 24 words, not {0}")]
    Count(usize),
    /// A word that is not in the list; the first is 1.
    #[error("word {0} is not in the English list of BIP-39")]
    Word(usize),
    /// All are in the list, but not together.
    #[error("the words are in the list, but their checksum is wrong: one is another, or moved")]
    Checksum,
    /// No phrase can be made.
    #[error(transparent)]
    Random(#[from] NoRandomness),
}

impl Phrase {
    /// 24 new words from 256 random bits.
    ///
    /// # Errors
    /// The operating system gives no random bytes.
    pub fn generate() -> Result<Self, PhraseError> {
        let entropy = Secret::<32>::random()?;
        let words = Mnemonic::from_entropy_in(Language::English, entropy.expose());
        Ok(Self(words.expect("32 bytes of entropy give 24 words")))
    }

    /// Reads words in either case, with any white space between them.
    ///
    /// # Errors
    /// Another number of words, one that is not in the list, or a wrong checksum.
    pub fn parse(text: &str) -> Result<Self, PhraseError> {
        let text = Zeroizing::new(text.to_ascii_lowercase());
        let words = Mnemonic::parse_in_normalized(Language::English, &text);
        words.map(Self).map_err(|error| match error {
            bip39::Error::BadWordCount(count) => PhraseError::Count(count),
            bip39::Error::UnknownWord(index) => PhraseError::Word(index + 1),
            _ => PhraseError::Checksum,
        })
    }

    /// The words, to be written down once.
    pub fn words(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.0.words()
    }

    /// The 64-byte seed: PBKDF2 of BIP-39, with the empty passphrase.
    pub fn seed(&self) -> Secret<64> {
        Secret::from(self.0.to_seed_normalized(""))
    }
}

impl fmt::Debug for Phrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Phrase({} words)", self.0.word_count())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORDS: &str = "test test test test test test test test test test test junk";

    #[test]
    fn reads_either_case_and_any_space() {
        let seed = Phrase::parse(WORDS).unwrap().seed();
        let loud = format!("  {}\n", WORDS.to_uppercase().replace(' ', " \t "));
        assert_eq!(Phrase::parse(&loud).unwrap().seed(), seed);
    }

    #[test]
    fn makes_24_words_that_read_back() {
        let phrase = Phrase::generate().unwrap();
        let words: Vec<_> = phrase.words().collect();
        assert_eq!(words.len(), 24);
        assert_eq!(Phrase::parse(&words.join(" ")).unwrap().seed(), phrase.seed());
        assert_ne!(Phrase::generate().unwrap().seed(), phrase.seed());
        assert_eq!(format!("{phrase:?}"), "Phrase(24 words)");
    }

    #[test]
    fn says_what_is_wrong_without_the_words() {
        let cases = [
            ("", PhraseError::Count(0)),
            ("test junk", PhraseError::Count(2)),
            (&[WORDS, "test"].join(" "), PhraseError::Count(13)),
            (&WORDS.replacen("test", "tset", 1), PhraseError::Word(1)),
            (&WORDS.replace("junk", "junć"), PhraseError::Word(12)),
            (&WORDS.replace("junk", "test"), PhraseError::Checksum),
        ];
        for (words, expected) in cases {
            assert_eq!(Phrase::parse(words).unwrap_err(), expected, "{words:?}");
        }
    }
}
