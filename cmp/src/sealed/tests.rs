//! Tests of where sealed text may stand.

use std::collections::BTreeMap;

use super::search::{self, OpenedValue};
use super::{Watch, handles};
use crate::configuration::Emission;
use crate::validate::by_hand::{COMPUTED, COPIED, leaves, manifests, table};

const SECRET: &str = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: a\n";
const CONFIG_MAP: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n";

/// What is found under an emission mode: code, place, pointer or message.
fn found(text: &str, emission: Emission) -> Vec<String> {
    let (sealed, table, files, chance) = (leaves(), table(), [String::from("s.yaml")], BTreeMap::new());
    let watch = Watch { sealed: &sealed, leaves: &table, files: &files, drawn: &BTreeMap::new(), chance: &chance, emission };
    match super::check(&manifests(text).unwrap(), &watch) {
        Ok(()) => Vec::new(),
        Err(errors) => errors.iter().map(|error| format!("{}: {error}", error.code())).collect(),
    }
}

fn check(text: &str, expected: &[&str]) {
    assert_eq!(found(text, Emission::Plaintext), expected, "{text}");
}

// The single values below `data` and `stringData` of a v1 Secret may be sealed, in part too.
#[test]
fn values_of_a_secret_obeyed() {
    check(&format!("{SECRET}data:\n  a: ‹eA==›\nstringData:\n  b: user:‹x›\n  c: «y»\n"), &[]);
    check(&format!("{CONFIG_MAP}data:\n  a: x\n"), &[]);
}

// Anywhere else sealed text is refused by object and pointer, and never quoted.
#[test]
fn values_of_a_secret_violated() {
    let at = |line: u32, pointer: &str, leaf: u32| {
        format!(
            "sealed.misplaced: chart/templates/a.yaml:{line}: `Secret/a` depends at `{pointer}` on the sealed value of s.yaml:{leaf}:5"
        )
    };
    check(&format!("{SECRET}  labels: {{l: ‹canary›}}\n"), &[&at(15, "/metadata/labels/l", 3)]);
    check(&format!("{SECRET}data:\n  ‹canary›: x\n"), &[&at(16, "/data", 3)]);
    check(&format!("{SECRET}data: ‹canary›\n"), &[&at(15, "/data", 3)]);
    check(&format!("{SECRET}data:\n  a:\n    b: ‹canary›\n"), &[&at(17, "/data/a/b", 3)]);
    check(&format!("{SECRET}data:\n  a: [«canary»]\n"), &[&at(16, "/data/a/0", 4)]);
    check(&format!("{SECRET}data:\n«  a: x\n  b: x\n»"), &[&at(16, "/data", 4)]);
    let root = at(11, "", 3).replace("Secret/a", "<sealed>/<sealed>").replace("at ``", "as a whole");
    check(&format!("{SECRET}‹type: canary\n›"), &[&root]);
    let text = format!("{CONFIG_MAP}data:\n  a: ‹canary›\n").replace("ConfigMap", "Secret").replace("v1", "v2");
    check(&text, &[&at(16, "/data/a", 3)]);
}

// A sealed tag of an image, in any kind of object, is refused; so is text in comments.
#[test]
fn other_objects_violated() {
    let text = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n  - image: repo/app:‹canary›\n";
    check(
        text,
        &["sealed.misplaced: chart/templates/a.yaml:16: `Pod/p` depends at `/spec/containers/0/image` on the sealed value of \
           s.yaml:3:5"],
    );
    check(
        &format!("# ‹canary›\n---\n{CONFIG_MAP}"),
        &["sealed.stray: chart/templates/a.yaml:11: text outside of all objects depends on the sealed value of s.yaml:3:5"],
    );
    check(
        &format!("{CONFIG_MAP}data:\n  a: ‹canary›«canary»\n"),
        &[
            "sealed.misplaced: chart/templates/a.yaml:16: `ConfigMap/a` depends at `/data/a` on the sealed value of s.yaml:3:5 and \
           1 more",
        ],
    );
}

// Where the environment prints no secrets, a Secret's own values are refused by path; other objects pass.
#[test]
fn emission_refused() {
    let text = format!("{SECRET}data:\n  a: ‹eA==›\n  b: eA==\n");
    let expected = "sealed.refused: chart/templates/a.yaml:16: `Secret/a` would show at `/data/a` the sealed value of s.yaml:3:5";
    assert_eq!(found(&text, Emission::Refuse), [expected]);
    assert!(found(&format!("{CONFIG_MAP}data: {{a: x}}\n"), Emission::Refuse).is_empty());
}

// A random value is refused in a Secret too, with the call that made it.
#[test]
fn random_values_are_refused() {
    let (sealed, table, files) = ([].into(), table(), []);
    let chance = BTreeMap::from([(COPIED, String::from("chart/templates/_h.tpl:3:4 randAlphaNum"))]);
    let watch = Watch {
        sealed: &sealed,
        leaves: &table,
        files: &files,
        drawn: &BTreeMap::new(),
        chance: &chance,
        emission: Emission::Plaintext,
    };
    let errors = super::check(&manifests(&format!("{SECRET}data:\n  a: ‹eA==›\n")).unwrap(), &watch).unwrap_err();
    let expected = "chart/templates/a.yaml:16: `Secret/a` has a random value at `/data/a`, from chart/templates/_h.tpl:3:4 \
                    randAlphaNum";
    assert_eq!(errors.iter().map(ToString::to_string).collect::<Vec<_>>(), [expected]);
}

// The second net finds opened values and their base64 without a mark, in keys and numbers too, but not short ones, nor in a Secret.
#[test]
fn opened_values_are_searched() {
    let (sealed, table, files, chance) = (leaves(), table(), [String::from("s.yaml")], BTreeMap::new());
    let watch = Watch {
        sealed: &sealed,
        leaves: &table,
        files: &files,
        drawn: &BTreeMap::new(),
        chance: &chance,
        emission: Emission::Plaintext,
    };
    let check = |value: &str, text: &str, expected: &[&str]| {
        let opened = [OpenedValue { leaf: COPIED, text: value }];
        let errors = search::check(&manifests(text).unwrap(), &watch, &opened).err().unwrap_or_default();
        assert!(!errors.iter().any(|error| error.to_string().contains(value)));
        let found = errors.iter().map(|error| error.to_string().split('`').nth(3).map(str::to_owned).unwrap());
        assert_eq!(found.collect::<Vec<_>>(), expected, "{text}");
    };
    check("canary", &format!("{CONFIG_MAP}data:\n  a: x-canary-y\n"), &["/data/a"]);
    check("canary", &format!("{CONFIG_MAP}data:\n  a: x-Y2FuYXJ5-y\n"), &["/data/a"]);
    check("canary", &format!("{CONFIG_MAP}data:\n  canary: x\n"), &["/data"]);
    check("123456", &format!("{CONFIG_MAP}data:\n  a: 123456\n"), &["/data/a"]);
    check("canar", &format!("{CONFIG_MAP}data:\n  a: canar\n"), &[]);
    check("canary", &format!("{SECRET}data:\n  a: canary\n"), &[]);
    check("canary", &format!("{CONFIG_MAP}data:\n  a: ‹canary›\n"), &[]);
}

// Policies see one number for one set of leaves, in the order they appear over all objects, and nothing of the text.
#[test]
fn handles_are_numbered() {
    let text = format!(
        "{SECRET}data:\n  b: «y»\n  a: x‹canary›\n---\n{}  labels: {{l: ‹canary›«y», m: «z», ok: ok}}\nspec: {{‹k›: 1}}\n",
        CONFIG_MAP.replace("name: a", "name: b")
    );
    let objects = handles::as_json(&manifests(&text).unwrap_or_else(|errors| panic!("{errors:?}")), &leaves());
    let seen: Vec<String> = objects.iter().map(ToString::to_string).collect();
    assert!(seen[0].contains(r#""data":{"a":"<sealed:2>","b":"<sealed:1>"},"#), "{}", seen[0]);
    assert!(seen[1].contains(r#""labels":{"l":"<sealed:3>","m":"<sealed:1>","ok":"ok"}"#), "{}", seen[1]);
    assert!(seen[1].ends_with(r#""spec":"<sealed:2>"}"#), "{}", seen[1]);
    let other = handles::as_json(&manifests(&text).unwrap_or_else(|errors| panic!("{errors:?}")), &[COMPUTED].into());
    assert!(other[1].to_string().contains(r#""spec":{"k":1}"#), "{}", other[1]);
}
