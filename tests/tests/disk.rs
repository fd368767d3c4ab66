//! Full disks, other people on the machine, and files larger than memory.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tests::scene::{Done, Scene};

/// The same command with its environment, its words after those of a shell script in `$@`.
fn through(script: &str, first: &str, command: &Command) -> Command {
    let mut shell = Command::new("bash");
    shell.args(["-c", script, first]).arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => shell.env(name, value),
            None => shell.env_remove(name),
        };
    }
    shell.current_dir(command.get_current_dir().unwrap());
    shell
}

/// No file may grow beyond `kib`: what a full disk does, to whoever it does it.
fn limited(kib: u32, command: &Command) -> Done {
    let script = format!("trap '' XFSZ; ulimit -f {kib}; exec \"$@\"");
    Done::of(&mut through(&script, "bash", command))
}

/// On a file system of `kib` under `folder`, where `old` stands before; the names there afterwards
/// follow on standard error. None where the system lets nobody mount.
fn on_small_disk(kib: u32, folder: &Path, command: &Command) -> Option<Done> {
    let mut may = Command::new("unshare");
    may.args(["-Urm", "mount", "-t", "tmpfs", "none", "/mnt"]);
    if !may.stderr(Stdio::null()).status().is_ok_and(|status| status.success()) {
        return None;
    }
    let script = format!(
        "exec unshare -Urm bash -c 'mount -t tmpfs -o size={kib}k none \"$0\" && echo old >\"$0/old\" \
         && \"$@\"; code=$?; echo left: $(ls -A \"$0\") $(cat \"$0/old\") >&2; exit $code' \"$0\" \"$@\""
    );
    Some(Done::of(&mut through(&script, folder.to_str().unwrap(), command)))
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_file_that_cannot_grow_is_told_and_nothing_half_is_left() {
    let scene = Scene::new();
    let hospital = scene.actor("hospital");
    scene.small_vcf("small.vcf");
    let seal = ["seal", "small.vcf", "--out", "sealed", "--build", "GRCh37"];
    let count = ["evaluate", "allele-frequency", "--data", "small.vcf", "--out", "counted"];
    let region = "22:16050075-16050213";
    let prove = ["prove", "allele-frequency", "--data", "small.vcf", "--columns", region];
    for old in [false, true] {
        let before = names(&scene.path(""));
        limited(8, &hospital.command(seal)).could_not("File too large").says("sealed");
        limited(4, &hospital.command(count)).could_not("File too large").says("counted");
        let mut prove = hospital.command(prove);
        prove.args(["--build", "GRCh37", "--out", "proved"]);
        limited(0, &prove).could_not("File too large").says("proved");
        limited(0, &hospital.command(["keys", "backup", "keys"])).could_not("keys: File too large");
        let init = scene.stranger("late").command(["init", "--phrase-out", "late.phrase"]);
        limited(0, &init).could_not("late.phrase: File too large");
        fs::remove_dir(scene.path("late")).unwrap();
        fs::remove_file(scene.path("late.pass")).unwrap();
        assert_eq!(names(&scene.path("")), before);
        if old {
            hospital.run(["list", "sealed", "--price", "1"]).yes();
            assert_eq!(names(&scene.path("counted")), ["result.tsv"]);
        } else {
            hospital.run(seal).yes();
            hospital.run(count).yes();
        }
    }
}

#[test]
fn a_full_disk_is_named_and_leaves_what_was_there() {
    let scene = Scene::new();
    let (hospital, lab) = (scene.actor("hospital"), scene.actor("lab"));
    hospital.sell_small();
    lab.run(["buy", "dataset:1"]).yes();
    hospital.run(["deliver", "grant:1"]).yes();
    let full = scene.path("full");
    fs::create_dir(&full).unwrap();
    let count = ["evaluate", "allele-frequency", "--data", "small.vcf", "--out", "full/out"];
    let store = format!("dir:{}", full.display());
    for (kib, command, named) in [
        (
            40,
            hospital.command(["seal", "small.vcf", "--out", "full/out", "--build", "GRCh37"]),
            "full/",
        ),
        (8, hospital.command(count), "full/"),
        (4, hospital.command(["keys", "backup", "full/keys"]), "full/keys"),
        (40, lab.command(["open", "grant:1", "--out", "full/genomes.vcf"]), "full/genomes.vcf"),
        (40, lab.command(["open", "grant:1", "--out", "full/old", "--force"]), "full/old"),
        (40, hospital.command(["--store", &store, "list", "sealed", "--price", "1"]), "full/"),
    ] {
        let Some(done) = on_small_disk(kib, &full, &command) else { return };
        let done = done.could_not(named).says("free some space and run the command again");
        let left = done.err.lines().find_map(|line| line.strip_prefix("left: ")).unwrap();
        let left: Vec<_> = left.split(' ').filter(|name| name.len() != 2).collect();
        assert_eq!(left, ["old", "old"], "{command:?}: {done:#?}");
    }
    lab.run(["open", "grant:1", "--out", "genomes.vcf"]).yes();
    assert_eq!(lab.json(["search"])["datasets"].as_array().unwrap().len(), 1);
}

/// Files and folders below `folder` with their modes.
fn modes(folder: &Path, into: &mut Vec<(PathBuf, u32)>) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        if entry.file_type().unwrap().is_dir() {
            modes(&entry.path(), into);
        }
        into.push((entry.path(), entry.metadata().unwrap().permissions().mode() & 0o777));
    }
}

#[test]
fn a_home_is_private_and_a_sealed_folder_public_whatever_the_umask() {
    let scene = Scene::new();
    scene.small_vcf("small.vcf");
    for umask in ["000", "022", "077"] {
        let name = format!("h{umask}");
        let hospital = scene.stranger(&name);
        let run = |command: &mut Command| {
            let script = format!("umask {umask}; exec \"$@\"");
            Done::of(&mut through(&script, "bash", command)).yes()
        };
        let (phrase, sealed, file) =
            (format!("{name}.phrase"), format!("{name}-sealed"), format!("{name}.vcf"));
        run(&mut hospital.command(["init", "--phrase-out", &phrase]));
        run(&mut hospital.command(["devnet", "fund", &hospital.address()]));
        let seal = ["seal", "small.vcf", "--build", "GRCh37", "--out", &sealed];
        run(&mut hospital.command(seal));
        let id = run(&mut hospital.command(["list", &sealed, "--price", "0", "--json"])).json();
        let id = id["id"].as_str().unwrap().to_owned();
        let grant = run(&mut hospital.command(["buy", &id, "--json"])).json();
        let grant = grant["id"].as_str().unwrap().to_owned();
        run(&mut hospital.command(["deliver", &grant]));
        run(&mut hospital.command(["open", &grant, "--out", &file]));
        run(&mut hospital.command(["keys", "backup", &format!("{name}.keys")]));
        run(&mut hospital.command(["anchor"]));

        let mut found = vec![(hospital.home(), mode(&hospital.home()))];
        modes(&hospital.home(), &mut found);
        for private in [&phrase, &file, &format!("{name}.keys")] {
            found.push((scene.path(private), mode(&scene.path(private))));
        }
        for (path, mode) in found {
            assert_eq!(mode & 0o077, 0, "umask {umask}: {} has {mode:o}", path.display());
        }
        let mut public = Vec::new();
        modes(&scene.path(&sealed), &mut public);
        if umask != "077" {
            for (path, mode) in public {
                assert_eq!(mode & 0o044, 0o044, "umask {umask}: {}", path.display());
            }
        }
    }
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().mode() & 0o777
}

/// Runs it to its end; the most memory that it held, in bytes.
fn peak(command: &mut Command) -> u64 {
    let mut child = command.stdout(Stdio::null()).spawn().unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    loop {
        let text = fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        if let Some(kib) = line.and_then(|line| line.trim().strip_suffix(" kB")) {
            peak = kib.trim().parse::<u64>().unwrap() << 10;
        }
        if let Some(ended) = child.try_wait().unwrap() {
            assert!(ended.success(), "{command:?}");
            return peak;
        }
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
}

/// 2,000 people and as many records as give this length.
fn genotypes(bytes: usize) -> String {
    let names: String = (0..2_000).map(|n| format!("\tS{n}")).collect();
    let calls = "\t0|0\t0|1\t1|1\t.|.".repeat(500);
    let mut text = format!(
        "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT{names}\n"
    );
    for pos in 1.. {
        if text.len() >= bytes {
            break;
        }
        text += &format!("22\t{pos}\t.\tA\tG\t.\t.\t.\tGT{calls}\n");
    }
    text
}

#[test]
fn memory_does_not_grow_with_the_file() {
    let scene = Scene::new();
    let hospital = scene.actor("hospital");
    let peaks = [10_usize, 60].map(|megabytes| {
        let name = |what: &str| format!("{megabytes}{what}");
        let (file, out) = (name(".vcf"), name("-sealed"));
        fs::write(scene.path(&file), genotypes(megabytes << 20)).unwrap();
        let sealed =
            peak(hospital.command(["seal", &file, "--build", "GRCh37"]).args(["--out", &out]));
        let dataset = hospital.json(["list", &out, "--price", "0"]);
        let grant = hospital.json(["buy", dataset["id"].as_str().unwrap()]);
        let grant = grant["id"].as_str().unwrap();
        hospital.run(["deliver", grant]).yes();
        let opened = name("-opened.vcf");
        let open = peak(&mut hospital.command(["open", grant, "--out", &opened]));
        assert!(fs::read(scene.path(&opened)).unwrap() == fs::read(scene.path(&file)).unwrap());
        [sealed, open]
    });
    for (small, large) in peaks[0].iter().zip(&peaks[1]) {
        assert!(*large < small + (32 << 20), "50 MB more take {peaks:?} bytes of memory");
    }
}
