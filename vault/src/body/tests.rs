use super::*;
use crate::secret::{NoRandomness, Secret};
use proptest::prelude::*;
use std::collections::HashSet;

fn key(byte: u8) -> DataKey {
    DataKey::from(Secret::from([byte; 32]))
}

fn plain(length: usize) -> Vec<u8> {
    (0..length).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect()
}

fn sealed(plain: &[u8]) -> (Vec<u8>, SealedBody) {
    let mut body = Vec::new();
    let about = seal_body(plain, &mut body, &key(1), |_| ()).unwrap();
    (body, about)
}

fn opened(body: &[u8], key: &DataKey, root: B256) -> Result<Vec<u8>, OpenError> {
    let mut file = open_body(body, key, root);
    let mut plain = Vec::new();
    match file.read_to_end(&mut plain) {
        Ok(_) => {
            assert_eq!(file.read(&mut [0]).unwrap(), 0, "the end stays the end");
            Ok(plain)
        }
        Err(error) => {
            assert!(file.read(&mut [0]).is_err(), "an error stays one");
            Err(OpenError::of(&error).unwrap())
        }
    }
}

/// Gives few bytes at a time, and is interrupted now and then.
struct Haltingly<R>(R, usize);

impl<R: Read> Read for Haltingly<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.1 += 1;
        if self.1.is_multiple_of(7) {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let most = out.len().min(1 + self.1 * 7919 % 60_000);
        self.0.read(&mut out[..most])
    }
}

#[test]
fn bodies_of_every_length_open_whatever_the_reads() {
    let full = BATCH * SEGMENT;
    for length in [0, 1, SEGMENT - 1, SEGMENT, SEGMENT + 1, full - 1, full, full + 1, 3 * full + 5]
    {
        let plain = plain(length);
        let mut body = Vec::new();
        let mut told = Vec::new();
        let halting = Haltingly(plain.as_slice(), 0);
        let about = seal_body(halting, &mut body, &key(1), |done| told.push(done)).unwrap();
        assert_eq!(about.plain_len, length as u64);
        assert_eq!(about.body_len, body.len() as u64);
        assert_eq!(body.len(), length + 28 * length.div_ceil(SEGMENT));
        assert_eq!(about.plain_sha256, ledger::hash::sha256(&plain));
        assert_eq!(about.content_root.0, *blake3::hash(&body).as_bytes());
        assert_eq!(told.last().copied().unwrap_or(0), length as u64);
        let halting = Haltingly(body.as_slice(), 0);
        let mut read = Vec::new();
        open_body(halting, &key(1), about.content_root).read_to_end(&mut read).unwrap();
        assert!(read == plain, "{length}");
    }
}

#[test]
fn no_nonce_comes_twice() {
    let plain = vec![0; 40 * SEGMENT];
    let (one, _) = sealed(&plain);
    let (two, _) = sealed(&plain);
    let nonces = one.chunks(SEALED_SEGMENT).chain(two.chunks(SEALED_SEGMENT)).map(|s| &s[..NONCE]);
    assert_eq!(nonces.collect::<HashSet<_>>().len(), 80);
    let sealed = one.chunks(SEALED_SEGMENT).map(|s| &s[NONCE..]);
    assert_eq!(sealed.collect::<HashSet<_>>().len(), 40, "equal segments look different");
}

#[test]
fn any_other_body_is_refused() {
    let plain = plain(4 * SEGMENT + 100);
    let (body, about) = sealed(&plain);
    let root = about.content_root;
    let segments: Vec<&[u8]> = body.chunks(SEALED_SEGMENT).collect();
    let [a, b, c, d, e] = segments[..] else { panic!("five segments") };
    let (other, _) = sealed(&plain);
    let cases: [(&str, Vec<u8>); 8] = [
        ("reordered", [b, a, c, d, e].concat()),
        ("the last left out", [a, b, c, d].concat()),
        ("the first left out", [b, c, d, e].concat()),
        ("one left out", [a, b, d, e].concat()),
        ("one twice", [a, b, b, c, d, e].concat()),
        ("one more", [a, b, c, d, e, e].concat()),
        ("nothing", vec![]),
        ("another body under the same key", other),
    ];
    for (how, changed) in cases {
        let error = opened(&changed, &key(1), root).unwrap_err();
        let found = B256::from(*blake3::hash(&changed).as_bytes());
        // A short segment that is not the last shifts what follows: its neighbours do not open.
        match error {
            OpenError::ContentRoot { expected, found: told } => {
                assert_eq!((expected, told), (root, found), "{how}");
            }
            OpenError::Segment(4) => assert_eq!(how, "one more"),
            error => panic!("{how}: {error:?}"),
        }
    }
    assert_eq!(opened(&body, &key(2), root), Err(OpenError::Segment(0)), "another key");
    let wrong = B256::repeat_byte(1);
    let error = opened(&body, &key(1), wrong).unwrap_err();
    assert_eq!(error, OpenError::ContentRoot { expected: wrong, found: root });
}

#[test]
fn every_region_of_a_segment_is_bound() {
    let (body, about) = sealed(&plain(2 * SEGMENT + 50));
    let third = 2 * SEALED_SEGMENT;
    for (at, segment) in [
        (0, 0),
        (11, 0),
        (12, 0),
        (SEALED_SEGMENT - 17, 0),
        (SEALED_SEGMENT - 16, 0),
        (SEALED_SEGMENT - 1, 0),
        (SEALED_SEGMENT, 1),
        (third, 2),
        (body.len() - 1, 2),
    ] {
        let mut changed = body.clone();
        changed[at] ^= 0x80;
        let error = opened(&changed, &key(1), about.content_root).unwrap_err();
        assert_eq!(error, OpenError::Segment(segment), "byte {at}");
    }
    for (cut, expected) in [
        (body.len() - 1, OpenError::Segment(2)),
        (third + 28, OpenError::Truncated(2)),
        (third + 27, OpenError::Truncated(2)),
        (third + 1, OpenError::Truncated(2)),
        (SEALED_SEGMENT + 5, OpenError::Truncated(1)),
    ] {
        let error = opened(&body[..cut], &key(1), about.content_root).unwrap_err();
        assert_eq!(error, expected, "cut at {cut}");
    }
}

#[test]
fn a_segment_that_holds_nothing_is_refused() {
    let empty = crate::wrap::seal(&Secret::from([1; 32]), &[0; 12], &[], &[]);
    let body = [[0; 12].as_slice(), &empty].concat();
    let root = B256::from(*blake3::hash(&body).as_bytes());
    assert_eq!(opened(&body, &key(1), root), Err(OpenError::Truncated(0)));
}

#[test]
fn what_fails_around_the_body_is_told() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("cable"))
        }
    }
    let start = plain(2 * BATCH * SEGMENT);
    let input = start.as_slice().chain(Broken);
    let error = seal_body(input, io::sink(), &key(1), |_| ()).unwrap_err();
    assert!(matches!(&error, SealError::Input(e) if e.to_string() == "cable"), "{error:?}");
    let error = seal_body(start.as_slice(), [0; 10].as_mut_slice(), &key(1), |_| ()).unwrap_err();
    assert!(matches!(&error, SealError::Output(_)), "{error:?}");
    let none = |_: &mut [u8]| Err(NoRandomness);
    let error = seal_with(start.as_slice(), io::sink(), &key(1), none, |_| ()).unwrap_err();
    assert!(matches!(&error, SealError::Random(NoRandomness)), "{error:?}");

    let (body, about) = sealed(&start);
    let input = body[..body.len() - 9].chain(Broken);
    let mut file = open_body(input, &key(1), about.content_root);
    let error = file.read_to_end(&mut Vec::new()).unwrap_err();
    assert_eq!((error.to_string().as_str(), OpenError::of(&error)), ("cable", None));
    assert!(file.read(&mut [0]).is_err(), "an error stays one");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn mutated_bodies_never_open(at in any::<usize>(), xor in 1_u8.., cut in any::<usize>()) {
        let (body, about) = sealed(&plain(SEGMENT + 77));
        let mut changed = body.clone();
        let at = at % body.len();
        changed[at] ^= xor;
        prop_assert!(opened(&changed, &key(1), about.content_root).is_err());
        prop_assert!(opened(&body[..cut % body.len()], &key(1), about.content_root).is_err());
    }
}
