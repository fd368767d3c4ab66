//! Figures beside their targets.

use serde_json::json;

#[derive(Clone, Copy)]
pub(crate) enum Target {
    AtLeast(f64),
    AtMost(f64),
    /// For comparing only.
    None,
}

struct Figure {
    what: String,
    measured: f64,
    unit: &'static str,
    target: Target,
}

#[derive(Default)]
pub(crate) struct Report(Vec<Figure>);

impl Report {
    pub(crate) fn add(
        &mut self,
        what: impl Into<String>,
        measured: f64,
        unit: &'static str,
        target: Target,
    ) {
        let figure = Figure { what: what.into(), measured, unit, target };
        eprintln!("{}", figure.line());
        self.0.push(figure);
    }

    pub(crate) fn print(&self, json: bool) {
        if json {
            let figures: Vec<_> = self.0.iter().map(Figure::json).collect();
            println!("{:#}", json!({ "figures": figures }));
        } else {
            println!("{:<48} {:>14} {:>14}", "", "target", "measured");
            self.0.iter().for_each(|figure| println!("{}", figure.line()));
        }
    }
}

impl Figure {
    fn holds(&self) -> Option<bool> {
        match self.target {
            Target::AtLeast(least) => Some(self.measured >= least),
            Target::AtMost(most) => Some(self.measured <= most),
            Target::None => None,
        }
    }

    fn line(&self) -> String {
        let target = match self.target {
            Target::AtLeast(least) => format!(">= {} {}", short(least), self.unit),
            Target::AtMost(most) => format!("<= {} {}", short(most), self.unit),
            Target::None => String::new(),
        };
        let verdict = match self.holds() {
            Some(false) => "  MISSED",
            _ => "",
        };
        let measured = format!("{} {}", short(self.measured), self.unit);
        format!("{:<48} {target:>14} {measured:>14}{verdict}", self.what)
    }

    fn json(&self) -> serde_json::Value {
        let (least, most) = match self.target {
            Target::AtLeast(least) => (Some(least), None),
            Target::AtMost(most) => (None, Some(most)),
            Target::None => (None, None),
        };
        json!({
            "what": self.what, "measured": self.measured, "unit": self.unit,
            "at_least": least, "at_most": most, "holds": self.holds(),
        })
    }
}

/// Without decimals where they say nothing.
fn short(value: f64) -> String {
    if value >= 100.0 { format!("{value:.0}") } else { format!("{value:.2}") }
}

/// The value below which `share` per cent of them are; they are sorted by it.
pub(crate) fn percentile(values: &mut [f64], share: usize) -> f64 {
    values.sort_by(f64::total_cmp);
    values[(values.len() * share / 100).min(values.len() - 1)]
}
