//! How often one address may ask: a steady rate after a burst (the generic cell rate algorithm, ITU-T
//! I.371). This machine itself is not counted: behind a proxy, everybody comes from there.

use lru::LruCache;
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroUsize;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Between two questions of one address, in the long run.
const STEADY: Duration = Duration::from_millis(50);
/// Questions that may come at once.
pub(super) const BURST: u32 = 200;
/// Addresses that are remembered; those that asked longest ago are forgotten.
const ADDRESSES: NonZeroUsize = NonZeroUsize::new(16_384).expect("it is not zero");

/// Who asks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Peer(pub(super) IpAddr);

/// When each address will have paid for what it asked.
pub(super) struct Rates(Mutex<LruCache<IpAddr, Instant>>);

impl Default for Rates {
    fn default() -> Self {
        Self(Mutex::new(LruCache::new(ADDRESSES)))
    }
}

impl Rates {
    /// Whether this address may ask now; if so, it has.
    pub(super) fn allow(&self, Peer(peer): Peer, now: Instant) -> bool {
        let Some(one) = counted(peer) else { return true };
        let mut paid = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let until = paid.get(&one).map_or(now, |until| (*until).max(now)) + STEADY;
        let allowed = until - now <= STEADY * BURST;
        if allowed {
            paid.put(one, until);
        }
        allowed
    }
}

/// The address under which a client is counted: a network of 64 bits is one household.
fn counted(peer: IpAddr) -> Option<IpAddr> {
    match peer.to_canonical() {
        IpAddr::V4(v4) if v4 == std::net::Ipv4Addr::LOCALHOST => None,
        IpAddr::V6(Ipv6Addr::LOCALHOST) => None,
        IpAddr::V6(v6) => Some(Ipv6Addr::from_bits(v6.to_bits() >> 64 << 64).into()),
        v4 => Some(v4),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peer(address: &str) -> Peer {
        Peer(address.parse().unwrap())
    }

    #[test]
    fn a_burst_is_allowed_and_then_the_steady_rate() {
        let (rates, begun) = (Rates::default(), Instant::now());
        let (one, other) = (peer("192.0.2.1"), peer("192.0.2.2"));
        assert!((0..BURST).all(|_| rates.allow(one, begun)));
        assert!(!rates.allow(one, begun));
        assert!(rates.allow(other, begun));
        // What was refused costs nothing.
        assert!(rates.allow(one, begun + STEADY));
        assert!(!rates.allow(one, begun + STEADY));
        let later = begun + STEADY * 10 * BURST;
        assert!((0..BURST).all(|_| rates.allow(one, later)));
        assert!(!rates.allow(one, later));
    }

    #[test]
    fn networks_count_as_one_and_this_machine_not_at_all() {
        for (address, counts_as) in [
            ("127.0.0.1", None),
            ("::1", None),
            ("::ffff:127.0.0.1", None),
            ("127.0.0.2", Some("127.0.0.2")),
            ("::ffff:192.0.2.1", Some("192.0.2.1")),
            ("2001:db8:1:2:3:4:5:6", Some("2001:db8:1:2::")),
        ] {
            let expected = counts_as.map(|address| address.parse().unwrap());
            assert_eq!(counted(address.parse().unwrap()), expected, "{address}");
        }
    }

    #[test]
    fn those_who_asked_longest_ago_are_forgotten() {
        let (rates, now) = (Rates::default(), Instant::now());
        for n in 0..=ADDRESSES.get() as u128 {
            let address = Ipv6Addr::from_bits((0x2001 << 112) | (n << 64));
            assert!(rates.allow(Peer(address.into()), now));
        }
        assert_eq!(rates.0.lock().unwrap().len(), ADDRESSES.get());
    }
}
