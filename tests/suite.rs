//! Black-box cases: the program on a copy of the examples, changed a little.
//!
//! In: `tests/suite/<stage>/<rule>/case.toml`. Out: exit status, `out.yaml`, `stderr.txt` as they must be.
//! Rules, checked for every case: a cleared environment; two runs from different paths, homes and time zones give the same bytes; no planted
//! secret (`CANARY`) ever in stderr, nor in stdout unless revealed; a refused command leaves stdout empty. A case may ask for the same
//! answer from other commands, and with another secret. `TIDEGATE_BLESS=1` writes what is expected anew: read the diff.

#![expect(
    clippy::panic,
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a suite that cannot be set up must fail, and it works on files"
)]

mod support;

use std::num::NonZero;
use std::path::{Path, PathBuf};

use support::case::{Asked, Asker, Case, Product};
use support::estate::Estate;
use support::run::{Place, Run, User, run};

/// Every planted secret holds this word.
const CANARY: &str = "CANARY";

fn cases(below: &Path, found: &mut Vec<PathBuf>) {
    let entries = std::fs::read_dir(below).expect("a directory of cases");
    for entry in entries {
        let path = entry.expect("an entry").path();
        if path.join("case.toml").is_file() {
            found.push(path);
        } else if path.is_dir() {
            cases(&path, found);
        }
    }
}

/// Runs one case; returns what is wrong with it.
fn check(directory: &Path) -> Vec<String> {
    let case = Case::read(directory);
    let asked = case.asked();
    let (first, second) = (once(&case, &asked, Place::HERE), once(&case, &asked, Place::THERE));
    let mut wrong = Vec::new();
    if first != second {
        wrong.push(format!("two runs differ:\n{first:#?}\n{second:#?}"));
    }
    if first.stderr.contains(CANARY) {
        wrong.push("a planted secret is in stderr".to_owned());
    }
    if first.stdout.contains(CANARY) && !case.reveals() {
        wrong.push("a planted secret is in stdout".to_owned());
    }
    let printed = case.absent.iter().filter(|text| first.stdout.contains(text.as_str()));
    wrong.extend(printed.map(|text| format!("`{text}` is printed")));
    if first.status != case.status {
        wrong.push(format!("exit status {} instead of {}:\n{}", first.status, case.status, first.stderr));
    }
    if case.status != 0 && case.product == Product::Manifests && !first.stdout.is_empty() {
        wrong.push("a refused command printed something".to_owned());
    }
    match &case.golden {
        Some(golden) => wrong.extend(differs(&tests().join(golden), &first.stdout)),
        None => wrong.extend(compare(&directory.join("out.yaml"), &first.stdout)),
    }
    wrong.extend(compare(&directory.join("stderr.txt"), &first.stderr));
    wrong.extend(told(&case, &asked, &first));
    wrong.extend(case.also.iter().flat_map(|asker| others(&case, *asker, &first)));
    wrong
}

/// Returns what a run gave, by somebody whom file modes bind where the case closes a file.
fn once(case: &Case, asked: &Asked, place: Place) -> Run {
    let estate = Estate::copy(place.folder);
    case.apply(&estate);
    let user = if case.is_void(&estate) { User::Nobody } else { User::Same };
    run(asked, case.stdout, &estate, place, user)
}

/// Returns what another command for the same application does otherwise.
fn others(case: &Case, asker: Asker, first: &Run) -> Vec<String> {
    let asked = case.asked_by(asker);
    let other = once(case, &asked, Place::HERE);
    let mut wrong = Vec::new();
    if (other.status, other.codes()) != (first.status, first.codes()) {
        wrong.push(format!("{asker:?} answers otherwise:\n{other:#?}"));
    }
    if other.stderr.contains(CANARY) {
        wrong.push(format!("a planted secret is in the stderr of {asker:?}"));
    }
    if other.status != 0 && asker == Asker::Generate && !other.stdout.is_empty() {
        wrong.push(format!("{asker:?} refuses and prints something"));
    }
    wrong.extend(told(case, &asked, &other));
    wrong
}

/// Returns what a run tells of a secret: what it gives otherwise where the secret is another one.
fn told(case: &Case, asked: &Asked, first: &Run) -> Option<String> {
    if !case.blind {
        return None;
    }
    let estate = Estate::copy(Place::HERE.folder);
    Case::swap(&estate);
    case.apply(&estate);
    let other = run(asked, case.stdout, &estate, Place::HERE, User::Same);
    (other != *first).then(|| format!("it tells of the secret; with another one {:?} gives\n{other:#?}", asked.arguments))
}

fn tests() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests")
}

fn compare(expected: &Path, got: &str) -> Option<String> {
    if std::env::var_os("TIDEGATE_BLESS").is_some() {
        if got.is_empty() {
            let _ = std::fs::remove_file(expected);
        } else {
            std::fs::write(expected, got).expect("the expectation is written");
        }
        return None;
    }
    differs(expected, got)
}

fn differs(expected: &Path, got: &str) -> Option<String> {
    let want = std::fs::read_to_string(expected).unwrap_or_default();
    (want != got).then(|| format!("{} differs\n--- want\n{want}\n--- got\n{got}", expected.display()))
}

/// Calls `work` for each path, several at once; returns what came of them in the order of the paths.
fn side_by_side(paths: &[PathBuf], work: impl Fn(&Path) -> Vec<String> + Sync) -> Vec<String> {
    let threads = std::thread::available_parallelism().map_or(1, NonZero::get);
    let share = paths.len().div_ceil(threads).max(1);
    std::thread::scope(|scope| {
        let work = &work;
        let shares =
            paths.chunks(share).map(|share| scope.spawn(move || share.iter().flat_map(|path| work(path)).collect::<Vec<_>>()));
        let shares: Vec<_> = shares.collect();
        shares.into_iter().flat_map(|share| share.join().expect("a share of the cases is run")).collect()
    })
}

// Every case below tests/suite does what its files say.
#[test]
fn suite() {
    let root = tests().join("suite");
    let only = std::env::var("TIDEGATE_CASE").unwrap_or_default();
    let mut found = Vec::new();
    cases(&root, &mut found);
    found.sort();
    found.retain(|path| path.strip_prefix(&root).unwrap_or(path).to_string_lossy().contains(&only));
    let failures = side_by_side(&found, |path| {
        let name = path.strip_prefix(&root).unwrap_or(path).display().to_string();
        check(path).into_iter().map(|wrong| format!("{name}: {wrong}")).collect()
    });
    assert!(!found.is_empty(), "no case is there");
    assert!(failures.is_empty(), "{} of {} cases\n{}", failures.len(), found.len(), failures.join("\n\n"));
}
