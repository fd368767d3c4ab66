//! Gzip and BGZF. An input is a file as it is, or, by its first byte, deflate streams that get
//! containers with right checksums, or a text that is packed in several ways and then damaged.
#![no_main]

use flate2::{Decompress, FlushDecompress, Status};
use fuzz::opened::{alone, bytes, slowly};
use fuzz::{check, container};
use libfuzzer_sys::fuzz_target;

/// What a deflate stream may come to here; a BGZF block holds no more.
const BLOCK: usize = 64 << 10;

fuzz_target!(init: alone(), |input: &[u8]| {
    match input {
        // Stored in a block as it is, the beginning of another is taken for one, and refused.
        [b'd' | b't', rest @ ..] if rest.windows(4).any(|four| four == [0x1f, 0x8b, 8, 4]) => {}
        [0x1f, 0x8b, ..] => {
            // Which of two faults is met first depends on how much is read at once.
            assert_eq!(check(&|| slowly(input, 7)).ok(), check(&|| bytes(input)).ok());
        }
        [b'd', rest @ ..] => streams(rest),
        [b't', cut, at, rest @ ..] => damaged(usize::from(*cut), usize::from(*at), rest),
        _ => {}
    }
});

/// What is a deflate stream to a third reader is to both of ours, that of BGZF blocks and that of
/// gzip, and nothing else is.
fn streams(input: &[u8]) {
    let (mut blocks, mut members, mut text) = (Vec::new(), Vec::new(), Vec::new());
    let (mut whole, mut exact) = (true, true);
    for stream in input.split(|byte| *byte == 0xfd) {
        let (content, used) = inflated(stream).unwrap_or_default();
        whole &= used > 0;
        exact &= used == stream.len();
        blocks.extend_from_slice(&container::bgzf_block(stream, &content));
        members.extend_from_slice(&container::gzip_member(stream, &content));
        text.extend_from_slice(&content);
    }
    blocks.extend_from_slice(&container::bgzf(&[], 1));
    let [blocks, members] = [&blocks, &members].map(|file| check(&|| bytes(file)));
    if !whole {
        assert!(blocks.is_err() && members.is_err());
        return;
    }
    // The end of a block is where its length says, so that bytes may stand before it.
    assert!(exact || members.is_err());
    if !text.is_empty() {
        // Plain text without a last line's end may be refused, and compressed text is whole.
        text.push(b'\n');
        let plain = check(&|| bytes(&text));
        assert_eq!(blocks, plain);
        assert!(!exact || members == plain);
    }
}

/// What a stream of at most [`BLOCK`] bytes decompresses to, and its length.
fn inflated(stream: &[u8]) -> Option<(Vec<u8>, usize)> {
    let mut content = Vec::with_capacity(BLOCK);
    let mut inflate = Decompress::new(false);
    let status = inflate.decompress_vec(stream, &mut content, FlushDecompress::Finish);
    let ended = matches!(status, Ok(Status::StreamEnd)) && content.len() <= BLOCK;
    ended.then(|| (content, inflate.total_in() as usize))
}

/// A damaged file gives an error, or what the whole file gives.
fn damaged(cut: usize, at: usize, text: &[u8]) {
    let block = 1 + cut * 3;
    let mixed =
        |first: &[u8], rest: &[u8]| [container::gzip(first), container::bgzf(rest, block)].concat();
    let middle = text.len() / 2;
    let files = [
        container::bgzf(text, block),
        container::gzip(text),
        mixed(&text[..middle], &text[middle..]),
    ];
    let whole = check(&|| bytes(&files[0]));
    for file in &files {
        assert_eq!(check(&|| bytes(file)), whole, "another container");
        let place = (at * file.len() / 256).min(file.len() - 1);
        let cut_file = &file[..place];
        // Cut between gzip members, a file is one of fewer members.
        let is_whole = cut_file == container::gzip(&text[..middle]);
        assert!(is_whole || check(&|| bytes(cut_file)).is_err(), "cut at {place}");
        let mut changed = file.clone();
        changed[place] ^= 1 << (cut % 8);
        let answer = check(&|| bytes(&changed));
        assert!(answer.is_err() || answer == whole, "changed at {place}");
        let longer = [&file[..], &[at as u8]].concat();
        assert!(check(&|| bytes(&longer)).is_err(), "a byte after the end");
    }
}
