//! Documents of public repositories, read and written beside the real Go libraries. Laid out by `.ci/oracles/yaml/corpus`.

#![expect(clippy::expect_used, reason = "a test stops at the first thing that is not as it must be")]

#[path = "support/dump.rs"]
mod dump;

use std::path::Path;

use yaml::ReadOptions;

/// Every document of the corpus is read and written as the Go libraries do.
#[test]
#[expect(clippy::disallowed_methods, reason = "a developer's directory, outside the repository, named by the environment")]
fn corpus_is_read_and_written_alike() {
    let Ok(directory) = std::env::var("TIDEGATE_YAML_CORPUS") else {
        println!("TIDEGATE_YAML_CORPUS is not set: no corpus to compare with");
        return;
    };
    let (helm, sops) = (ReadOptions::helm(), ReadOptions::sops());
    let mut names: Vec<_> = std::fs::read_dir(&directory)
        .expect("the corpus")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "yaml"))
        .collect();
    names.sort();
    let mut differences = 0;
    let mut refused = 0;
    for path in &names {
        let text = std::fs::read(path).expect("a document");
        let (read, written) = dump::helm(&text, &helm);
        refused += usize::from(read == dump::REFUSED);
        for (suffix, got) in [("helm", read), ("emit", written), ("sops", dump::sops(&text, &sops))] {
            let want = std::fs::read_to_string(path.with_extension(suffix)).expect("what the oracle says");
            if got != want {
                differences += 1;
                println!("{}", report(path, suffix, &got, &want));
            }
        }
    }
    println!("{} documents, {refused} refused by both, {differences} differences", names.len());
    assert!(!names.is_empty(), "the corpus is empty");
    assert_eq!(differences, 0);
}

fn report(path: &Path, what: &str, got: &str, want: &str) -> String {
    let at = got.bytes().zip(want.bytes()).take_while(|(left, right)| left == right).count();
    let from = at.saturating_sub(60);
    let cut = |text: &str| {
        String::from_utf8_lossy(text.as_bytes().get(from..(at + 60).min(text.len())).unwrap_or_default()).into_owned()
    };
    format!("{} {what}\n  want ..{}\n  got  ..{}", path.display(), cut(want), cut(got))
}
