//! Search: prefixes, rank, order, and texts that try to be a query language.

use crate::metadata::{list, manifest, put, stores, version_of};
use crate::scene::Scene;
use ledger::market::SaleStatus;

#[test]
fn datasets_are_found_by_what_their_manifests_say() {
    let scene = Scene::new();
    let index = scene.index("index");
    let texts = [
        ("Kolorektale Kohorte", "Darmkrebs, 2504 Fälle, chr22"),
        ("Heart failure", "colon mentioned once"),
        ("Colon cancer cohort", "chromosome 22 of the colon"),
        ("大腸がん コホート", ""),
        ("हिन्दी जीनोम", "ⒶⒷ αⒷ"),
    ];
    let datasets: Vec<_> = (1..)
        .zip(texts)
        .map(|(seed, (title, description))| {
            let manifest = manifest(title, description, seed);
            put(&scene, &manifest);
            list(&scene, version_of(&manifest))
        })
        .collect();
    let unknown = scene.list(9);
    scene.chain.set_status(&scene.provider, datasets[2], SaleStatus::Paused).unwrap();
    index.writer().unwrap().catch_up(&scene.chain, &stores(&scene), |_| {}).unwrap();

    let found = |words: &str| {
        let found = index.search(words, 10).unwrap();
        found.into_iter().map(|row| row.dataset).collect::<Vec<_>>()
    };
    let [german, heart, colon, japanese, hindi] = datasets[..] else { unreachable!() };
    // In listed order where nothing is asked, those without a manifest among them.
    assert_eq!(found("  \n"), [german, heart, colon, japanese, hindi, unknown]);
    assert_eq!(index.search("", 2).unwrap().len(), 2);
    // A title weighs more than a description; prefixes, case and accents.
    assert_eq!(found("colon"), [colon, heart]);
    assert_eq!(found("COL can"), [colon]);
    assert_eq!(found("falle"), [german]);
    assert_eq!(found("fälle 2504"), [german]);
    assert_eq!(found("grch38 vcf").len(), 5);
    assert_eq!(found("大腸"), [japanese]);
    for text in ["हिन्दी", "हिन", "जीन हि", "ⓐⓑ", "Αⓑ"] {
        assert_eq!(found(text), [hindi], "{text}");
    }
    let paused = index.search("colon", 1).unwrap();
    assert_eq!((paused[0].dataset, paused[0].status), (colon, SaleStatus::Paused));

    for text in [
        "\"",
        "colon\"",
        "colon*",
        "col*on",
        "title:colon",
        "colon OR heart",
        "NEAR(colon heart)",
        "colon AND",
        "NOT colon",
        "-colon",
        "^colon",
        "{title}:colon",
        "(",
        ")",
        "'; DROP TABLE",
        "\0",
        "colon\0",
        "\u{202e}noloc",
        "\u{301}",
        "न्",
        "xⒶx",
        "a\u{200d}b",
        "--",
        "%",
        "\\",
        "+",
        "colon + cohort",
        &"colon ".repeat(5000),
        &"c".repeat(100_000),
    ] {
        // Whatever it finds, it is an answer.
        index.search(text, 10).unwrap();
    }
    assert_eq!(found("colon*"), [colon, heart]);
    for text in ["title:colon", "colon OR heart", "?!"] {
        assert!(found(text).is_empty(), "{text}");
    }
}
