//! `policy new`: a project that builds and tests anywhere.
//!
//! Rules: the contract and the SDK are those of this program, written into the project, so nothing of tidegate's sources is needed; a
//! directory that is there is never written into.

use std::path::Path;

use engine::metadata::{WORLD, is_policy_name};
use tidegate::diagnostic::{Class, Code, Diagnostic, Failure, Place};
use toml::{Table, Value};

use super::files;
use crate::args::{NewArgs, StageArg};
use crate::commands::Product;

include!(concat!(env!("OUT_DIR"), "/sdk_sources.rs"));

/// The versions that our crates share.
const WORKSPACE: &str = include_str!("../../../../Cargo.toml");

/// Where the contract and the SDK go, below the project.
const VENDOR: &str = "vendor/tidegate";

/// The Rust that the SDK is written in.
const EDITION: &str = "2024";

/// What differs between projects.
struct Template {
    stage: &'static str,
    code: &'static str,
    cases: &'static str,
    rule: &'static str,
    setting: &'static str,
    description: &'static str,
}

/// Writes the project and says what to do next.
pub(super) fn run(args: &NewArgs) -> Result<Product, Failure> {
    let NewArgs { name, stage } = args;
    let refused = |message: &str, hint: &str| {
        Failure::one(Class::Usage, Diagnostic::error(Code::POLICY_PROJECT, message).at(Place::file(name)).hint(hint))
    };
    if !is_policy_name(name) {
        let hint = "lower-case letters, digits and hyphens, a letter first, at most 64, and not `all`: `no-node-port`";
        return Err(refused("this can be no name of a policy", hint));
    }
    let root = Path::new(name);
    if root.symlink_metadata().is_ok() {
        return Err(refused("the directory is there already", "choose another name, or remove it"));
    }
    for (path, text) in project(name, &template(*stage)) {
        let path = root.join(path);
        files::make_directory(path.parent().unwrap_or(root))?;
        files::write(&path, text.as_bytes())?;
    }
    Ok(Product::of(format!("{name}/ is ready. Next:\n  cd {name}\n  cargo test\n  tidegate policy test\n")))
}

fn template(stage: StageArg) -> Template {
    match stage {
        StageArg::Manifests => Template {
            stage: "manifests",
            code: include_str!("new/manifests.rs.txt"),
            cases: include_str!("new/cases-manifests.yaml.txt"),
            rule: "label-present",
            setting: "label",
            description: "Every object says in a label who owns it.",
        },
        StageArg::Values => Template {
            stage: "values",
            code: include_str!("new/values.rs.txt"),
            cases: include_str!("new/cases-values.yaml.txt"),
            rule: "fixed-tag",
            setting: "tag",
            description: "Production runs a release, not a moving tag.",
        },
        StageArg::Layer => Template {
            stage: "layer",
            code: include_str!("new/layer.rs.txt"),
            cases: include_str!("new/cases-layer.yaml.txt"),
            rule: "image-owner",
            setting: "owner",
            description: "One role alone chooses the image's repository.",
        },
    }
}

/// Returns the files of a project by path.
fn project(name: &str, template: &Template) -> Vec<(String, String)> {
    let Template { stage, code, cases, rule, setting, description } = template;
    let words = [
        ("{name}", name),
        ("{world}", WORLD),
        ("{stage}", stage),
        ("{rule}", rule),
        ("{setting}", setting),
        ("{description}", description),
    ];
    let filled = |text: &str| words.iter().fold(text.to_owned(), |text, (word, value)| text.replace(word, value));
    let own = [
        ("Cargo.toml", include_str!("new/Cargo.toml.txt")),
        ("policy.json", include_str!("new/policy.json.txt")),
        ("src/lib.rs", code),
        ("cases.yaml", cases),
        ("README.md", include_str!("new/README.md.txt")),
        (".gitignore", include_str!("new/gitignore.txt")),
    ];
    let own = own.into_iter().map(|(path, text)| (path.to_owned(), filled(text)));
    let vendored = SDK_SOURCES.iter().map(|(path, text)| {
        let text = if path.ends_with("Cargo.toml") { standalone(text) } else { (*text).to_owned() };
        (format!("{VENDOR}/{path}"), text)
    });
    own.chain(vendored).collect()
}

/// Returns a manifest of ours without the workspace that it has here: what it inherits is written out, tests of ours and lints are not the
/// author's. What is no manifest stays as it is; a test reads all of them.
fn standalone(manifest: &str) -> String {
    let Ok(mut table) = manifest.parse::<Table>() else { return manifest.to_owned() };
    table.remove("dev-dependencies");
    // `expect`s of the sources want this one, and it is the author's to see nothing of it.
    let lints = Table::from_iter([(
        "rust".to_owned(),
        Value::Table(Table::from_iter([("missing_docs".to_owned(), Value::from("warn"))])),
    )]);
    table.insert("lints".to_owned(), Value::Table(lints));
    if let Some(Value::Table(package)) = table.get_mut("package") {
        let own =
            [("version", env!("CARGO_PKG_VERSION")), ("edition", EDITION), ("rust-version", env!("CARGO_PKG_RUST_VERSION"))];
        for (key, value) in own.into_iter().chain([("license", env!("CARGO_PKG_LICENSE"))]) {
            package.insert(key.to_owned(), Value::from(value));
        }
        package.remove("repository");
        package.insert("publish".to_owned(), Value::from(false));
    }
    if let Some(Value::Table(dependencies)) = table.get_mut("dependencies") {
        for (name, value) in dependencies {
            written_out(name, value);
        }
    }
    toml::to_string(&table).unwrap_or_else(|_unwritable| manifest.to_owned())
}

/// Writes out what a dependency inherits from our workspace: a crate of ours lies beside, others have their version. What the manifest says
/// itself (`optional`, `features`) stays.
fn written_out(name: &str, dependency: &mut Value) {
    let Value::Table(own) = dependency else { return };
    if own.remove("workspace").is_none() {
        return;
    }
    let workspace = WORKSPACE.parse::<Table>().unwrap_or_default();
    let shared = workspace.get("workspace").and_then(|workspace| workspace.get("dependencies")?.get(name));
    let mut whole = match shared {
        Some(Value::Table(shared)) => shared.clone(),
        Some(version) => Table::from_iter([("version".to_owned(), version.clone())]),
        None => Table::new(),
    };
    if whole.contains_key("path") {
        whole.insert("path".to_owned(), Value::from(format!("../{name}")));
    }
    whole.extend(std::mem::take(own));
    *own = whole;
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum as _;

    use super::{StageArg, Table, project, template};

    /// Every project is whole: no word is left to fill in, each manifest reads and inherits nothing, each policy.json is a policy's, and
    /// the rule that it names is one of the code's.
    #[test]
    fn projects_are_whole() {
        for stage in StageArg::value_variants() {
            let template = template(*stage);
            let files = project("a-policy", &template);
            let text = |path: &str| &files.iter().find(|(other, _)| other == path).unwrap().1;
            for (path, text) in &files {
                if path.ends_with("Cargo.toml") {
                    assert!(!text.contains("workspace = true"), "{path}: {text}");
                    let manifest = text.parse::<Table>().unwrap();
                    for (name, dependency) in manifest.get("dependencies").and_then(toml::Value::as_table).into_iter().flatten() {
                        let word = |key: &str| dependency.get(key).and_then(toml::Value::as_str);
                        let beside = word("path").map(|below| below.replace("..", "vendor/tidegate"));
                        let is_there =
                            beside.is_some_and(|path| files.iter().any(|(file, _)| *file == format!("{path}/Cargo.toml")));
                        assert!(dependency.is_str() || word("version").is_some() || is_there, "{path}: {name} {dependency}");
                    }
                }
            }
            for path in ["Cargo.toml", "policy.json", "src/lib.rs", "cases.yaml", "README.md"] {
                for word in ["{name}", "{world}", "{stage}", "{rule}", "{setting}", "{description}"] {
                    assert!(!text(path).contains(word), "{path} {word}");
                }
            }
            assert_eq!(engine::metadata::parse(text("policy.json")).unwrap().name, "a-policy");
            assert!(text("src/lib.rs").contains(&format!("\"{}\"", template.rule)));
            assert!(files.iter().any(|(path, _)| path == "vendor/tidegate/wit/policy.wit"));
            assert!(files.iter().any(|(path, _)| path == "vendor/tidegate/sdk/src/lib.rs"));
        }
    }
}
