//! Progress of long work, on stderr, where a person watches.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal as _;
use std::time::Duration;

/// How much is told.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Progress {
    quiet: bool,
}

impl Progress {
    pub(crate) const fn new(quiet: bool) -> Self {
        Self { quiet }
    }

    /// A bar over `total` bytes, with speed and time left.
    pub(crate) fn bytes(self, doing: &str, total: u64) -> ProgressBar {
        let style = "{msg:24} {bar:28} {bytes:>10}/{total_bytes} {bytes_per_sec} {eta}";
        self.show(ProgressBar::new(total), style, doing)
    }

    /// A spinner for work of unknown length.
    pub(crate) fn spinner(self, doing: &str) -> ProgressBar {
        let bar = self.show(ProgressBar::new_spinner(), "{spinner} {msg} {elapsed}", doing);
        bar.enable_steady_tick(Duration::from_millis(120));
        bar
    }

    fn show(self, bar: ProgressBar, style: &str, doing: &str) -> ProgressBar {
        if self.quiet || !std::io::stderr().is_terminal() {
            bar.set_draw_target(ProgressDrawTarget::hidden());
        }
        bar.set_style(ProgressStyle::with_template(style).expect("the template is a constant"));
        bar.set_message(doing.to_owned());
        bar
    }

    /// One line about what is going on, where nobody asked for quiet.
    pub(crate) fn tell(self, line: &str) {
        if !self.quiet {
            crate::answer::remark(line);
        }
    }
}
