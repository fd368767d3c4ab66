//! Posting results, and what of the market's commands is sent to the chain exactly once.

mod interrupted;
mod refused;
mod right;

use std::fs;
use tests::scene::{Actor, Scene};

/// The number of steps in somebody's log.
fn steps(of: &Actor<'_>) -> usize {
    of.json(["log"])["steps"].as_array().unwrap().len()
}

/// Notes of what is under way in a home.
fn under_way(scene: &Scene, home: &str) -> Vec<String> {
    let Ok(notes) = fs::read_dir(scene.path(home).join("notes")) else { return Vec::new() };
    let names = notes.map(|note| note.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.starts_with("post-") || name.starts_with("buy-")).collect()
}
