//! The executor on small templates: what it prints, what it marks, how it fails.

use std::collections::BTreeMap;
use std::sync::Arc;

use yaml::ReadOptions;

use super::{Engine, Program, Settings, Tracking, Written, parse};
use crate::profile::Profile;
use crate::provenance::{Flow, LeafId};
use crate::render::{Budget, Hashes, Randomness, TemplateFailure};
use crate::value::{Data, Map, Value};
use crate::values::from_node;

/// Values of the tests; those below `sealed` are leaves 0, 1, ... in document order.
fn values(text: &str) -> Value {
    let documents = yaml::read(text.as_bytes(), &ReadOptions::helm()).unwrap();
    let root = from_node(&documents[0], &mut |_| None);
    let mut next = 0;
    let sealed = from_node(&documents[0], &mut |_| {
        next += 1;
        Some(LeafId(next - 1))
    });
    let (Data::Map(root, _), Data::Map(sealed, _)) = (&root.data, &sealed.data) else { panic!("values are a map") };
    if let Some(value) = sealed.get(b"sealed") {
        root.insert(b"sealed", value);
    }
    let dot = Map::new();
    dot.insert(b"Values", Value::map(root.clone()));
    Value::map(dot)
}

fn run_within(budget: Budget, template: &str, dot: &Value) -> Result<Written, Box<TemplateFailure>> {
    let digests = (0..9).map(|id| (LeafId(id), vec![7])).collect::<BTreeMap<_, _>>();
    let settings = Settings {
        profile: Profile::default(),
        budget,
        hashes: Hashes::Ciphertext(Arc::new(digests)),
        randomness: Randomness::Refuse,
        first_pseudo_leaf: 1000,
        tracking: Tracking::Some,
    };
    let parsed = Arc::new(parse(template.as_bytes()).map_err(|error| panic!("{error} at {}", error.at)).unwrap());
    Program::new([("t", &parsed)]).run(&mut Engine::new(&settings), "t", dot.clone())
}

fn run(template: &str, sealed: &str) -> Result<Written, Box<TemplateFailure>> {
    run_within(Budget::default(), template, &values(sealed))
}

/// Checks the text and its marks, each `start..end` with `=` where exact and `~` where derived.
fn check(template: &str, text: &str, marks: &[&str]) {
    let written = run(template, "sealed: {pw: hunter2, flag: true, count: 3}\nlist: [1, 2, 3]\nplain: yes").unwrap();
    assert_eq!(String::from_utf8_lossy(written.text.as_bytes()), text, "{template}");
    let found = written.text.marks().as_slice().iter().map(|mark| {
        let sign = if mark.flow == Flow::Exact { "=" } else { "~" };
        format!("{}..{}{sign}{}", mark.start, mark.end, mark.leaves.as_slice()[0].0)
    });
    let mut found: Vec<_> = found.collect();
    found.dedup();
    assert_eq!(found, marks, "{template}");
}

fn fails(template: &str, message: &str, sealed: &[u32]) {
    let failure = run(template, "sealed: {pw: hunter2, flag: true, count: 3}").unwrap_err();
    assert_eq!(String::from_utf8_lossy(failure.message.as_bytes()), message, "{template}");
    assert_eq!(failure.leaves.as_slice().iter().map(|leaf| leaf.0).collect::<Vec<_>>(), sealed, "{template}");
}

// What is copied is marked where it stands; nothing else is.
#[test]
fn copies_are_exact() {
    check("a {{ .Values.sealed.pw }} b", "a hunter2 b", &["2..9=0"]);
    check("{{ $x := .Values.sealed.pw }}{{ $x }}", "hunter2", &["0..7=0"]);
    check("{{ define \"d\" }}<{{ . }}>{{ end }}{{ include \"d\" .Values.sealed.pw }}", "<hunter2>", &["1..8=0"]);
    check("{{ with .Values.sealed }}{{ .pw }}{{ end }}", "hunter2", &["0..7=0"]);
    check("{{ .Values.sealed.count }}", "3", &["0..1~2"]);
}

// A branch that a sealed value decides marks all it writes, and its place if it writes nothing.
#[test]
fn decided_branches_are_derived() {
    check("a{{ if eq .Values.sealed.pw \"x\" }}b{{ end }}c", "ac", &["1..1~0"]);
    check("a{{ if ne .Values.sealed.pw \"x\" }}b{{ end }}c", "abc", &["1..2~0"]);
    check("{{ if .Values.sealed.flag }}b{{ end }}c", "bc", &["0..1~1"]);
    check("{{ if .Values.sealed.pw }}b{{ end }}c", "bc", &[]);
    check("{{ len .Values.sealed.pw }}", "7", &["0..1~0"]);
}

// Variables assigned in a branch, run or not, are derived; those declared inside are gone.
#[test]
fn assignments_carry_control() {
    check("{{ $x := \"a\" }}{{ if eq .Values.sealed.pw \"x\" }}{{ $x = \"b\" }}{{ end }}{{ $x }}", "a", &["0..0~0", "0..1~0"]);
    check("{{ $x := \"a\" }}{{ if ne .Values.sealed.pw \"x\" }}{{ $x = \"b\" }}{{ end }}{{ $x }}", "b", &["0..0~0", "0..1~0"]);
}

// A loop that a sealed value may have left early marks what follows in it.
#[test]
fn breaks_carry_control() {
    check(
        "{{ range .Values.list }}{{ if eq $.Values.sealed.pw \"x\" }}{{ break }}{{ end }}{{ . }}{{ end }}-",
        "123-",
        &["0..0~0", "0..3~0"],
    );
}

// Where a sealed value chose which map is changed, or which template changes one, all maps look as if they had been.
#[test]
fn chosen_changes_carry_control() {
    let check_false = |template: &str, leaf: u32| check(template, "false", &[&format!("0..5~{leaf}")]);
    let maps = "{{ $a := dict }}{{ $b := dict }}";
    check_false(&format!("{maps}{{{{ $_ := set (ternary $a $b .Values.sealed.flag) \"k\" 1 }}}}{{{{ hasKey $b \"k\" }}}}"), 1);
    check_false(
        &format!("{maps}{{{{ $_ := set (index (dict \"hunter2\" $a) .Values.sealed.pw) \"k\" 1 }}}}{{{{ hasKey $b \"k\" }}}}"),
        0,
    );
    let templates = "{{ define \"hunter2\" }}{{ end }}{{ define \"other\" }}{{ $_ := set . \"k\" 1 }}{{ end }}";
    check_false(&format!("{templates}{maps}{{{{ $_ := include .Values.sealed.pw $a }}}}{{{{ hasKey $a \"k\" }}}}"), 0);
}

// Of `lookup` nothing is on record where a sealed value decided that it is called: the record is told.
#[test]
fn decided_lookups_are_not_told() {
    let settings = Settings {
        profile: Profile::default(),
        budget: Budget::default(),
        hashes: Hashes::Plain,
        randomness: Randomness::Refuse,
        first_pseudo_leaf: 1000,
        tracking: Tracking::Some,
    };
    let told = |condition: &str| {
        let template = format!("{{{{ if {condition} }}}}{{{{ $_ := lookup \"v1\" \"Secret\" \"\" \"\" }}}}{{{{ end }}}}");
        let parsed = Arc::new(parse(template.as_bytes()).map_err(|error| panic!("{error} at {}", error.at)).unwrap());
        let mut engine = Engine::new(&settings);
        Program::new([("t", &parsed)]).run(&mut engine, "t", values("sealed: {pw: hunter2}\nplain: true")).unwrap();
        engine.into_records().1.len()
    };
    assert_eq!(told(".Values.plain"), 1);
    assert_eq!(told("eq .Values.sealed.pw \"hunter2\""), 0);
}

// `and` and `or` hand on what they choose, and what decided.
#[test]
fn choices_carry_what_decided() {
    check("{{ or .Values.sealed.pw \"a\" }}", "hunter2", &["0..7=0"]);
    check("{{ and .Values.sealed.flag \"a\" }}", "a", &["0..1~1"]);
    check("{{ and .Values.sealed.pw \"a\" }}", "a", &[]);
}

// Failures say what they depend on; a sealed text is never run as a template.
#[test]
fn failures_carry_control() {
    fails("{{ fail \"no\" }}", "no", &[]);
    fails("{{ fail .Values.sealed.pw }}", "hunter2", &[0]);
    fails("{{ if eq .Values.sealed.pw \"hunter2\" }}{{ fail \"it is\" }}{{ end }}", "it is", &[0]);
    fails("{{ required \"need x\" .Values.x }}", "need x", &[]);
    fails("{{ .Values.a.b }}", "nil pointer evaluating interface {}.b", &[]);
    fails(
        "{{ tpl (printf \"{{ . }}%s\" .Values.sealed.pw) . }}",
        "error calling tpl: a sealed value must not be run as a template",
        &[0],
    );
}

// A failure names the innermost place, the way there, and the value path.
#[test]
fn failures_have_places() {
    let failure = run("{{ define \"d\" }}\n  {{ .Values.a.b }}{{ end }}\n\n{{ include \"d\" . }}", "{}").unwrap_err();
    assert_eq!((failure.at.line, failure.at.column), (2, 13));
    assert_eq!(failure.chain.iter().map(|site| (site.line, site.column)).collect::<Vec<_>>(), [(4, 4)]);
    assert_eq!(failure.value_path.as_deref(), Some("a.b"));
}

// What is wrong with a value is said at the operand that was evaluated last, what is wrong with a call at the name: as Go says it.
#[test]
fn places_are_those_of_go() {
    let check = |template: &str, column: u32| {
        assert_eq!(run(template, "a: {b: text}").unwrap_err().at.column, column, "{template}");
    };
    check("{{ .Values.a | trunc 4 }}", 22);
    check("{{ .Values.a | trim }}", 16);
    check("{{ .Values.a | replace \"x\" (.Values.a.b | quote) }}", 43);
    check("{{ trim (.Values.b | default .Values.a) }}", 37);
    check("{{ range $x := .Values.a.b }}{{ end }}", 23);
    check("{{ range (.Values.a).b }}{{ end }}", 18);
    check("{{ template \"absent\" . }}", 13);
}

// Each budget is kept, and its breach says which.
#[test]
fn budgets() {
    let dot = values("{}");
    let small = Budget { depth: 10, steps: 100, key_steps: 100, text_bytes: 40, output_bytes: 40, memory_bytes: 10_000 };
    let refused = |template: &str| {
        let failure = run_within(small, template, &dot).unwrap_err();
        String::from_utf8_lossy(failure.message.as_bytes()).into_owned()
    };
    assert!(run_within(small, "{{ range 10 }}1234{{ end }}", &dot).is_ok());
    assert_eq!(refused("{{ range 11 }}1234{{ end }}{{ . }}"), "a template prints more than 40 bytes");
    assert_eq!(refused("{{ range 1000000000000 }}{{ end }}"), "the render takes more than 100 steps");
    assert_eq!(
        refused("{{ define \"d\" }}{{ template \"d\" }}{{ end }}{{ template \"d\" }}"),
        "templates call one another more than 10 deep"
    );
}

// What prints for ever, because values hold each other many times over, ends at the bound of a result, however it is printed.
#[test]
fn values_that_print_for_ever_are_refused() {
    let head = "{{ $m := dict \"a\" (repeat 65536 \"x\") }}{{ range until 60 }}{{ $m = dict \"a\" $m \"b\" $m }}{{ end }}";
    for (call, name) in
        [("print $m", "print"), ("printf \"%v\" $m", "printf"), ("printf \"%s\" $m", "printf"), ("quote $m", "quote")]
    {
        let failure = run(&format!("{head}{{{{ {call} | len }}}}"), "{}").unwrap_err();
        let message = String::from_utf8_lossy(failure.message.as_bytes()).into_owned();
        assert_eq!(message, format!("error calling {name}: the result is larger than 16777216 bytes"));
    }
    let failure = run(&format!("{head}{{{{ $m }}}}{{{{ $m }}}}"), "{}").unwrap_err();
    assert_eq!(String::from_utf8_lossy(failure.message.as_bytes()), "a template prints more than 16777216 bytes");
}

// Deep recursion of templates up to the limit does not overflow the stack.
#[test]
fn recursion_up_to_the_limit() {
    let template =
        "{{ define \"r\" }}{{ range 1 }}{{ with 1 }}{{ include \"r\" . }}{{ end }}{{ end }}{{ end }}{{ include \"r\" 1 }}";
    let failure = run(template, "{}").unwrap_err();
    assert_eq!(String::from_utf8_lossy(failure.message.as_bytes()), "templates call one another more than 1000 deep");
    assert_eq!(failure.chain.len(), 1000);
}

// What functions and methods compute from a leaf is derived from it, to the last item of a list and field of an object.
#[test]
fn computed_values_are_derived() {
    check("{{ (toDate \"2006\" \"2024\").Format .Values.sealed.pw }}", "hunter1", &["0..7~0"]);
    check("{{ (urlParse .Values.sealed.pw).path }}", "hunter2", &["0..7~0"]);
    check("{{ (mustToDuration .Values.sealed.count).Seconds }}", "3", &["0..1~2"]);
    check("{{ (semver (.Values.sealed.count | toString)).Major }}", "3", &["0..1~2"]);
    check("{{ range regexSplit \"t\" .Values.sealed.pw -1 }}{{ . }}{{ end }}", "huner2", &["0..3~0", "0..6~0", "3..6~0"]);
    check("{{ (semver \"1.2.3\").Major }}", "1", &[]);
}

// Chance is marked by a leaf of its own, where it is printed and nowhere else.
#[test]
fn chance_is_marked() {
    check("{{ uuidv4 | len }}", "36", &["0..2~1000"]);
    check("{{ default (randAlpha 2) .Values.plain }}", "true", &[]);
    check("{{ now | date \"2006\" }}", "1970", &["0..4~1000"]);
}
