use super::*;
use proptest::prelude::*;

fn secret(byte: u8) -> Secret<32> {
    Secret::from([byte; 32])
}

fn key() -> DataKey {
    DataKey::from(secret(7))
}

fn header() -> [u8; HEADER_BYTES] {
    write_header(&key(), &X25519Public::of(&secret(1))).unwrap()
}

/// A packet with any content, sealed for the reader.
fn packet(writer: &Secret<32>, plain: &[u8]) -> Vec<u8> {
    let (reader, public) = (X25519Public::of(&secret(1)), X25519Public::of(writer));
    let shared = curve::shared(writer, reader.as_bytes()).unwrap();
    let packet_key = packet_key(&shared, reader.as_bytes(), public.as_bytes());
    let sealed = wrap::seal(&packet_key, &[3; 12], &[], plain);
    [&[0; 4], public.as_bytes().as_slice(), &[3; 12], &sealed].concat()
}

fn joined(packets: &[Vec<u8>]) -> Vec<u8> {
    let mut header = b"crypt4gh\x01\0\0\0".to_vec();
    header.extend((packets.len() as u32).to_le_bytes());
    for packet in packets {
        header.extend((packet.len() as u32 + 4).to_le_bytes());
        header.extend(packet);
    }
    header
}

#[test]
fn headers_are_new_each_time_and_open_for_their_reader_only() {
    assert_ne!(header(), header());
    assert_eq!(read_header(&header(), &secret(1)), Ok(key()));
    assert_eq!(read_header(&header(), &secret(2)), Err(HeaderError::NotForReader));
}

#[test]
fn every_changed_byte_is_refused() {
    let good = header();
    for at in 0..good.len() {
        let mut changed = good;
        changed[at] ^= 1 << (at % 8);
        let error = read_header(&changed, &secret(1)).unwrap_err();
        match at {
            0..8 => assert_eq!(error, HeaderError::Magic),
            8..12 => assert!(matches!(error, HeaderError::Version(_))),
            _ => assert_ne!(error, HeaderError::Magic, "byte {at}"),
        }
    }
}

#[test]
fn limits_and_lengths() {
    let good = header();
    let read = |header: &[u8]| read_header(header, &secret(1)).unwrap_err();
    assert_eq!(read(&[]), HeaderError::Magic);
    assert_eq!(read(&good[..15]), HeaderError::Truncated);
    assert_eq!(read(&good[..123]), HeaderError::Truncated);
    assert_eq!(read(&[&good[..], &[0]].concat()), HeaderError::Trailing(1));
    let with = |at: usize, n: u32| {
        let mut header = good;
        header[at..at + 4].copy_from_slice(&n.to_le_bytes());
        read(&header)
    };
    assert_eq!(with(8, 2), HeaderError::Version(2));
    assert_eq!(with(12, 1025), HeaderError::Packets(1025));
    assert_eq!(with(12, u32::MAX), HeaderError::Packets(u32::MAX));
    assert_eq!(with(12, 1024), HeaderError::Truncated);
    assert_eq!(with(12, 0), HeaderError::Trailing(108));
    for length in [0, 4, 7, MAX_PACKET + 1, u32::MAX] {
        assert_eq!(with(16, length), HeaderError::PacketLength { index: 0, length });
    }
    assert_eq!(with(16, 109), HeaderError::Truncated);
    assert_eq!(with(20, 1), HeaderError::NotForReader, "another method");
    assert_eq!(read(&joined(&[])), HeaderError::NotForReader);
    assert_eq!(read(&joined(&[vec![0; 4]])), HeaderError::NotForReader, "too short to be sealed");
}

#[test]
fn contents_of_packets() {
    let data = |cipher: u32, key: &[u8]| {
        packet(&secret(9), &[&[0; 4], cipher.to_le_bytes().as_slice(), key].concat())
    };
    let read = |packets: &[Vec<u8>]| read_header(&joined(packets), &secret(1));
    let unknown = packet(&secret(9), &[2, 0, 0, 0, 5]);
    let edits = packet(&secret(9), &[1, 0, 0, 0, 0, 0, 0, 0]);
    assert_eq!(read(&[unknown.clone(), data(0, &[7; 32])]), Ok(key()));
    assert_eq!(read(&[data(0, &[7; 32]), data(0, &[7; 32])]), Ok(key()));
    assert_eq!(read(&[unknown]), Err(HeaderError::NotForReader));
    assert_eq!(read(&[data(0, &[7; 32]), edits]), Err(HeaderError::EditList));
    assert_eq!(read(&[data(0, &[7; 32]), data(0, &[8; 32])]), Err(HeaderError::SeveralKeys));
    assert_eq!(read(&[data(1, &[7; 32])]), Err(HeaderError::Cipher(1)));
    assert_eq!(read(&[data(0, &[7; 31])]), Err(HeaderError::DataKey(0)));
    assert_eq!(read(&[data(0, &[7; 33])]), Err(HeaderError::DataKey(0)));
    assert_eq!(read(&[packet(&secret(9), &[0, 0])]), Err(HeaderError::Truncated));
}

/// Anyone could make this packet for anyone: the shared secret is zero.
#[test]
fn a_writer_of_low_order_is_refused() {
    let low = [0; 32];
    let reader = X25519Public::of(&secret(1));
    let packet_key = packet_key(&Secret::from([0; 32]), reader.as_bytes(), &low);
    let plain = [[0; 8].as_slice(), &[7; 32]].concat();
    let sealed = wrap::seal(&packet_key, &[3; 12], &[], &plain);
    let packet = [&[0; 4], low.as_slice(), &[3; 12], &sealed].concat();
    assert_eq!(read_header(&joined(&[packet]), &secret(1)), Err(HeaderError::LowOrder(LowOrder)));
}

proptest! {
    #[test]
    fn random_headers_never_panic(
        bytes in proptest::collection::vec(any::<u8>(), 0..300),
        packets in 0_u32..4,
    ) {
        prop_assert!(read_header(&bytes, &secret(1)).is_err());
        let header =
            [b"crypt4gh\x01\0\0\0".as_slice(), &packets.to_le_bytes(), &bytes].concat();
        prop_assert!(read_header(&header, &secret(1)).is_err());
    }
}
