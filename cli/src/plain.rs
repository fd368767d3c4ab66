//! Untrusted text, made fit for a terminal: titles and names are their authors' words.

/// `text` without control characters, line breaks, bidirectional and other invisible formatting
/// characters; each becomes `�`, so that nothing looks like what it is not.
pub(crate) fn plain(text: &str) -> String {
    text.chars().map(|c| if is_plain(c) { c } else { char::REPLACEMENT_CHARACTER }).collect()
}

/// The same, keeping line breaks, for texts of several lines.
pub(crate) fn plain_lines(text: &str) -> String {
    text.lines().map(plain).collect::<Vec<_>>().join("\n")
}

fn is_plain(c: char) -> bool {
    !c.is_control()
        && !matches!(c,
            '\u{00ad}' | '\u{061c}' | '\u{115f}' | '\u{1160}' | '\u{180e}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_and_bidirectional_characters_are_taken_out() {
        for (text, shown) in [
            ("Genomes of 2,504 people", "Genomes of 2,504 people"),
            ("Größe 大", "Größe 大"),
            ("a\u{1b}[31mred\u{7}", "a�[31mred�"),
            ("safe\u{202e}evil", "safe�evil"),
            ("two\r\nlines", "two��lines"),
            ("zero\u{200b}width", "zero�width"),
        ] {
            assert_eq!(plain(text), shown);
        }
        assert_eq!(plain_lines("one\ntwo\u{9b}\r\n"), "one\ntwo�");
    }
}
