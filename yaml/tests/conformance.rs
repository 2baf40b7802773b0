//! Reading and writing as the real Go libraries do: `cases/*.cases`, whose `helm`, `sops` and `emit` lines are recorded by
//! `.ci/oracles/yaml/record`.

#![expect(clippy::expect_used, reason = "a test stops at the first thing that is not as it must be")]

#[path = "support/dump.rs"]
mod dump;

use yaml::ReadOptions;

fn check(table: &str) {
    let mut failures = Vec::new();
    let mut cases = 0;
    let mut note = "";
    let mut lines = table.lines();
    while let Some(line) = lines.next() {
        match line.split_once(' ') {
            Some(("#", text)) => note = text,
            Some(("in", text)) => {
                cases += 1;
                let input = unquote(text.trim());
                let (helm, emitted) = dump::helm(&input, &ReadOptions::helm());
                let got = [("helm", helm), ("sops", dump::sops(&input, &ReadOptions::sops())), ("emit", emitted)];
                for (word, got) in got {
                    let recorded = lines.next().expect("a recorded line");
                    if recorded != format!("{word} {got}") {
                        failures.push(format!("{note}\n  in   {text}\n  want {recorded}\n  got  {word} {got}"));
                    }
                }
            }
            _ => assert!(line.is_empty(), "{line}"),
        }
    }
    assert!(cases > 0, "the table is empty");
    assert!(failures.is_empty(), "{} failures\n{}", failures.len(), failures.join("\n"));
}

/// Reads what [`dump::quote`] writes.
fn unquote(text: &str) -> Vec<u8> {
    let inner = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).expect("quotes");
    let mut bytes = inner.bytes();
    let mut out = Vec::new();
    while let Some(byte) = bytes.next() {
        out.push(match byte {
            b'\\' => match bytes.next().expect("an escape") {
                b'n' => b'\n',
                b't' => b'\t',
                b'r' => b'\r',
                b'x' => {
                    let digits = [bytes.next().expect("a digit"), bytes.next().expect("a digit")];
                    u8::from_str_radix(std::str::from_utf8(&digits).expect("ASCII"), 16).expect("hexadecimal")
                }
                other => other,
            },
            other => other,
        });
    }
    out
}

/// Scalars mean what they mean to go-yaml v2 and v3.
#[test]
fn scalars() {
    check(include_str!("cases/scalars.cases"));
}

/// Mappings, merge keys, aliases, keys of all kinds and tags are read as by go-yaml v2 and v3.
#[test]
fn structure() {
    check(include_str!("cases/structure.cases"));
}

/// Text is scanned as by go-yaml: indentation, folding, quoting, comments, and what is an error.
#[test]
fn syntax() {
    check(include_str!("cases/syntax.cases"));
}

/// Values are written as by `toYaml`.
#[test]
fn writing() {
    check(include_str!("cases/writing.cases"));
}
