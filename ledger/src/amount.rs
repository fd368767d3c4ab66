//! Amounts in a token's own decimals: `12.5` of a token with 6 is 12,500,000 smallest units.

use alloy_primitives::U256;

/// A text that is no amount of the token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAmount {
    /// Something else than digits and a point.
    #[error("an amount is digits, with at most one point, such as 12.5")]
    Form,
    /// More digits after the point than the token has decimals.
    #[error("the token has {0} decimals; the amount has more")]
    TooFine(u8),
    /// 2^96 smallest units or more.
    #[error("the amount is larger than any price can be")]
    TooLarge,
}

/// Reads an amount into smallest units.
///
/// # Errors
/// A text that is no amount of a token with so many decimals.
pub fn parse(text: &str, decimals: u8) -> Result<u128, NotAmount> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    let empty = whole.is_empty() || (part.is_empty() && text.contains('.'));
    if empty || !digits(whole) || !digits(part) {
        return Err(NotAmount::Form);
    }
    let part = part.trim_end_matches('0');
    if part.len() > usize::from(decimals) {
        return Err(NotAmount::TooFine(decimals));
    }
    let padded = format!("{whole}{part:0<width$}", width = usize::from(decimals));
    let units: u128 = padded.parse().map_err(|_| NotAmount::TooLarge)?;
    if units < 1 << 96 { Ok(units) } else { Err(NotAmount::TooLarge) }
}

/// Smallest units as an amount, without trailing zeros.
pub fn show(units: U256, decimals: u8) -> String {
    let digits = format!("{units:0>width$}", width = usize::from(decimals) + 1);
    let (whole, part) = digits.split_at(digits.len() - usize::from(decimals));
    match part.trim_end_matches('0') {
        "" => whole.to_owned(),
        part => format!("{whole}.{part}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_in_the_tokens_own_decimals() {
        for (text, decimals, units) in [
            ("0", 6, Ok(0)),
            ("12.5", 6, Ok(12_500_000)),
            ("12.500000", 6, Ok(12_500_000)),
            ("12.5000000", 6, Ok(12_500_000)),
            ("0.000001", 6, Ok(1)),
            ("7", 0, Ok(7)),
            ("0.0000001", 6, Err(NotAmount::TooFine(6))),
            ("1.5", 0, Err(NotAmount::TooFine(0))),
            ("", 6, Err(NotAmount::Form)),
            (".5", 6, Err(NotAmount::Form)),
            ("5.", 6, Err(NotAmount::Form)),
            ("-1", 6, Err(NotAmount::Form)),
            ("1e3", 6, Err(NotAmount::Form)),
            ("1.2.3", 6, Err(NotAmount::Form)),
            ("79228162514264337593543950336", 0, Err(NotAmount::TooLarge)),
            ("999999999999999999999999999999999999999999", 6, Err(NotAmount::TooLarge)),
        ] {
            assert_eq!(parse(text, decimals), units, "{text}");
        }
        for (units, decimals, text) in
            [(0_u64, 6, "0"), (1, 6, "0.000001"), (12_500_000, 6, "12.5"), (7, 0, "7")]
        {
            assert_eq!(show(U256::from(units), decimals), text);
        }
    }
}
