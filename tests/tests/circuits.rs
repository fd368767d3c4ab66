//! Datasets of a size for which the program ships no circuit.

use tests::scene::Scene;

/// 13 of the 355 columns, under two nodes of the tree.
const REGION: &str = "22:16050500-16050700";

#[test]
fn results_over_a_dataset_of_any_size_can_be_posted_once_its_circuits_are_registered() {
    let scene = Scene::new();
    let hospital = scene.actor("hospital");
    let operator = scene.stranger("operator");
    scene.small_vcf("small.vcf");
    hospital.run(["seal", "small.vcf", "--out", "sealed", "--build", "GRCh37"]).yes();
    hospital
        .run(["list", "sealed", "--price", "1"])
        .yes()
        .says("ships no circuit for 31 people and 355 columns")
        .says("provenome network register dataset:1");
    let prove = ["prove", "allele-frequency", "--data", "small.vcf", "--columns", REGION];
    let prove = [prove.as_slice(), &["--out", "result"]].concat();
    let prove: [&str; 8] = prove.try_into().unwrap();
    hospital.run(prove).yes().says("the network names no circuit of this size");

    hospital.run(["verify", "result"]).no("the policy does not name");
    hospital.run(["post", "result"]).no("UnknownCircuit").says("provenome network register");
    let before = std::fs::read(scene.path("network.json")).unwrap();
    hospital.run(["network", "register", "dataset:1"]).no("AccessControl");
    assert_eq!(std::fs::read(scene.path("network.json")).unwrap(), before);

    let added = operator.json(["network", "register", "dataset:1"]);
    assert_eq!(added["circuits"].as_array().unwrap().len(), 3);
    let again = operator.json(["network", "register", "dataset:1"]);
    assert_eq!(again["circuits"].as_array().unwrap().len(), 0);
    operator.run(["network", "register", "dataset:2"]).no("dataset:2");

    hospital.run(["verify", "result"]).yes();
    assert_eq!(hospital.json(["post", "result"])["id"], "result:1");
    hospital.run(["anchor"]).yes();
    assert_eq!(scene.stranger("auditor").json(["audit", "result:1"])["outcome"], "holds");
}
