//! Spans of time as people write them: `90m`, `48h`, `7d`, `2w`, or seconds with `s`.

/// Reads a span into seconds.
pub(crate) fn parse(text: &str) -> Result<u32, String> {
    let wrong =
        || format!("{text:?} is no span of time: write a number and s, m, h, d or w, such as 48h");
    let unit = text.chars().last().ok_or_else(wrong)?;
    let seconds: u32 = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        'd' => 86_400,
        'w' => 604_800,
        _ => return Err(wrong()),
    };
    let number = &text[..text.len() - 1];
    let plain = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
    let number: u32 = plain.then(|| number.parse().ok()).flatten().ok_or_else(wrong)?;
    number.checked_mul(seconds).ok_or_else(wrong)
}

/// Seconds in the largest unit that says them exactly; above a minute, the two largest.
pub(crate) fn show(seconds: u64) -> String {
    let units = [(86_400, "d"), (3600, "h"), (60, "m"), (1, "s")];
    let mut rest = seconds;
    let mut parts = Vec::new();
    for (size, unit) in units {
        if rest >= size && parts.len() < 2 {
            parts.push(format!("{}{unit}", rest / size));
            rest %= size;
        }
    }
    if parts.is_empty() { "0s".to_owned() } else { parts.join(" ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_a_number_and_a_unit() {
        for (text, seconds) in
            [("90s", 90), ("90m", 5400), ("48h", 172_800), ("7d", 604_800), ("2w", 1_209_600)]
        {
            assert_eq!(parse(text), Ok(seconds), "{text}");
        }
        for text in ["", "h", "7", "-1h", "1.5h", "7 d", "99999999w", "7é"] {
            assert!(parse(text).is_err_and(|e| e.contains("no span of time")), "{text}");
        }
        for (seconds, text) in
            [(0, "0s"), (59, "59s"), (3600, "1h"), (90_061, "1d 1h"), (31_536_000, "365d")]
        {
            assert_eq!(show(seconds), text);
        }
    }
}
