//! Files that are not what their name says, and compressed files that were cut or changed.

use crate::desk::{Desk, END, bgzf, gzip, record, vcf, whole};

#[test]
fn a_cut_or_changed_compressed_file_is_refused_by_every_command() {
    let desk = Desk::with_identity();
    let (gzipped, blocks) = (gzip(whole().as_bytes()), bgzf(whole().as_bytes()));
    let flip = |at: usize| {
        let mut bytes = blocks.clone();
        bytes[at] ^= 0x40;
        bytes
    };
    let without_end = blocks.len() - END.len();
    let cut = "ends inside its compressed data";
    let checksum = "does not have the checksum that the file states";
    let second = blocks[1..].windows(4).position(|bytes| bytes == &END[..4]).unwrap() + 1;
    for (name, bytes, why) in [
        ("cut.vcf.gz", gzipped[..gzipped.len() / 2].to_vec(), cut),
        ("cut-trailer.vcf.gz", gzipped[..gzipped.len() - 3].to_vec(), cut),
        ("cut-block.vcf.gz", blocks[..without_end - 9].to_vec(), cut),
        ("cut-end.vcf.gz", blocks[..blocks.len() - 5].to_vec(), cut),
        ("no-end.vcf.gz", blocks[..without_end].to_vec(), "without the BGZF end-of-file marker"),
        ("checksum.vcf.gz", flip(second - 8), checksum),
        ("data.vcf.gz", flip(second - 20), "is corrupt"),
        ("tail.vcf.gz", [&blocks[..], b"tail"].concat(), "bytes after its compressed data"),
    ] {
        desk.put(name, bytes).unreadable(name, why);
    }
}

#[test]
fn what_is_no_genotype_file_is_refused_by_what_it_is() {
    let desk = Desk::with_identity();
    std::fs::create_dir(desk.path("folder.vcf")).unwrap();
    desk.unreadable("folder.vcf", "is a directory");
    desk.unreadable("none.vcf", "No such file");
    for (name, bytes, why) in [
        ("empty.vcf", Vec::new(), "is empty"),
        ("empty.vcf.gz", bgzf(b""), "it decompresses to nothing"),
        ("a.bcf", bgzf(b"BCF\x02\x02 and more"), "the header is longer than 256 MiB"),
        ("new.bcf", bgzf(b"BCF\x03\x01 and more"), "BCF of another version"),
        ("plink.vcf", vec![0x6c, 0x1b, 1, 0, 0], "plink"),
        ("twice.vcf.gz", gzip(&gzip(whole().as_bytes())), "it is compressed twice"),
        ("sealed.vcf", b"crypt4gh\x01\0\0\0".to_vec(), "it is sealed by Crypt4GH"),
        ("zipped.vcf", b"PK\x03\x04".to_vec(), "it is a zip archive"),
        ("no-header.vcf", record(100).into_bytes(), "expected VCF, BCF or a PLINK set"),
        ("bom.vcf", [b"\xef\xbb\xbf", whole().as_bytes()].concat(), "byte order mark"),
        ("old.vcf", whole().replace("VCFv4.2", "VCFv3.3").into_bytes(), "line 1: the file says"),
    ] {
        desk.put(name, bytes).unreadable(name, why);
    }
}

#[test]
fn a_pipe_is_read_once_and_refused_where_it_would_be_read_twice() {
    let desk = Desk::with_identity();
    desk.put("a.vcf", whole());
    let through = |words: &[&str]| {
        let command = desk.command(&[]);
        let words = words.iter().map(|word| format!("'{word}'")).collect::<Vec<_>>().join(" ");
        let program: Vec<_> = std::iter::once(command.get_program())
            .chain(command.get_args())
            .map(|word| word.to_str().unwrap().to_owned())
            .collect();
        let line = format!("cat a.vcf | {} {words}", program.join(" "));
        let mut shell = std::process::Command::new("bash");
        shell.args(["-c", &line]).current_dir(desk.path(""));
        shell.env("PROVENOME_PASSPHRASE_FILE", desk.path("pass")).env("PROVENOME_HOME", "home");
        tests::scene::Done::of(&mut shell)
    };
    through(&["inspect", "/dev/stdin"]).yes().says("people");
    let twice = "/dev/stdin is no plain file, and is read more than once";
    through(&["seal", "/dev/stdin", "--out", "out", "--build", "GRCh37"]).could_not(twice);
    let columns = ["--columns", "22:1-999", "--out", "out"];
    let words = [&["prove", "allele-frequency", "--data", "/dev/stdin"], &columns[..]].concat();
    through(&words).could_not(twice);
    assert!(!desk.path("out").exists());
    desk.run(&["inspect", "/dev/null"]).could_not("/dev/null is empty");
    desk.run(&["seal", "/dev/null", "--out", "out"]).could_not("/dev/null is no plain file");
}

#[test]
fn the_content_decides_how_a_file_is_read_whatever_its_name() {
    let desk = Desk::new();
    let rows = ["22 100 A G 3 6", "22 200 A G 3 6", "22 300 A G 3 6"];
    for (name, bytes) in [
        ("plain.vcf.gz", whole().into_bytes()),
        ("blocks.vcf", bgzf(whole().as_bytes())),
        ("gzip.txt", gzip(whole().as_bytes())),
        ("crlf.vcf", whole().replace('\n', "\r\n").into_bytes()),
        ("undeclared.vcf", whole().replace("##FORMAT", "##OTHER").into_bytes()),
        ("no-last-end.vcf", whole().trim_end().to_owned().into_bytes()),
    ] {
        assert_eq!(
            desk.put(name, bytes).table(&["allele-frequency", "--data", name]),
            rows,
            "{name}"
        );
    }
}

#[test]
fn plain_gzip_of_a_high_ratio_is_read_to_its_end() {
    let desk = Desk::new();
    let genotypes = vec!["0|0"; 2_000].join("\t");
    let names: String = (0..2_000).map(|n| format!("\tS{n}")).collect();
    let mut text = vcf(&[]).replace("\tAda\tBob\tCleo", &names);
    for pos in 1..=2_000 {
        text += &format!("22\t{pos}\t.\tA\tG\t.\t.\t.\tGT\t{genotypes}\n");
    }
    let bytes = gzip(text.as_bytes());
    assert!(text.len() > 300 * bytes.len(), "{} of {}", bytes.len(), text.len());
    let rows =
        desk.put("zeros.vcf.gz", bytes).table(&["allele-frequency", "--data", "zeros.vcf.gz"]);
    assert_eq!((rows.len(), &*rows[1_999]), (2_000, "22 2000 A G 0 4000"));
}
