//! Commands that are ended by Ctrl-C or `kill -9` at random moments.

use crate::scene::Done;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Of the random moments.
pub const SEED: u64 = 20_260_713;

/// How a command ended that a signal was sent to.
#[derive(Debug)]
pub struct Interrupted {
    /// Whether it had come to its end before.
    pub ended: bool,
    /// What it wrote to standard output.
    pub out: String,
    /// The signal, the moment and the seed.
    pub when: String,
}

/// A number below `most` for the `n`th moment (SplitMix64).
pub fn random(n: u64, most: u64) -> u64 {
    let mut z = SEED.wrapping_add(n.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (z ^ (z >> 31)) % most.max(1)
}

/// How many microseconds the command takes when nobody interrupts it; it must succeed.
pub fn whole(command: &mut Command) -> u64 {
    let begun = Instant::now();
    Done::of(command).yes();
    u64::try_from(begun.elapsed().as_micros()).expect("no test takes so long")
}

/// Starts the command and sends it the `n`th moment's signal within `whole` microseconds: SIGKILL
/// and SIGINT in turn.
///
/// # Panics
///
/// If it panics, or ends otherwise than by success or by that signal.
pub fn interrupt(command: &mut Command, n: u64, whole: u64) -> Interrupted {
    let signal = ["-KILL", "-INT"][usize::from(n % 2 == 1)];
    let after = Duration::from_micros(random(n, whole));
    let when = format!("moment {n}: {signal} after {after:?} (seed {SEED})");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().unwrap();
    std::thread::sleep(after);
    let _ =
        Command::new("kill").args([signal, &child.id().to_string()]).stderr(Stdio::null()).status();
    let output = child.wait_with_output().unwrap();
    let (status, said) = (output.status, String::from_utf8(output.stderr).unwrap());
    assert!(!said.contains("panicked"), "{when}: {said}");
    let ended = match (status.code(), status.signal()) {
        // It was faster.
        (Some(0), None) => true,
        (None, Some(9)) if signal == "-KILL" => false,
        (Some(2 | 130), None) | (None, Some(2)) if signal == "-INT" => false,
        _ => panic!("{when}: {status:?} {said}"),
    };
    Interrupted { ended, out: String::from_utf8(output.stdout).unwrap(), when }
}
