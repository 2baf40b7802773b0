//! Installed policies, from a module to a render and to every way in which what is installed is not what was locked.
//!
//! `tidegate-policyc` is built here where nothing has built it yet.

#![expect(
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a test that cannot be set up must fail; it works on files and starts programs"
)]

#[path = "support/estate.rs"]
mod estate;

use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use blake2::{Blake2b512, Digest as _};
use ed25519_dalek::{Signer as _, SigningKey};
use engine::artefact::{WASMTIME, pack, unpack};
use engine::metadata::WORLD;
use estate::Estate;

/// A policy of the contract's shape that finds nothing.
const MODULE: &str = include_str!("../policies/compiler/tests/policy.wat");
const METADATA: &str = include_str!("../policies/compiler/tests/policy.json");

/// Who signs policies in these tests, as `minisign -S` does.
///
/// # Source
/// minisign, "Public key format" and "Signature format".
struct Signer {
    key: SigningKey,
    id: [u8; 8],
}

impl Signer {
    fn of(number: u8) -> Self {
        Self { key: SigningKey::from_bytes(&[number; 32]), id: [number; 8] }
    }

    fn public_key(&self) -> String {
        STANDARD.encode([b"Ed".as_slice(), &self.id, self.key.verifying_key().as_bytes()].concat())
    }

    fn signature(&self, bytes: &[u8]) -> String {
        let signature = self.key.sign(&Blake2b512::digest(bytes)).to_bytes();
        let comment = "of a test";
        let of_comment = self.key.sign(&[signature.as_slice(), comment.as_bytes()].concat()).to_bytes();
        let signature = STANDARD.encode([b"ED".as_slice(), &self.id, &signature].concat());
        format!("untrusted comment: a\n{signature}\ntrusted comment: {comment}\n{}\n", STANDARD.encode(of_comment))
    }
}

/// What a run gave.
struct Run {
    status: i32,
    stdout: String,
    stderr: String,
}

fn ran(command: &mut Command) -> Run {
    let output = command.env_remove("TIDEGATE_CONFIG").output().expect("the program runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Run { status: output.status.code().unwrap_or(-1), stdout: text(&output.stdout), stderr: text(&output.stderr) }
}

/// Returns the compiler, beside the program that is tested.
fn compiler() -> PathBuf {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    let built = BUILT.get_or_init(|| {
        let folder = Path::new(env!("CARGO_BIN_EXE_tidegate")).parent().expect("its folder");
        let program = folder.join("tidegate-policyc");
        if !program.is_file() {
            let mut cargo = Command::new(env!("CARGO"));
            cargo.args([
                "build",
                "--locked",
                "--package",
                "tidegate-policy-compiler",
                "--bin",
                "tidegate-policyc",
                "--target-dir",
            ]);
            cargo
                .arg(folder.parent().expect("the target directory"))
                .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(".."));
            assert!(cargo.status().expect("cargo runs").success(), "tidegate-policyc does not build");
        }
        program
    });
    built.clone()
}

/// An estate whose configuration names a directory of policies, and a component beside it.
struct Platform {
    estate: Estate,
}

impl Platform {
    /// Returns one with `more` below `installedPolicies`.
    fn new(more: &str) -> Self {
        let platform = Self { estate: Estate::copy("estate") };
        platform.change("tidegate.yaml", |text| format!("{text}\ninstalledPolicies:\n  directory: policies.d\n{more}"));
        std::fs::set_permissions(platform.path(""), std::fs::Permissions::from_mode(0o755)).expect("a folder of one writer");
        let module = wat::parse_str(MODULE).expect("a module");
        std::fs::write(platform.path("module.wasm"), module).expect("the module is written");
        std::fs::write(platform.path("policy.json"), METADATA.replace("WORLD", WORLD)).expect("its metadata is written");
        let mut compile = Command::new(compiler());
        compile.args(["module.wasm", "--metadata", "policy.json"]).current_dir(platform.path(""));
        let compiled = ran(&mut compile);
        assert_eq!(compiled.status, 0, "{}", compiled.stderr);
        assert!(compiled.stdout.starts_with("a-policy 1.0.0 sha256:"), "{}", compiled.stdout);
        platform
    }

    /// Returns one with the policy installed.
    fn installed() -> Self {
        let platform = Self::new("");
        let run = platform.policy(&["install", "a-policy.wasm"]);
        assert_eq!(run.status, 0, "{}", run.stderr);
        platform
    }

    fn path(&self, below: &str) -> PathBuf {
        self.estate.path().join(below)
    }

    fn change(&self, file: &str, change: impl FnOnce(&str) -> String) {
        let text = std::fs::read_to_string(self.path(file)).expect("the file is read");
        let changed = change(&text);
        assert_ne!(changed, text, "{file} is changed");
        std::fs::write(self.path(file), changed).expect("the file is written");
    }

    /// Runs `tidegate policy` with the configuration.
    fn policy(&self, arguments: &[&str]) -> Run {
        let mut program = Command::new(env!("CARGO_BIN_EXE_tidegate"));
        ran(program.arg("policy").args(arguments).args(["--config", "tidegate.yaml"]).current_dir(self.path("")))
    }

    /// Renders an application that nothing else refuses.
    fn render(&self) -> Run {
        let mut program = Command::new(env!("CARGO_BIN_EXE_tidegate"));
        program.args(["render", "globex/product-a/dev", "--config", "../tidegate.yaml"]);
        ran(program.current_dir(self.path("customer-configs")))
    }

    fn refuses(&self, code: &str, sentence: &str) {
        let run = self.render();
        assert_eq!((run.status, run.stdout.as_str()), (20, ""), "{}", run.stderr);
        let first = run.stderr.lines().next().unwrap_or_default();
        assert!(first.starts_with(&format!("error[{code}]")) && first.contains(sentence), "{first}");
        assert!(run.stderr.contains("hint: "), "{}", run.stderr);
        // CI is told before a render is.
        assert_eq!(self.policy(&["lock", "--check"]).status, 20);
    }

    /// Returns the one compiled form.
    fn compiled(&self) -> PathBuf {
        let files = std::fs::read_dir(self.path("policies.d")).expect("the directory is read");
        let mut files = files.map(|file| file.expect("a file").path());
        files.find(|path| path.extension() == Some("cwasm".as_ref())).expect("a compiled form")
    }
}

/// What is installed is listed with its rule, renders go on, and the lock file is up to date.
#[test]
fn an_installed_policy_counts() {
    let platform = Platform::installed();
    let check = platform.policy(&["lock", "--check"]);
    assert_eq!(check.stdout, "tidegate-policies.lock is up to date: 1 policy\n", "{}", check.stderr);
    let list = platform.policy(&["list"]);
    assert!(list.stdout.contains("a-policy 1.0.0 (installed)") && list.stdout.contains("role-boundaries"), "{}", list.stdout);
    let run = platform.render();
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert!(run.stdout.contains("kind: Deployment"));
    // Installing it again changes nothing.
    let lock = std::fs::read(platform.path("tidegate-policies.lock")).expect("the lock file");
    assert_eq!(platform.policy(&["install", "a-policy.wasm"]).status, 0);
    assert_eq!(std::fs::read(platform.path("tidegate-policies.lock")).expect("the lock file"), lock);
}

/// One flipped byte anywhere, in the header, in the code or at the end, is refused before anything is loaded.
#[test]
fn a_flipped_byte() {
    let platform = Platform::installed();
    let file = platform.compiled();
    let whole = std::fs::read(&file).expect("the compiled form");
    for place in [0, 40, whole.len() / 2, whole.len() - 1] {
        let mut flipped = whole.clone();
        *flipped.get_mut(place).expect("a byte") ^= 1;
        std::fs::write(&file, flipped).expect("the file is written");
        platform.refuses("policy.files", "is not what was locked: the digest differs");
    }
    // From the component, which is what was locked, it can be made again.
    assert_eq!(platform.policy(&["lock"]).status, 0);
    assert_eq!(platform.render().status, 0);
    assert_eq!(std::fs::read(&file).expect("the compiled form"), whole);
}

/// A file that is gone, and one that nobody has locked.
#[test]
fn missing_and_extra_files() {
    let platform = Platform::installed();
    let file = platform.compiled();
    let whole = std::fs::read(&file).expect("the compiled form");
    std::fs::remove_file(&file).expect("the file is removed");
    platform.refuses("policy.files", "is not there");
    std::fs::write(&file, whole).expect("the file is written");
    std::fs::write(platform.path("policies.d/other.wasm"), b"x").expect("the file is written");
    platform.refuses("policy.files", "`policies.d/other.wasm` is installed, and `tidegate-policies.lock` does not name it");
}

/// No lock file, one that does not read, and one that others may write.
#[test]
fn the_lock_file() {
    let platform = Platform::installed();
    let file = platform.path("tidegate-policies.lock");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o666)).expect("a mode");
    platform.refuses("policy.lock", "can be written by everybody");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).expect("a mode");
    platform.change("tidegate-policies.lock", |text| text.replace("    version:", "    vresion:"));
    platform.refuses("policy.lock", "does not read");
    std::fs::remove_file(&file).expect("the file is removed");
    platform.refuses("policy.lock", "there is no `tidegate-policies.lock`");
}

/// Another engine, another contract, another machine.
#[test]
fn foreign_engines() {
    let lock = "tidegate-policies.lock";
    let platform = Platform::installed();
    platform.change(lock, |text| text.replace(&format!("\"{WASMTIME}\""), "\"47.0.0\""));
    platform.refuses("policy.engine", "was compiled by wasmtime 47.0.0");
    // The policy is compiled again.
    assert_eq!(platform.policy(&["lock"]).status, 0);
    assert_eq!(platform.render().status, 0);
    platform.change(lock, |text| text.replace("-unknown-linux-", "-unknown-other-"));
    platform.refuses("policy.engine", "is not compiled for");
    let platform = Platform::installed();
    platform.change(lock, |text| text.replace(WORLD, "tidegate:policy@9.0.0"));
    platform.refuses("policy.engine", "was built for `tidegate:policy@9.0.0`");
}

/// A lock file that vouches for a form of another engine, or of another component: its digest is right, what it says of itself is not.
#[test]
fn a_lock_file_that_vouches_for_something_else() {
    let vouched = |change: fn(&mut engine::artefact::Header), want: &str| {
        let platform = Platform::installed();
        let file = platform.compiled();
        let whole = std::fs::read(&file).expect("the compiled form");
        let (mut header, code) = unpack(&whole).expect("a compiled form");
        change(&mut header);
        let other = pack(&header, code).expect("another header");
        std::fs::write(&file, &other).expect("the file is written");
        let digest = |bytes: &[u8]| compiler::pin::Form::of(bytes).sha256;
        platform.change("tidegate-policies.lock", |text| text.replace(&digest(&whole), &digest(&other)));
        platform.refuses("policy.files", want);
    };
    vouched(|header| header.wasmtime = "47.0.0".to_owned(), "it was compiled by wasmtime 47.0.0");
    vouched(|header| header.target = "wasm32".to_owned(), "it was compiled for wasm32");
    vouched(|header| header.wasm_sha256 = "00".to_owned(), "it was compiled from another component");
    vouched(|header| header.metadata = header.metadata.replace("1.0.0\", \"w", "1.0.1\", \"w"), "it is a-policy 1.0.1");
}

/// Settings are locked with the policy: changed ones are refused until the lock file says so too.
#[test]
fn settings_are_locked() {
    let platform = Platform::installed();
    platform
        .change("tidegate.yaml", |text| text.replace("policies:\n  role-b", "policies:\n  a-policy: {strict: true}\n  role-b"));
    platform.refuses("policy.settings", "the settings of policy `a-policy` are not those that were locked");
    assert_eq!(platform.policy(&["lock"]).status, 0);
    assert_eq!(platform.render().status, 0);
}

/// A policy that the configuration names and nobody has installed; a policy with the name of a built-in one.
#[test]
fn names() {
    let platform = Platform::new("");
    assert_eq!(platform.policy(&["lock"]).stdout, "tidegate-policies.lock is written: 0 policies\n");
    platform.change("tidegate.yaml", |text| text.replace("policies:\n  role-b", "policies:\n  a-policy: {}\n  role-b"));
    let run = platform.render();
    assert!(run.stderr.starts_with("error[configuration.policies]: ") && run.stderr.contains("there is no policy `a-policy`"));
    assert_eq!((run.status, run.stdout.as_str()), (11, ""));
    let platform = Platform::new("");
    platform.change("policy.json", |text| text.replace("a-policy", "role-boundaries"));
    let compiled =
        ran(Command::new(compiler()).args(["module.wasm", "--metadata", "policy.json"]).current_dir(platform.path("")));
    assert_eq!(compiled.status, 0, "{}", compiled.stderr);
    let run = platform.policy(&["install", "role-boundaries.wasm"]);
    assert!(run.stderr.starts_with("error[policy.files]: the installed policy `role-boundaries` has the name of a built-in one"));
    assert_eq!(run.status, 20);
}

/// Where keys are configured, nothing is installed that they have not signed, and nothing installed before counts.
#[test]
fn signatures_are_asked_for() {
    let key = include_str!("../cmp/src/policies/signature/test.pub").lines().nth(1).expect("the key");
    let platform = Platform::new(&format!("  keys: [{key}]\n"));
    let run = platform.policy(&["install", "a-policy.wasm"]);
    assert_eq!(run.status, 20, "{}", run.stderr);
    assert!(run.stderr.starts_with("error[policy.signature]"), "{}", run.stderr);
    std::fs::write(platform.path("s.minisig"), include_str!("../cmp/src/policies/signature/signed.minisig")).expect("a file");
    let run = platform.policy(&["install", "a-policy.wasm", "--signature", "s.minisig"]);
    assert!(run.stderr.starts_with("error[policy.signature]") && run.stderr.contains("is not of these bytes"), "{}", run.stderr);
    assert!(!platform.path("tidegate-policies.lock").exists() && !platform.path("policies.d").exists());
    let platform = Platform::installed();
    platform.change("tidegate.yaml", |text| format!("{text}  keys: [{key}]\n"));
    platform.refuses("policy.signature", "policy `a-policy` is not signed");
}

/// What the right key has signed is installed, by that key's name in the lock file; what another key signed is not, nor what was signed as
/// another version.
#[test]
fn a_signed_policy_counts() {
    let (ours, other) = (Signer::of(1), Signer::of(2));
    let platform = Platform::new(&format!("  keys: [{}]\n", ours.public_key()));
    let component = std::fs::read(platform.path("a-policy.wasm")).expect("the component");
    let sign = |signer: &Signer, bytes: &[u8]| {
        std::fs::write(platform.path("s.minisig"), signer.signature(bytes)).expect("a file");
        platform.policy(&["install", "a-policy.wasm", "--signature", "s.minisig"])
    };
    let run = sign(&other, &component);
    assert!(run.stderr.contains("is signed by the key 0202020202020202, and the configuration holds 0101010101010101"));
    assert_eq!(run.status, 20);
    assert_eq!(sign(&ours, &component[1..]).status, 20);
    let run = sign(&ours, &component);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let lock = std::fs::read_to_string(platform.path("tidegate-policies.lock")).expect("the lock file");
    assert!(lock.contains("0101010101010101"), "{lock}");
    let run = platform.render();
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert!(platform.policy(&["list"]).stdout.contains("key 0101010101010101"));
    // The platform no longer trusts the key.
    platform.change("tidegate.yaml", |text| text.replace(&ours.public_key(), &other.public_key()));
    platform.refuses("policy.signature", "0101010101010101");
}

/// What is no component of the contract is not installed, and nothing is left behind.
#[test]
fn what_is_not_installed() {
    let platform = Platform::new("");
    let refused = |file: &str, want: &str| {
        let run = platform.policy(&["install", file]);
        assert!(run.stderr.starts_with("error[policy.compile]") && run.stderr.contains(want), "{}", run.stderr);
        assert!(run.stderr.contains(file), "{}", run.stderr);
        assert_eq!(run.status, 20);
    };
    refused("module.wasm", "has no metadata");
    std::fs::write(platform.path("text.wasm"), "#!/bin/sh").expect("a file");
    refused("text.wasm", "does not read as WebAssembly");
    let left = std::fs::read_dir(platform.path("policies.d")).expect("the directory is read").count();
    assert_eq!(left, 0);
    assert!(!platform.path("tidegate-policies.lock").exists());
}

/// With `--watch` the cases run again when their file changes, and tell what came of the changed ones.
#[test]
fn watching() {
    let folder = tempfile::tempdir().expect("a scratch directory");
    let cases = |expected: &str| {
        let text = format!(
            "cases:\n  - name: one\n    layers: [{{owner: operations, values: {{replicas: 3}}}}]\n    expect: [{expected}]\n"
        );
        std::fs::write(folder.path().join("cases.yaml"), text).expect("the cases are written");
    };
    cases("");
    // A watch that sees nothing is ended, and its output with it.
    let mut watching = Command::new("timeout")
        .args(["60", env!("CARGO_BIN_EXE_tidegate"), "policy", "test", "role-boundaries", "--cases", "cases.yaml", "--watch"])
        .current_dir(folder.path())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program runs");
    let mut lines = BufReader::new(watching.stdout.take().expect("its output")).lines().map_while(Result::ok);
    let mut told = || lines.by_ref().take_while(|line| line != "waiting for a change").collect::<Vec<_>>().join("\n");
    let first = told();
    assert!(first.contains("1 passed; 0 failed"), "{first}");
    cases("{rule: forbidden-path}");
    let second = told();
    assert!(second.contains("0 passed; 1 failed"), "{second}");
    // `timeout` hands the signal on.
    Command::new("kill").arg(watching.id().to_string()).status().expect("it is ended");
    watching.wait().expect("it has ended");
}
