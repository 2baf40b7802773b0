//! `chart verify` with the real helms: the examples agree, and chance is told apart.
//!
//! Skipped, with a printed line, where they are not installed (`TIDEGATE_TOOLS`, or the usual cache directory); in CI they must be there.

#![expect(
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "a test that cannot be set up must fail; it works on files and says why it is skipped"
)]

#[path = "support/estate.rs"]
mod estate;

use std::path::PathBuf;
use std::process::Command;

use estate::Estate;

fn helm(version: &str) -> Option<PathBuf> {
    let cache = || std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache/tidegate-tools"));
    let path = std::env::var_os("TIDEGATE_TOOLS").map(PathBuf::from).or_else(cache)?.join(format!("helm-{version}"));
    if path.is_file() {
        return Some(path);
    }
    assert!(std::env::var_os("CI").is_none(), "{} is not there", path.display());
    eprintln!("skipped: helm is not there ({})", path.display());
    None
}

/// Runs `chart verify` with a helm; returns whether it found both the same, and its report.
fn verify(helm: &PathBuf, chart: &PathBuf, more: &[&str]) -> (bool, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_tidegate"))
        .args(["chart", "verify", "demo"])
        .arg(chart)
        .arg("--helm")
        .arg(helm)
        .args(more)
        .env_clear()
        .output()
        .expect("tidegate runs");
    (output.status.success(), String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
}

fn check(version: &str, profile: &str) {
    let Some(helm) = helm(version) else { return };
    let estate = Estate::copy("estate");
    let products = estate.path().join("platform-infrastructure/products");
    let given = "database.password=x,session.key=x,mail.password=x";
    for product in ["product-a", "product-b", "product-c"] {
        let (same, report) = verify(&helm, &products.join(product), &["--set", given, "--include-crds", "-n", "other"]);
        assert!(same && report.contains("same:") && report.contains(profile), "{product}: {report}");
    }
    let chart = estate.path().join("chance");
    std::fs::create_dir_all(chart.join("templates")).expect("a chart");
    std::fs::write(chart.join("Chart.yaml"), "apiVersion: v2\nname: chance\nversion: 1.0.0\n").expect("its description");
    let template = "kind: A\nchance: {{ randAlphaNum 12 }}\nfixed: x\ntime: {{ now | unixEpoch }}\n";
    std::fs::write(chart.join("templates/a.yaml"), template).expect("its template");
    let (same, report) = verify(&helm, &chart, &[]);
    assert!(same && report.contains("chance (differs from run to run)") && !report.contains(" fixed"), "{report}");
    let (same, report) = verify(&helm, &chart, &["--set", "a"]);
    assert!(same && report.contains("both refuse"), "{report}");
}

// The examples are the same objects to helm 4.3, its defaults followed.
#[test]
fn helm_4_3() {
    check("4.3.1", "helm4.3");
}

// So they are to helm 4.2, whose profile is found by its version.
#[test]
fn helm_4_2() {
    check("4.2.4", "helm4.2");
}

// So they are to helm 3.22.
#[test]
fn helm_3_22() {
    check("3.22.0", "helm3.22");
}
