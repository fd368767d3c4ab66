//! Forgeries, each caught by the ordinary command: exit code 1, the failing check named, nothing
//! changed. What could only not be checked is exit code 2; never 0.

mod claim;
mod folder;
mod policy;
mod story;

use tests::scene::Done;

/// The one line of a report about a check.
fn line<'a>(done: &'a Done, check: &str) -> &'a str {
    let mut lines = done.out.lines().filter(|line| line.split_whitespace().nth(1) == Some(check));
    let line = lines.next().unwrap_or_else(|| panic!("nothing about {check}: {done:#?}"));
    assert_eq!(lines.next(), None, "{done:#?}");
    line
}
