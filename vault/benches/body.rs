//! How fast a body is sealed and opened in memory, and what single steps of delivery cost.

use divan::Bencher;
use divan::counter::BytesCount;
use std::io::{self, Read};
use vault::{
    Binding, DataKey, Envelope, Identity, NewRequest, Phrase, Request, open_body, seal_body,
};

const BYTES: usize = 64 << 20;

fn main() {
    divan::main();
}

fn plain() -> Vec<u8> {
    (0..BYTES).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect()
}

fn identity() -> Identity {
    Identity::from_phrase(&Phrase::generate().unwrap()).unwrap()
}

#[divan::bench(sample_count = 20)]
fn seal(bencher: Bencher<'_, '_>) {
    let (plain, key) = (plain(), DataKey::random().unwrap());
    bencher
        .counter(BytesCount::new(BYTES))
        .bench_local(|| seal_body(plain.as_slice(), io::sink(), &key, |_| ()).unwrap());
}

#[divan::bench(sample_count = 20)]
fn open(bencher: Bencher<'_, '_>) {
    let (plain, key) = (plain(), DataKey::random().unwrap());
    let mut body = Vec::new();
    let sealed = seal_body(plain.as_slice(), &mut body, &key, |_| ()).unwrap();
    let mut buffer = vec![0; 1 << 20];
    bencher.counter(BytesCount::new(BYTES)).bench_local(|| {
        let mut file = open_body(body.as_slice(), &key, sealed.content_root);
        while file.read(&mut buffer).unwrap() > 0 {}
    });
}

#[divan::bench]
fn make_and_read_a_request(bencher: Bencher<'_, '_>) {
    let (reader, provider) = (identity(), identity());
    bencher.bench_local(|| {
        let made = NewRequest::new(&reader, &provider.reader().xwing).unwrap();
        Request::read(&made.block, &provider, made.answer_commit).unwrap()
    });
}

#[divan::bench]
fn seal_and_open_an_envelope(bencher: Bencher<'_, '_>) {
    let (reader, key) = (identity(), DataKey::random().unwrap());
    let commit = key.commit();
    let binding = Binding {
        chain: 1,
        market: Default::default(),
        grant: Default::default(),
        dataset: Default::default(),
        version: 1,
        request: Default::default(),
        manifest: Default::default(),
    };
    bencher.bench_local(|| {
        let envelope = Envelope::seal(&key, reader.reader(), &binding).unwrap();
        Envelope::open(envelope.block(), &reader, &binding, commit).unwrap()
    });
}
