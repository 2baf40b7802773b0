//! Tests of this stage on documents made by hand.

use super::by_hand::{COMPUTED, COPIED, manifests};
use super::{Applied, Dependence, Name, objects};
use helm::provenance::{Flow, Leaves};

mod streams;

/// What is found: `kind/name` of each object, or code and place of each error.
fn check(text: &str, expected: &[&str]) {
    let found: Vec<String> = match manifests(text) {
        Ok(found) => found.objects.iter().map(|object| object.label.to_string()).collect(),
        Err(errors) => errors
            .iter()
            .map(|error| format!("{} {}", error.code(), error.at().map(ToString::to_string).unwrap_or_default()))
            .collect(),
    };
    assert_eq!(found, expected, "{text}");
}

fn object(kind: &str, name: &str) -> String {
    format!("apiVersion: v1\nkind: {kind}\nmetadata:\n  name: {name}\n")
}

// Documents are divided at `---`; those without a value are dropped.
#[test]
fn documents_become_objects_in_order() {
    let text = format!("# only a comment\n---\n{}---\n---\nnull\n---\n{}", object("ConfigMap", "b"), object("Secret", "a"));
    check(&text, &["ConfigMap/b", "Secret/a"]);
    check("", &[]);
    check("--- x\n", &["validate.separator chart/templates/a.yaml:11"]);
    check("a: [\n", &["validate.syntax chart/templates/a.yaml:11"]);
}

// An object with an `items` array is opened, whatever its kind; what Argo CD would not open, or drop, is refused.
#[test]
fn lists_are_opened() {
    let item = "- {apiVersion: v1, kind: Service, metadata: {name: a}}\n";
    check(&format!("kind: List\nitems:\n{item}"), &["Service/a"]);
    check(&format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: m}}\nitems:\n{item}"), &["Service/a"]);
    check("kind: List\nitems: []\n", &[]);
    let nested = "kind: List\nitems:\n- kind: List\n  items: []\n";
    check(nested, &["validate.nested-list chart/templates/a.yaml:13"]);
    check("kind: List\nitems: null\n", &["validate.null-items chart/templates/a.yaml:11"]);
    check("kind: List\nitems:\n- kind: List\n  items:\n", &["validate.null-items chart/templates/a.yaml:13"]);
    check("kind: List\nitems: [1]\n", &["validate.not-a-mapping chart/templates/a.yaml:12"]);
}

// A key `items` below `data`, or one that is no array, makes no list.
#[test]
fn items_elsewhere_make_no_list() {
    check(&format!("{}data: {{items: '[]'}}\n", object("ConfigMap", "a")), &["ConfigMap/a"]);
    check(&format!("{}items: {{a: b}}\n", object("ConfigMap", "a")), &["ConfigMap/a"]);
}

// What Argo CD does not see is refused: it would not be what policies saw.
#[test]
fn text_after_the_end_is_refused() {
    check(&format!("{}...\nkind: x\n", object("Secret", "a")), &["validate.after-end chart/templates/a.yaml:16"]);
    check(&format!("{}... # over\n\n--x\n", object("Secret", "a")), &["validate.after-end chart/templates/a.yaml:17"]);
    check(&format!("{}...\n# a comment\n", object("Secret", "a")), &["Secret/a"]);
}

// Objects say what they are, in strings.
#[test]
fn objects_have_an_identity() {
    check("- a\n", &["validate.not-a-mapping chart/templates/a.yaml:11"]);
    check("apiVersion: v1\nmetadata: {name: a}\n", &["validate.identity chart/templates/a.yaml:11"]);
    check("apiVersion: a/b/c\nkind: A\nmetadata: {name: a}\n", &["validate.identity chart/templates/a.yaml:11"]);
    check("apiVersion: v1\nkind: A\nmetadata: {name: 1}\n", &["validate.identity chart/templates/a.yaml:13"]);
    check("apiVersion: v1\nkind: A\nmetadata: {name: a/b}\n", &["validate.identity chart/templates/a.yaml:13"]);
    check("apiVersion: v1\nkind: A\nmetadata: {name: a, namespace: 1}\n", &["validate.identity chart/templates/a.yaml:13"]);
    let number = "apiVersion: v1\nkind: A\nmetadata:\n  name: a\n  annotations: {x: 1}\n";
    check(number, &["validate.identity chart/templates/a.yaml:15"]);
    check("apiVersion: v1\nkind: A\nmetadata: {generateName: a-}\n", &["A/a-"]);
}

// One object is given once; group, not version, and namespace tell objects apart. Made-up names never clash.
#[test]
fn objects_are_unique() {
    let twice = format!("{}---\n{}", object("Secret", "a"), object("Secret", "a"));
    check(&twice, &["validate.twice chart/templates/a.yaml:16"]);
    let one = |version: &str, namespace: &str| {
        format!("apiVersion: {version}\nkind: A\nmetadata: {{name: a, namespace: {namespace}}}\n---\n")
    };
    check(&(one("g/v1", "x") + &one("g/v2", "x")), &["validate.twice chart/templates/a.yaml:15"]);
    // That a sealed name is one of many clear ones would spell it.
    check(&format!("{}---\n{}", object("Secret", "‹a›"), object("Secret", "a")), &["Secret/<sealed>", "Secret/a"]);
    check(&(one("g/v1", "x") + &one("h/v1", "x") + &one("g/v1", "w")), &["A/a", "A/a", "A/a"]);
    let generated = "apiVersion: v1\nkind: A\nmetadata: {generateName: a-}\n---\n".repeat(2);
    check(&generated, &["A/a-", "A/a-"]);
}

// Whether Argo CD applies an object is read from its annotations as Argo CD reads them.
#[test]
fn hooks_are_known() {
    let check = |annotations: &str, expected| {
        let text = format!("apiVersion: v1\nkind: A\nmetadata: {{name: a, annotations: {{{annotations}}}}}\n");
        assert_eq!(manifests(&text).unwrap().objects[0].applied, expected, "{annotations}");
    };
    check("", Applied::Always);
    check("helm.sh/hook: crd-install", Applied::Always);
    check("helm.sh/hook: 'pre-install, post-delete'", Applied::Hook);
    check("helm.sh/hook: post-delete", Applied::Never);
    check("helm.sh/hook: test", Applied::Never);
    check("argocd.argoproj.io/hook: Sync", Applied::Hook);
    check("argocd.argoproj.io/hook: PostDelete", Applied::Never);
    check("argocd.argoproj.io/hook: Skip", Applied::Never);
    check("argocd.argoproj.io/hook: 'Skip,PreSync'", Applied::Hook);
    check("argocd.argoproj.io/hook: '', helm.sh/hook: pre-install", Applied::Hook);
}

// Integers keep all digits of an int64; what cannot be kept is refused.
#[test]
fn large_integers_are_kept() {
    let value = |text: &str| {
        let text = format!("{}n: {text}\n", object("A", "a"));
        manifests(&text).map(|found| found.objects[0].tree.clone()).map(|tree| match tree.value {
            yaml::Value::Mapping(entries) => entries.last().unwrap().value.value.clone(),
            other => other,
        })
    };
    assert_eq!(value("9007199254740993").unwrap(), yaml::Value::Int(9_007_199_254_740_993));
    assert_eq!(value("-9223372036854775808").unwrap(), yaml::Value::Int(i64::MIN));
    assert_eq!(value("9223372036854775808").unwrap(), yaml::Value::Float(9_223_372_036_854_775_808.0));
    assert_eq!(value("1e30").unwrap(), yaml::Value::Float(1e30));
    assert_eq!(value("12").unwrap(), yaml::Value::Float(12.0));
    assert_eq!(value("0x7fffffffffffffff").unwrap_err()[0].code(), "validate.integer");
}

// A pointer finds leaves and template line of its node and all below; one that names nothing, of the nearest parent.
#[test]
fn provenance_is_found_by_pointer() {
    let text = "apiVersion: v1\nkind: A\nmetadata: {name: a}\nspec:\n  a: x‹one›\n  b: «two»\n  c/d: 3\n";
    let found = manifests(text).unwrap();
    let check = |pointer: &str, leaves: &[_], flow, line| {
        let provenance = found.objects[0].provenance(pointer);
        let leaves: Leaves = leaves.iter().copied().collect();
        assert_eq!(provenance.dependence, Dependence { leaves, flow }, "{pointer}");
        assert_eq!(provenance.place.line, line, "{pointer}");
    };
    check("/spec/a", &[COPIED], Some(Flow::Exact), 15);
    check("/spec/a/deeper", &[COPIED], Some(Flow::Exact), 15);
    check("/spec/b", &[COMPUTED], Some(Flow::Derived), 16);
    check("/spec/c~1d", &[], None, 17);
    check("/spec", &[COPIED, COMPUTED], Some(Flow::Derived), 15);
    check("/metadata/labels/app", &[], None, 13);
}

// A mark that is not within one value marks the smallest node around it, and so all below: keys, comments, blanks, absences.
#[test]
fn marks_outside_values_mark_the_node_around() {
    let check = |spec: &str, expected: bool| {
        let text = format!("apiVersion: v1\nkind: A\nmetadata: {{name: a}}\nspec:\n  b: 1\n{spec}  z: 1\n");
        let found = manifests(&text).unwrap();
        let is_marked = |pointer| found.objects[0].provenance(pointer).dependence.flow.is_some();
        assert_eq!(is_marked("/spec/z"), expected, "{spec}");
        assert!(is_marked("/spec") && !is_marked("/metadata"), "{spec}");
    };
    check("  ‹key›: 1\n", true);
    check("  a: 1 # ‹comment›\n", true);
    check("‹  c: 1\n›", true);
    check("‹›", true);
    check("  a: 1‹›\n", true);
    check("‹  ›a: 1\n", true);
    check("  a: ‹ 1 \n›", false);
    check("  a: \"‹›\"\n", false);
    check("  a: \"x‹›\"\n", false);
    check("  a: {k: 1, ‹j›: 2}\n", false);
}

// A copy by alias depends on what its anchor depends on.
#[test]
fn aliases_carry_marks() {
    let found = manifests("apiVersion: v1\nkind: A\nmetadata: {name: a}\nx: &x ‹one›\ny: *x\n").unwrap();
    assert_eq!(found.objects[0].provenance("/y").dependence.leaves, Leaves::one(COPIED));
}

// Marks that hang on no object are kept: they would be printed, or decide what is.
#[test]
fn strays_are_kept() {
    let lines = |text: &str| manifests(text).unwrap().strays.iter().map(|stray| stray.at.line).collect::<Vec<_>>();
    assert_eq!(lines("# one\n# ‹two›\n"), [12]);
    assert_eq!(lines("‹›"), [11]);
    assert_eq!(lines("metadata: {x: ‹a›}\nkind: List\nitems: []\n"), [0]);
    assert_eq!(lines("metadata: {x: 1}\nkind: List\nitems: []\n"), [] as [u32; 0]);
}

// Names that came of sealed leaves are in no message.
#[test]
fn labels_hide_sealed_names() {
    let found = manifests("apiVersion: v1\nkind: A\nmetadata: {name: pre-‹secret›}\n").unwrap();
    assert_eq!(found.objects[0].label.to_string(), "A/<sealed>");
    assert_eq!(found.objects[0].name, Name::Given(String::from("pre-secret")));
    let clear = objects(&[super::by_hand::document("apiVersion: v1\nkind: A\nmetadata: {name: ‹a›}\n")], &[].into());
    assert_eq!(clear.unwrap().objects[0].label.to_string(), "A/a");
}
