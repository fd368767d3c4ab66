use super::results::World;
use super::*;

/// A log of five steps in two blocks.
fn log() -> (Head, Vec<EntriesBlock>, Vec<Vec<u8>>) {
    let key = SigningKey::from_bytes(&[7; 32]);
    let world = World::new();
    let steps: Vec<Step> = (0..5).map(|n| Step { time: 1000 + n, ..world.step.clone() }).collect();
    let leaves: Vec<Vec<u8>> = steps.iter().map(|s| leaf(s.id(), owner(), &sign(s))).collect();
    let hashes: Vec<B256> = leaves.iter().map(|leaf| merkle::leaf_hash(leaf)).collect();
    let block = |range: std::ops::Range<usize>, previous| EntriesBlock {
        checkpoint: Checkpoint {
            origin: "log".into(),
            size: range.end as u64,
            root: merkle::root(&hashes[..range.end]),
        }
        .sign(&key),
        entries: steps[range]
            .iter()
            .map(|s| Listed { body: s.cid(), signature: sign(s) })
            .collect(),
        previous,
    };
    let first = block(0..2, None);
    let second = block(2..5, Some(sha256(first.encode())));
    let head = Head {
        id: world.step.log,
        owner: owner(),
        origin: "log".into(),
        key: B256::new(key.verifying_key().to_bytes()),
        size: 5,
        root: merkle::root(&hashes),
    };
    (head, vec![first, second], leaves)
}

#[test]
fn a_log_is_whole_or_it_is_refused() {
    let (head, blocks, leaves) = log();
    assert_eq!(verify_log(&head, &blocks, &leaves), Ok(()));
    for block in &blocks {
        assert_eq!(EntriesBlock::decode(&block.encode()).as_ref(), Ok(block));
    }

    let mut dropped = (blocks.clone(), leaves.clone());
    dropped.0[1].entries.remove(0);
    dropped.1.remove(2);
    let short = LogError::Size { listed: 4, anchored: 5 };
    assert_eq!(verify_log(&head, &dropped.0, &dropped.1), Err(short));

    let mut swapped = leaves.clone();
    swapped.swap(0, 1);
    assert!(matches!(verify_log(&head, &blocks, &swapped), Err(LogError::Root { .. })));

    let mut replaced = leaves.clone();
    replaced[3] = leaves[4].clone();
    assert!(matches!(verify_log(&head, &blocks, &replaced), Err(LogError::Root { .. })));

    let anchored = Head { root: B256::ZERO, ..head.clone() };
    assert!(matches!(verify_log(&anchored, &blocks, &leaves), Err(LogError::Root { .. })));

    let other_key = Head {
        key: B256::new(SigningKey::from_bytes(&[8; 32]).verifying_key().to_bytes()),
        ..head.clone()
    };
    let unsigned = NoteError::Signature("log".into());
    assert_eq!(verify_log(&other_key, &blocks, &leaves), Err(LogError::Note(unsigned)));

    let mut moved = blocks.clone();
    let entry = moved[1].entries.remove(0);
    moved[0].entries.push(entry);
    assert_eq!(verify_log(&head, &moved, &leaves), Err(LogError::Checkpoint(2)));

    let renamed = Head { origin: "other".into(), ..head };
    let other_origin = NoteError::Origin("log".into(), "other".into());
    assert_eq!(verify_log(&renamed, &blocks, &leaves), Err(LogError::Note(other_origin)));
}

#[test]
fn a_checkpoint_that_was_changed_is_not_signed() {
    let key = SigningKey::from_bytes(&[7; 32]);
    let good = Checkpoint { origin: "log".into(), size: 5, root: B256::repeat_byte(1) };
    let note = good.sign(&key);
    let verify = |note: &str| Checkpoint::verify(note, "log", &key.verifying_key());
    assert_eq!(verify(&note), Ok(good));
    for (from, to) in [("\n5\n", "\n6\n"), ("\n5\n", "\n05\n"), ("AQEB", "AgEB"), ("\n\n", "\n")] {
        assert!(verify(&note.replacen(from, to, 1)).is_err(), "{from:?} to {to:?}");
    }
    let witness = format!("{note}\u{2014} witness.example AAAAAAAA\n");
    assert!(verify(&witness).is_ok());
    let extended = note.replacen("\n\n", "\nan extension\n\n", 1);
    assert_eq!(verify(&extended), Err(NoteError::Form("it has not three lines")));
    assert_eq!(verify(&"x".repeat(20_000)), Err(NoteError::Form("it is too long")));
}
