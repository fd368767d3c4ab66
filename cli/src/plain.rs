//! Untrusted text, made fit for a terminal: titles and names are their authors' words.

use serde_json::Value;

/// `text` without control characters, line breaks, bidirectional and other invisible formatting
/// characters; each becomes `�`, so that nothing looks like what it is not.
pub(crate) fn plain(text: &str) -> String {
    text.chars().map(|c| if is_plain(c) { c } else { char::REPLACEMENT_CHARACTER }).collect()
}

/// The same, keeping line breaks, for texts of several lines.
pub(crate) fn plain_lines(text: &str) -> String {
    text.lines().map(plain).collect::<Vec<_>>().join("\n")
}

/// `value` on one line, in which every character that [`plain`] takes out is escaped: the same object
/// to programs, and harmless on a terminal.
pub(crate) fn plain_json(value: &Value) -> String {
    let mut text = String::new();
    for c in value.to_string().chars() {
        if is_plain(c) {
            text.push(c);
        } else {
            let mut units = [0; 2];
            text.extend(c.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")));
        }
    }
    text
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

    #[test]
    fn json_stays_the_same_object_and_is_harmless() {
        let value = Value::String("大\u{1b}[31m\u{9b}\u{202e}\u{e0041}\n\"".to_owned());
        let text = plain_json(&value);
        assert_eq!(text, r#""大\u001b[31m\u009b\u202e\udb40\udc41\n\"""#);
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
    }
}
