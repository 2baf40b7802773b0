//! Random trees, sealed by the real SOPS here and now, open to what the real SOPS opens and what the real Helm then reads.
//!
//! Skipped, with a printed line, where the programs are not installed (`TIDEGATE_TOOLS`, or the usual cache directory).

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use proptest::collection::vec;
use proptest::prelude::{Strategy, any, prop_oneof};
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::Value;

use crate::fixture::{self, floats, json, keys, open_text};

/// Files per run: each costs four processes of some hundredths of a second.
const FILES: usize = 40;
/// Trees per file.
const TREES: usize = 3;

fn tool(name: &str) -> Option<PathBuf> {
    #[expect(clippy::disallowed_methods, reason = "the oracle is looked for where the machine says; nothing of ours reads this")]
    let (tools, home) = (std::env::var_os("TIDEGATE_TOOLS"), std::env::var_os("HOME"));
    let folder = tools.map(PathBuf::from).or_else(|| home.map(|home| PathBuf::from(home).join(".cache/tidegate-tools")))?;
    let path = folder.join(name);
    path.is_file().then_some(path)
}

/// Returns what a program that must succeed prints.
fn run(command: &mut Command, input: &[u8]) -> String {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// A scalar as YAML text: every type, in plain and quoted forms. Negative zero is left out: SOPS writes a clear one as `-0`,
/// reads that as an integer, and never again opens the file. So are texts that begin with a blank line of spaces: SOPS prints
/// them in a way that no YAML reader takes.
fn scalar() -> impl Strategy<Value = String> {
    let quoted = |text: String| Value::String(text).to_string();
    let forms = vec![
        "true",
        "False",
        "yes",
        "n",
        "0777",
        "0o17",
        "0x1F",
        "1_000",
        "1:30",
        "1.50",
        "1e3",
        ".5",
        "+1",
        "1e-9",
        "123456789.0",
        "2024-01-01",
        "2024-01-02T03:04:05.5Z",
        "2024-01-02 03:04:05",
        "1.2.3",
        "012345",
        "089",
        "0b11",
        "9007199254740993",
        "18446744073709551616",
        "=",
        "'~'",
        "'null'",
        "'<<'",
    ];
    prop_oneof![
        proptest::sample::select(forms).prop_map(str::to_owned),
        any::<i64>().prop_map(|number| number.to_string()),
        any::<f64>()
            .prop_filter("finite, and not the negative zero above", |number| number.is_finite()
                && number.to_bits() != (-0.0_f64).to_bits())
            .prop_map(|number| format!("{number:e}")),
        "[ -~]{1,40}".prop_map(quoted),
        "\\PC{1,20}".prop_map(quoted),
        "([a-z{}:#'\"|>-][a-z {}:#'\"|>-]{0,12}\n{1,2}){1,4}".prop_map(quoted),
        "x[ \t\r\nx]{0,8}".prop_map(quoted),
    ]
}

/// A tree in flow style. Keys are unlike each other by their numbers.
fn tree() -> impl Strategy<Value = String> {
    let key = "[a-zA-Z0-9_ .é-]{0,10}";
    scalar().prop_recursive(4, 40, 6, move |inner| {
        prop_oneof![
            vec(inner.clone(), 1..5).prop_map(|items| format!("[{}]", items.join(", "))),
            vec((key, any::<bool>(), inner), 1..5).prop_map(|entries| {
                let entries = entries.iter().enumerate().map(|(at, (key, clear, value))| {
                    let suffix = if *clear { "_unencrypted" } else { "" };
                    format!("{}: {value}", Value::String(format!("{key}{at}{suffix}")))
                });
                format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
            }),
        ]
    })
}

/// Every random tree opens, and equals what `sops decrypt` prints and what Helm reads of that.
#[test]
fn random_trees_agree_with_sops_and_helm() {
    let (Some(sops), Some(helm)) = (tool("sops-3.13.2"), tool("helm-4.3.1")) else {
        println!("skipped: sops 3.13.2 and helm 4.3.1 are not installed");
        return;
    };
    let recipient = keys(&[fixture::ONE])[0].recipient().to_owned();
    let secret = fixture::ONE.lines().find(|line| line.starts_with("AGE-SECRET-KEY-")).unwrap();
    let chart = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/chart");
    let mut runner = TestRunner::new_with_rng(Config::default(), TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]));
    for _ in 0..FILES {
        let trees = vec(tree(), TREES).new_tree(&mut runner).unwrap().current();
        let plain: String = trees.iter().enumerate().map(|(at, tree)| format!("k{at}: {tree}\n")).collect();
        let sealing =
            ["encrypt", "--input-type", "yaml", "--output-type", "yaml", "--age", &recipient, "--filename-override", "x.yaml"];
        let sealed = run(Command::new(&sops).args(sealing), plain.as_bytes());
        let opened = open_text(&sealed).unwrap_or_else(|error| panic!("{error} at {}\n{plain}", error.at()));
        let decrypt = |format: &str| {
            let opening = ["decrypt", "--input-type", "yaml", "--output-type", format, "--filename-override", "x.yaml"];
            run(Command::new(&sops).args(opening).env("SOPS_AGE_KEY", secret), sealed.as_bytes())
        };
        let by_sops: Value = serde_json::from_str(&decrypt("json")).unwrap();
        let ours = json(&opened.root);
        assert_eq!(without_signs_of_zero(ours.clone()), without_signs_of_zero(floats(by_sops)), "{plain}");
        let rendered = run(Command::new(&helm).args(["template", "values", chart, "-f", "-"]), decrypt("yaml").as_bytes());
        let by_helm: Value =
            serde_json::from_str(rendered.lines().find_map(|line| line.strip_prefix("json: ")).unwrap()).unwrap();
        assert_eq!(ours, floats(by_helm), "{plain}");
    }
}

/// JSON keeps the sign of a zero that is lost on the way through YAML.
fn without_signs_of_zero(value: Value) -> Value {
    match value {
        Value::Number(number) if number.as_f64() == Some(0.0) => Value::from(0.0),
        Value::Array(items) => items.into_iter().map(without_signs_of_zero).collect(),
        Value::Object(map) => map.into_iter().map(|(key, value)| (key, without_signs_of_zero(value))).collect(),
        other => other,
    }
}

/// The strategy above reaches every type; else the comparison would prove less than it says.
#[test]
fn random_trees_hold_every_type() {
    let mut runner = TestRunner::new_with_rng(Config::default(), TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]));
    let text = vec(tree(), 200).new_tree(&mut runner).unwrap().current().join("\n");
    for form in ["true", "0777", "2024-01-01", "1.50", "[", "{", "_unencrypted", "\\n"] {
        assert!(text.contains(form), "{form}");
    }
}
