//! Decimal numbers, exact: no digit that a table has is lost.
//! Specification: `docs/spec/tables.md`, "Numbers".

use std::str::FromStr;

use bigdecimal::num_bigint::BigInt;
use bigdecimal::{BigDecimal, RoundingMode, Zero};

use super::schema::Decimal;

/// Digits before or after the point: all that a 64-bit float can print, and more.
const MOST_DIGITS: i64 = 400;
/// Digits to which what has no end is rounded.
const SHOWN: u64 = 12;

/// `-12`, `0.50`, `.5`, `3.` or `1.5e-8`; nothing before a sign, no zero before a digit. With commas
/// for all points.
pub(super) fn parse(text: &str, decimal: Decimal) -> Option<BigDecimal> {
    match decimal {
        Decimal::Comma if text.contains('.') => None,
        Decimal::Comma if text.contains(',') => parse_point(&text.replace(',', ".")),
        _ => parse_point(text),
    }
}

fn parse_point(text: &str) -> Option<BigDecimal> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (mantissa, exponent) = match digits.find(['e', 'E']) {
        Some(at) => (&digits[..at], Some(&digits[at + 1..])),
        None => (digits, None),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let leading = whole.len() > 1 && whole.starts_with('0');
    let none = whole.is_empty() && fraction.is_empty();
    if none || leading || !all_digits(whole) || !all_digits(fraction) {
        return None;
    }
    let exponent = match exponent {
        None => 0,
        Some(exponent) => {
            let digits = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
            if digits.is_empty() || digits.len() > 4 || !all_digits(digits) {
                return None;
            }
            exponent.parse::<i64>().ok()?
        }
    };
    let (before, after) = (whole.len() as i64 + exponent, fraction.len() as i64 - exponent);
    if before.max(whole.len() as i64) > MOST_DIGITS
        || after.max(fraction.len() as i64) > MOST_DIGITS
    {
        return None;
    }
    BigDecimal::from_str(text).ok().map(|number| number.normalized())
}

/// The number's shortest exact text.
pub(super) fn show(number: &BigDecimal) -> String {
    let number = number.normalized();
    // Beyond what a float prints plainly.
    let (digits, scale) = (number.digits() as i64, number.as_bigint_and_exponent().1);
    if scale > 20 || digits - scale > 25 {
        return number.to_scientific_notation();
    }
    number.to_plain_string()
}

/// Twelve digits of a number that has more.
pub(super) fn rounded(number: &BigDecimal) -> String {
    if number.is_zero() {
        return "0".to_owned();
    }
    let shown = std::num::NonZeroU64::new(SHOWN).expect("twelve is not zero");
    show(&number.with_precision_round(shown, RoundingMode::HalfEven))
}

/// Sums over numbers, each so many times.
#[derive(Clone, Debug)]
pub(super) struct Sums {
    pub(super) count: u64,
    pub(super) sum: BigDecimal,
    squares: BigDecimal,
    pub(super) least: BigDecimal,
    pub(super) most: BigDecimal,
}

impl Sums {
    pub(super) fn of(number: &BigDecimal, count: u64) -> Sums {
        let mut sums = Sums {
            count: 0,
            sum: BigDecimal::zero(),
            squares: BigDecimal::zero(),
            least: number.clone(),
            most: number.clone(),
        };
        sums.add(number, count);
        sums
    }

    pub(super) fn add(&mut self, number: &BigDecimal, count: u64) {
        self.count += count;
        let times = BigDecimal::from(count);
        let total = number * &times;
        self.squares += &total * number;
        self.sum += total;
        if *number < self.least {
            self.least = number.clone();
        }
        if *number > self.most {
            self.most = number.clone();
        }
    }

    /// The mean.
    pub(super) fn mean(&self) -> BigDecimal {
        divide(&self.sum, &BigDecimal::from(self.count))
    }

    /// The standard deviation of a sample (n − 1 below the line); `None` of a single number.
    pub(super) fn deviation(&self) -> Option<BigDecimal> {
        let count = BigDecimal::from(self.count);
        let below = &count * BigDecimal::from(self.count.checked_sub(1).filter(|n| *n > 0)?);
        let above = &count * &self.squares - &self.sum * &self.sum;
        divide(&above, &below).sqrt()
    }
}

/// To far more digits than are shown, however small the quotient is.
fn divide(above: &BigDecimal, below: &BigDecimal) -> BigDecimal {
    if above.is_zero() {
        return BigDecimal::zero();
    }
    let (digits, scale) = above.as_bigint_and_exponent();
    let longer: BigInt = digits * BigInt::from(10).pow(60);
    let (divisor, below_scale) = below.as_bigint_and_exponent();
    BigDecimal::new(longer / divisor, scale + 60 - below_scale)
}

/// The value below which a quarter, two or three lie, linear between neighbours (Hyndman and Fan's
/// type 7, as pandas and R have it). `sorted` are numbers, each so many times.
pub(super) fn quartile(sorted: &[(BigDecimal, u64)], count: u64, quarters: u64) -> BigDecimal {
    let place = u128::from(count - 1) * u128::from(quarters);
    let (low, part) = ((place / 4) as u64, (place % 4) as u64);
    let at = |wanted: u64| {
        let mut passed = 0;
        let found = sorted.iter().find(|(_, times)| {
            passed += times;
            passed > wanted
        });
        &found.expect("the counts add up").0
    };
    let lower = at(low);
    if part == 0 {
        return lower.clone();
    }
    let upper = at(low + 1);
    lower + (upper - lower) * BigDecimal::new(BigInt::from(25 * part), 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_exact() {
        for (text, shown) in [
            ("0", Some("0")),
            ("-0.50", Some("-0.5")),
            ("+7", Some("7")),
            (".5", Some("0.5")),
            ("3.", Some("3")),
            ("1.510000000000000000e+02", Some("151")),
            ("123456789012345678901234", Some("123456789012345678901234")),
            ("0.1234567890123456789", Some("0.1234567890123456789")),
            ("5e-324", Some("5e-324")),
            ("1e400", None),
            ("1e99999999999999999999", None),
            ("1e", None),
            ("e5", None),
            ("007", None),
            ("00", None),
            ("0x1f", None),
            ("1,5", None),
            ("1 000", None),
            ("--1", None),
            ("inf", None),
            ("", None),
            (".", None),
            ("-", None),
            ("١", None),
        ] {
            let read = |text, decimal| parse(text, decimal).map(|number| show(&number));
            assert_eq!(read(text, Decimal::Point).as_deref(), shown, "{text:?}");
            if !text.contains(',') {
                let text = text.replace('.', ",");
                assert_eq!(read(&text, Decimal::Comma).as_deref(), shown, "{text:?}");
            }
        }
    }

    #[test]
    fn quartiles_lie_between_neighbours() {
        let numbers =
            |list: &[i64]| list.iter().map(|n| (BigDecimal::from(*n), 1)).collect::<Vec<_>>();
        let all =
            |list: &[i64]| [1, 2, 3].map(|q| show(&quartile(&numbers(list), list.len() as u64, q)));
        assert_eq!(all(&[5]), ["5", "5", "5"]);
        assert_eq!(all(&[1, 2]), ["1.25", "1.5", "1.75"]);
        assert_eq!(all(&[1, 2, 3, 4]), ["1.75", "2.5", "3.25"]);
        let twice = [(BigDecimal::from(1), 2), (BigDecimal::from(9), 2)];
        assert_eq!(show(&quartile(&twice, 4, 2)), "5");
    }

    #[test]
    fn deviations_are_those_of_samples() {
        let mut sums = Sums::of(&BigDecimal::from(2), 3);
        assert_eq!(rounded(&sums.deviation().unwrap()), "0");
        sums.add(&parse_point("4.5").unwrap(), 1);
        assert_eq!(rounded(&sums.mean()), "2.625");
        assert_eq!(rounded(&sums.deviation().unwrap()), "1.25");
        assert!(Sums::of(&BigDecimal::from(2), 1).deviation().is_none());
        let tiny = parse_point("3e-300").unwrap();
        let mut sums = Sums::of(&tiny, 1);
        sums.add(&parse_point("1e-300").unwrap(), 1);
        assert_eq!(rounded(&sums.mean()), "2e-300");
        assert_eq!(rounded(&sums.deviation().unwrap()), "1.41421356237e-300");
    }
}
