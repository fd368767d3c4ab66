//! What is answered: the same as the rows, in pages, each of one block.

use super::Serving;
use crate::metadata::{manifest, version_of};
use crate::scene::Scene;
use alloy_primitives::U256;
use indexer::service::Served;
use indexer::{ShownDataset, ShownGrant, ShownInFull};
use store::{BlockStore as _, Directory};

#[test]
fn answers_are_what_the_own_index_shows() {
    let scene = Scene::new();
    let blocks = Directory::create(scene.folder("blocks")).unwrap();
    let manifest = manifest("Bone <b>density</b>", "of 2,504 people", 1);
    blocks.put(manifest.cid(), &manifest.encode()).unwrap();
    scene.chain.list(&scene.provider, version_of(&manifest), scene.terms(0)).unwrap();
    let second = scene.list(2);
    let grants = [3, 4, 5].map(|_| scene.buy(second, 2, scene.terms(0)).0);
    let serving = Serving::start(&scene, vec![Box::new(blocks)]);
    serving.catch_up(&scene);

    let index = scene.index("served");
    let at = index.position().unwrap().unwrap();
    let network = scene.network();
    let served = Served::new(&format!("http://{}", serving.address)).unwrap();
    let shown =
        |rows: Vec<_>| rows.iter().map(|row| ShownDataset::of(network, row)).collect::<Vec<_>>();
    for (words, found) in [("", 2), ("dens", 1), ("people bone", 1), ("nothing", 0)] {
        let own = shown(index.search(words, 50).unwrap());
        let said = served.search(words, 50).unwrap();
        assert_eq!((own.len(), &own, said.at.hash), (found, &said.said, at.hash), "{words}");
    }
    for number in [1, 2, 3].map(U256::from) {
        let own = ShownInFull::read(&index, network, number).unwrap();
        assert_eq!(served.dataset(number).unwrap().map(|said| said.said), own);
    }
    let grant = |number| ShownGrant::of(network, &index.grant(number).unwrap().unwrap(), at.time);
    let bought = grants.map(grant).to_vec();
    assert_eq!(served.grants_of(scene.reader.address()).unwrap().said, bought);
    assert_eq!(served.grants_on(scene.provider.address()).unwrap().said, bought);
    assert_eq!(served.grants_on(scene.reader.address()).unwrap().said, []);
    assert_eq!(served.grant(grants[1]).unwrap().unwrap().said, bought[1]);
    assert_eq!(served.grant(U256::from(9)).unwrap(), None);
    assert_eq!(served.result(U256::from(1)).unwrap(), None);

    let json = serving.json("/v1/datasets/1");
    assert_eq!(json["at"]["block"], at.block);
    assert_eq!(json["at"]["level"], "head");
    assert_eq!(json["dataset"]["title"], "Bone <b>density</b>");
    assert_eq!(json["dataset"]["manifest_is"], "there");
    assert_eq!(serving.json("/v1/datasets/2")["dataset"]["manifest_is"], "missing");
    for (path, name, rows) in [
        ("/v1/datasets/1/versions", "versions", 1),
        ("/v1/datasets/1/terms", "terms", 1),
        ("/v1/datasets/1/attestations", "attestations", 0),
        ("/v1/results", "results", 0),
        ("/v1/logs", "logs", 0),
        ("/v1/datasets?status=paused", "datasets", 0),
        ("/v1/datasets?min_samples=2504", "datasets", 2),
        ("/v1/datasets?q=bone&min_samples=2505", "datasets", 0),
        ("/v1/grants?dataset=2&status=paid", "grants", 3),
        ("/v1/grants?dataset=1", "grants", 0),
    ] {
        let page = serving.json(path);
        assert_eq!(page[name].as_array().map(Vec::len), Some(rows), "{path}: {page}");
        assert!(page["next"].is_null(), "{path}");
    }
    serving.stop().unwrap();
}

#[test]
fn pages_end_where_the_next_begin_and_answers_have_tags() {
    let scene = Scene::new();
    let listed: Vec<String> = (1..=7).map(|seed| format!("dataset:{}", scene.list(seed))).collect();
    let serving = Serving::start(&scene, Vec::new());
    serving.catch_up(&scene);
    for limit in [1, 3, 7, 50] {
        let (mut ids, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = serving.json(&format!("/v1/datasets?limit={limit}{cursor}"));
            let rows = page["datasets"].as_array().unwrap();
            assert!(rows.len() <= limit);
            ids.extend(rows.iter().map(|row| row["id"].as_str().unwrap().to_owned()));
            match page["next"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(ids, listed, "pages of {limit}");
    }

    let first = serving.get("/v1/datasets");
    let tag = first.header("etag").to_owned();
    assert_eq!(serving.get("/v1/datasets").header("etag"), tag);
    for tags in [tag.clone(), format!("W/{tag}"), format!("\"other\", {tag}"), "*".to_owned()] {
        let again = serving.get_with("/v1/datasets", &format!("if-none-match: {tags}\r\n"));
        assert_eq!((again.status, again.body.as_str()), (304, ""), "{tags}");
    }
    scene.list(8);
    serving.catch_up(&scene);
    let changed = serving.get_with("/v1/datasets", &format!("if-none-match: {tag}\r\n"));
    assert_eq!(changed.json(200)["datasets"].as_array().unwrap().len(), 8);

    let health = serving.get("/health").json(200);
    assert_eq!(health["status"], "ready");
    let metrics = serving.get("/metrics");
    let block = scene.node().head().unwrap().number;
    for line in [
        format!("provenome_index_block {block}"),
        "provenome_index_phase{phase=\"ready\"} 1".to_owned(),
        "provenome_requests_total{route=\"/v1/datasets\",status=\"304\"} 4".to_owned(),
    ] {
        assert!(metrics.body.lines().any(|found| found == line), "{line} in {}", metrics.body);
    }
    let page = serving.get("/");
    assert!(page.body.starts_with("<!doctype html>") && page.status == 200);
    assert!(page.header("content-security-policy").contains("default-src 'none'"));
    for path in ["/style.css", "/app.js", "/icon.svg"] {
        assert_eq!(serving.get(path).status, 200, "{path}");
    }
    serving.stop().unwrap();
}
