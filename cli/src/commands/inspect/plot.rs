//! Counts as bars, before anybody decides how to draw them; and drawn with letters.

use crate::describe::count;
use clap::ValueEnum;
use cohort::{Bin, Frequencies, Heterozygosity, Spread};
use std::io::IsTerminal as _;

/// How plots are drawn in the terminal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Plots {
    /// On a terminal; in Unicode where it is UTF-8
    #[default]
    Auto,
    /// Bars of block characters
    Unicode,
    /// Bars of #
    Ascii,
    /// None
    Never,
}

/// A row of bars.
#[derive(Debug)]
pub(super) struct Plot {
    pub(super) title: String,
    pub(super) bars: Vec<(String, u64)>,
}

/// The characters that a bar is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ink {
    Blocks,
    Ascii,
}

impl Plots {
    /// None where nothing is to be drawn.
    pub(super) fn ink(self) -> Option<Ink> {
        match self {
            Plots::Never => None,
            Plots::Unicode => Some(Ink::Blocks),
            Plots::Ascii => Some(Ink::Ascii),
            Plots::Auto if !std::io::stdout().is_terminal() => None,
            Plots::Auto => Some(if speaks_utf8() { Ink::Blocks } else { Ink::Ascii }),
        }
    }
}

/// The first of these that is set decides, as POSIX has it.
fn speaks_utf8() -> bool {
    let set = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(set).unwrap_or_default();
    let locale = locale.to_ascii_lowercase();
    locale.contains("utf-8") || locale.contains("utf8")
}

const EIGHTHS: [char; 8] = [' ', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

impl Plot {
    fn new(title: impl Into<String>, bars: Vec<(String, u64)>) -> Option<Self> {
        let any = bars.iter().any(|(_, count)| *count > 0);
        any.then(|| Self { title: title.into(), bars })
    }

    pub(super) fn most(&self) -> u64 {
        self.bars.iter().map(|(_, count)| *count).max().unwrap_or(0).max(1)
    }

    /// Lines of at most 80 columns.
    pub(super) fn draw(&self, ink: Ink) -> String {
        const WIDTH: u128 = 44;
        let mut text = format!("  {}\n", self.title);
        for (label, n) in &self.bars {
            let eighths = u128::from(*n) * WIDTH * 8 / u128::from(self.most());
            let (full, rest) = ((eighths / 8) as usize, (eighths % 8) as usize);
            let mut bar = match ink {
                Ink::Blocks => "█".repeat(full),
                Ink::Ascii => "#".repeat(full),
            };
            match ink {
                Ink::Blocks if rest > 0 => bar.push(EIGHTHS[rest]),
                // What is there is seen, however little it is.
                Ink::Blocks if *n > 0 && full == 0 => bar.push(EIGHTHS[1]),
                Ink::Ascii if *n > 0 && full == 0 => bar.push('#'),
                _ => {}
            }
            let line = format!("  {label:>16} {:>13}  {bar}", count(*n));
            text += line.trim_end();
            text.push('\n');
        }
        text
    }
}

pub(super) fn frequencies(frequencies: &Frequencies) -> Option<Plot> {
    let mut bars =
        vec![("nobody".to_owned(), frequencies.absent), ("one copy".to_owned(), frequencies.once)];
    bars.extend(frequencies.bins.iter().map(percents));
    Plot::new("ALTs by their share of called alleles", bars)
}

pub(super) fn missing(what: &str, spread: &Spread) -> Option<Plot> {
    if spread.bins.iter().all(|bin| bin.count == 0) {
        return None;
    }
    let mut bars = vec![("none".to_owned(), spread.none)];
    bars.extend(spread.bins.iter().map(percents));
    Plot::new(format!("{what} by their share of missing genotypes"), bars)
}

pub(super) fn heterozygosity(found: &Heterozygosity) -> Option<Plot> {
    let bar = |bin: &Bin| (format!("to {:.3}", bin.up_to), bin.count);
    Plot::new("people by F", found.f.iter().map(bar).collect())
}

fn percents(bin: &Bin) -> (String, u64) {
    let percent = |share: f64| {
        let text = format!("{:.1}", 100.0 * share);
        text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
    };
    (format!("{} to {} %", percent(bin.above), percent(bin.up_to)), bin.count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_as_long_as_their_counts() {
        let bar = |label: &str, count| (label.to_owned(), count);
        let bars = vec![bar("a", 0), bar("b", 1), bar("c", 500), bar("d", 1000)];
        let plot = Plot::new("things", bars).unwrap();
        let (full, half) = ("█".repeat(44), "█".repeat(22));
        assert_eq!(
            plot.draw(Ink::Blocks),
            format!(
                "  things\n                 a             0\n                 b             1  ▏\n                 c           500  {half}\n                 d         1,000  {full}\n"
            )
        );
        let ascii = plot.draw(Ink::Ascii);
        assert!(ascii.is_ascii() && ascii.contains(&format!("500  {}\n", "#".repeat(22))));
        assert!(plot.draw(Ink::Blocks).lines().all(|line| line.chars().count() <= 80));
        assert!(Plot::new("none", vec![bar("a", 0)]).is_none());
        let large = Plot::new("large", vec![bar("a", u64::MAX)]).unwrap().draw(Ink::Ascii);
        assert!(large.ends_with(&"#".repeat(44)) || large.ends_with("#\n"));
    }
}
