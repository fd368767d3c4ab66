//! What an audit says of the nodes it asks.

use tests::anvil::Anvil;
use tests::job::Job;
use tests::scene::{Done, Scene};

#[test]
fn a_node_of_another_chain_or_none_is_told_apart_from_a_false_result() {
    let scene = Scene::new();
    Job::posted(&scene);
    let stranger = scene.stranger("stranger");
    let audit = |nodes: &[&str]| {
        let mut command = stranger.command(["audit", "result:1"]);
        command.env_remove("PROVENOME_RPC");
        Done::of(command.args(nodes.iter().flat_map(|url| ["--rpc", url])))
    };
    let honest = scene.chain.url.as_str();
    audit(&[honest, honest]).yes();

    let other = Anvil::start();
    audit(&[&other.url]).no("network: ").says("hint: ");
    audit(&[honest, &other.url]).no("network: ").says(&other.url);
    let gone = other.url.clone();
    drop(other);
    audit(&[&gone]).could_not(&gone).says("is the node running");
    audit(&[honest, &gone]).could_not(&gone);
    audit(&["ftp://nowhere"]).could_not("ftp://nowhere").says("http://HOST:PORT");
    audit(&[honest]).yes();
}
