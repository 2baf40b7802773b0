//! What loading refuses, and its bounds. Whole charts against the real helm: `helm/tests/charts.rs`.

use super::{CHART_BYTES, CHART_DEPTH, CHART_FILES, ChartError, ChartFile, FILE_BYTES, load};
use crate::profile::Profile;

const CHART_YAML: &str = "apiVersion: v2\nname: x\nversion: 1.0.0\n";

fn file(path: &str, data: &[u8]) -> ChartFile {
    ChartFile { path: path.to_owned(), data: data.to_vec() }
}

fn check_refused(path: &str, text: &str, expected: &str) {
    let refused = load(vec![file("Chart.yaml", CHART_YAML.as_bytes()), file(path, text.as_bytes())]).unwrap_err();
    assert_eq!(refused.to_string(), expected, "{path}: {text}");
}

// A fault is told with the file it is in, from the chart that was loaded, and its place.
#[test]
fn faults_name_their_place() {
    let sub = format!("{CHART_YAML}keywords:\n- [1]\n");
    check_refused("charts/a/Chart.yaml", &sub, "`keywords[0]` in `charts/a/Chart.yaml` at 5:3 must be a string, not a list");
    check_refused("charts/a/Chart.yaml", "name: a\n", "`version` is missing in `charts/a/Chart.yaml`");
    check_refused("charts/a/b/x", "", "`charts/a/Chart.yaml` is missing");
    check_refused("values.yaml", "a: 1\n---\n- 1\n", "the values in `values.yaml` at 3:1 are not a mapping");
    check_refused("values.yaml", "a: [\n", "`values.yaml` cannot be read at 2:1");
    check_refused("charts/a.tgz/b", "", "`charts/a.tgz/` is a directory, but its name is that of an archive");
    check_refused("Chart.lock", "word: [", "`Chart.lock` cannot be read at 1:8");
    check_refused(
        "requirements.yaml",
        "dependencies: word\n",
        "`dependencies` in `requirements.yaml` at 1:15 must be a list, not a string",
    );
}

// Bounds are inclusive: what is at them loads, what is past them does not.
#[test]
fn loading_is_bounded() {
    let chart = || file("Chart.yaml", CHART_YAML.as_bytes());
    let large = |bytes: usize| load(vec![chart(), ChartFile { path: "a".to_owned(), data: vec![b' '; bytes] }]).map(drop);
    assert_eq!(large(FILE_BYTES), Ok(()));
    assert_eq!(large(FILE_BYTES + 1), Err(ChartError::FileTooLarge { path: "a".to_owned(), limit: FILE_BYTES }));
    let together = |bytes: usize| {
        let rest = bytes - CHART_YAML.len() - FILE_BYTES;
        let files = [("a", FILE_BYTES - 1), ("b", rest + 1)];
        let files = files.map(|(path, bytes)| ChartFile { path: path.to_owned(), data: vec![b' '; bytes] });
        load(std::iter::once(chart()).chain(files).collect()).map(drop)
    };
    assert_eq!(together(CHART_BYTES), Ok(()));
    assert_eq!(together(CHART_BYTES + 1), Err(ChartError::TooLarge { limit: CHART_BYTES }));
    let many = |files: usize| {
        let empty = (1..files).map(|index| file(&index.to_string(), b""));
        load(std::iter::once(chart()).chain(empty).collect()).map(drop)
    };
    assert_eq!(many(CHART_FILES), Ok(()));
    assert_eq!(many(CHART_FILES + 1), Err(ChartError::TooManyFiles { limit: CHART_FILES }));
    let deep = |charts: usize| {
        let paths = (0..charts).map(|depth| format!("{}Chart.yaml", "charts/a/".repeat(depth)));
        load(paths.map(|path| file(&path, CHART_YAML.as_bytes())).collect()).map(drop)
    };
    assert_eq!(deep(CHART_DEPTH), Ok(()));
    let path = "charts/a/".repeat(CHART_DEPTH);
    assert_eq!(deep(CHART_DEPTH + 1), Err(ChartError::TooDeep { path, limit: CHART_DEPTH }));
}

// A whole chart may be shared between threads.
#[test]
fn charts_are_shared_between_threads() {
    fn shared<T: Send + Sync>(_: &T) {}
    shared(&load(vec![file("Chart.yaml", CHART_YAML.as_bytes())]).unwrap());
}

// Helms before 4.3 take files of 5 MiB: one at the limit is rendered, a larger one is not; the newest takes both.
#[test]
fn older_helms_take_smaller_files() {
    let check = |bytes: usize| {
        let yaml = |path: &str| file(path, CHART_YAML.as_bytes());
        let large = file("charts/sub/a", &vec![0; bytes]);
        let chart = load(vec![yaml("Chart.yaml"), yaml("charts/sub/Chart.yaml"), large]).unwrap();
        Profile::ALL.map(|profile| chart.check_files(profile).is_ok())
    };
    assert_eq!(check(5 << 20), [true, true, true]);
    assert_eq!(check((5 << 20) + 1), [false, false, true]);
}
