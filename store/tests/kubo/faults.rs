//! What networks, disks and liars do between client and node: named, retried, had elsewhere, and
//! never believed.

use crate::{folder, node, raw};
use ledger::Cid;
use std::time::{Duration, Instant};
use store::kubo::{KuboError, Patience};
use store::{BlockStore, Kubo, MAX_BLOCK, StoreError, Stores};
use tests::kubo::proxy::{Fault, Proxy};

const ALWAYS: usize = usize::MAX;
const BLOCK: &[u8] = b"right";

/// So that what never ends, ends soon.
fn impatient() -> Patience {
    Patience {
        connect: Duration::from_secs(2),
        block: Duration::from_millis(700),
        network: Duration::from_millis(300),
        pin: Duration::from_secs(5),
        pauses: vec![Duration::from_millis(5), Duration::from_millis(10)],
    }
}

fn through(proxy: &Proxy) -> Box<dyn BlockStore> {
    Box::new(Kubo::with_patience(&proxy.url, impatient()).unwrap())
}

fn cause(error: StoreError) -> KuboError {
    match error {
        StoreError::Kubo { source, .. } => source,
        error => panic!("{error:?}"),
    }
}

/// What one place said.
fn attempt(error: &StoreError) -> String {
    match error {
        StoreError::Missing { tried, .. } | StoreError::NoHonestSource { tried, .. } => {
            assert_eq!(tried.len(), 1);
            error.to_string()
        }
        error => panic!("{error:?}"),
    }
}

#[test]
fn what_passes_is_asked_again() {
    let (_home, node) = node();
    let proxy = Proxy::start(&node.url);
    let place = through(&proxy);
    place.put(raw(BLOCK), BLOCK).unwrap();
    proxy.asked("block/get");
    for fault in [Fault::Reset, Fault::Stall, Fault::CutShort, Fault::Status(503), Fault::Drip] {
        proxy.fault("block/get", fault, 2);
        assert_eq!(place.get(raw(BLOCK)).unwrap().as_deref(), Some(BLOCK), "{fault:?}");
        assert_eq!(proxy.asked("block/get"), 3, "{fault:?}");
    }
    let other = b"other";
    proxy.asked("block/put");
    for fault in [Fault::Reset, Fault::Stall, Fault::CutShort, Fault::Status(500)] {
        proxy.fault("block/put", fault, 1);
        place.put(raw(other), other).unwrap();
        node.ipfs(["block", "rm", &raw(other).to_string()]);
        assert_eq!(proxy.asked("block/put"), 2, "{fault:?}");
    }
}

#[test]
fn what_stays_is_named_and_had_elsewhere() {
    let (home, node) = node();
    let proxy = Proxy::start(&node.url);
    let cid = raw(BLOCK);
    through(&proxy).put(cid, BLOCK).unwrap();
    let near = folder(home.path());
    near.put(cid, BLOCK).unwrap();
    let both = Stores::new(vec![through(&proxy), near]);
    let cases = [
        (Fault::WrongBytes, 1, "has 1 corrupt block"),
        (Fault::Endless, 1, "has 1 corrupt block"),
        (Fault::Reset, 3, "it does not answer ("),
        (Fault::CutShort, 3, "its answer broke off ("),
        (Fault::Stall, 3, "it gave no whole answer in 1 seconds"),
        (Fault::Drip, 3, "it gave no whole answer in 1 seconds"),
        (Fault::Status(500), 3, "it answers with HTTP status 500"),
        (Fault::Status(404), 1, "it answers with HTTP status 404"),
        (Fault::Redirect("http://127.0.0.1:9/"), 1, "it answers with HTTP status 307"),
        (Fault::Says("context deadline exceeded"), 1, "it found nobody who has the block"),
        (Fault::Says("odd\u{1b}[31m"), 1, "it refuses: odd[31m"),
    ];
    for (fault, asked, said) in cases {
        proxy.fault("block/get", fault, ALWAYS);
        proxy.asked("block/get");
        let alone = Stores::new(vec![through(&proxy)]).fetch(cid).unwrap_err();
        assert_eq!(proxy.asked("block/get"), asked, "{fault:?}");
        let text = attempt(&alone);
        assert!(text.contains(said) && text.contains(&proxy.url), "{fault:?}: {text}");
        assert!(text.contains(&cid.to_string()), "{text}");
        let lies = matches!(fault, Fault::WrongBytes | Fault::Endless);
        assert_eq!(matches!(alone, StoreError::NoHonestSource { .. }), lies, "{fault:?}");
        assert_eq!(both.fetch(cid).unwrap(), BLOCK, "{fault:?}");
    }
}

#[test]
fn a_node_that_stalls_is_waited_for_once() {
    let (home, node) = node();
    let proxy = Proxy::start(&node.url);
    let near = folder(home.path());
    let blocks: Vec<Vec<u8>> = (0..20).map(|n| vec![n; 100]).collect();
    for block in &blocks {
        near.put(raw(block), block).unwrap();
    }
    proxy.fault("block/get", Fault::Stall, ALWAYS);
    let both = Stores::new(vec![through(&proxy), near]);
    let start = Instant::now();
    for block in &blocks {
        assert_eq!(both.fetch(raw(block)).unwrap(), *block);
    }
    assert_eq!(proxy.asked("block/get"), 3, "took {:?}", start.elapsed());
}

#[test]
fn a_put_is_not_believed_and_never_half() {
    type Expected = fn(&KuboError) -> bool;
    let (home, node) = node();
    let proxy = Proxy::start(&node.url);
    let (cid, large) = (raw(&[7; MAX_BLOCK]), vec![7; MAX_BLOCK]);
    let full = Fault::Says("open blocks/X/put-1: no space left on device");
    let cases: [(Fault, Expected); 5] = [
        (full, |e| *e == KuboError::Full),
        (Fault::Status(500), |e| *e == KuboError::Status(500)),
        (Fault::Endless, |e| *e == KuboError::TooLong(64 << 10)),
        (Fault::Reset, |e| matches!(e, KuboError::Unreachable(_))),
        (Fault::Stall, |e| matches!(e, KuboError::TooSlow(_))),
    ];
    for (fault, expected) in cases {
        proxy.fault("block/put", fault, ALWAYS);
        let error = cause(through(&proxy).put(cid, &large).unwrap_err());
        assert!(expected(&error), "{fault:?}: {error:?}");
        assert!(!client_has(&node.url, cid), "{fault:?}");
    }

    let near = folder(home.path());
    proxy.fault("block/put", full, ALWAYS);
    let error = Stores::new(vec![through(&proxy), near]).put(cid, &large).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "{cid} was not stored everywhere: kubo:{} failed: its disk is full; \
             free space there (`ipfs repo gc`), then run the command again",
            proxy.url
        )
    );
    assert!(folder(home.path()).has(cid).unwrap(), "the other place has the block");
    proxy.heal();
    through(&proxy).put(cid, &large).unwrap();
    assert!(client_has(&node.url, cid));
}

fn client_has(url: &str, cid: Cid) -> bool {
    Kubo::at(url).unwrap().has(cid).unwrap()
}

#[test]
fn nobody_there_is_said_with_what_to_do() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let place = Kubo::with_patience(&format!("http://127.0.0.1:{port}"), impatient()).unwrap();
    let error = cause(place.has(raw(BLOCK)).unwrap_err());
    assert_eq!(
        error.to_string(),
        "it does not answer (Connection refused (os error 111)); start it with `ipfs daemon`, \
         or correct the address"
    );
}
