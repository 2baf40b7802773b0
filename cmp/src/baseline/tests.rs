use super::*;
use crate::diagnostic::{Finding, Subject};
use crate::policies::PolicySet;

fn rules() -> Rulebook {
    Rulebook::new(&PolicySet::built_in().unwrap(), &["role-boundaries/forbidden-path".parse().unwrap()])
}

fn denial(rule: &str, path: &str, exception: Option<Exception>) -> Diagnostic {
    let finding = Finding { rule: rule.parse().unwrap(), subject: Subject::Values, path: path.to_owned(), printed: None };
    let diagnostic = Diagnostic::note(Code::of_policy("p", "r"), "m").at(Place { file: "a".to_owned(), line: 7, column: 1 });
    Diagnostic { finding: Some(Box::new(finding)), exception: exception.map(Box::new), ..diagnostic }
}

fn baseline(lines: &[&str]) -> Baseline {
    Baseline { lines: lines.iter().map(|line| (*line).to_owned()).collect() }
}

fn check(text: &str, expected: &[(u32, &str)]) {
    let failure = Baseline::read("known.txt", text.as_bytes(), &rules()).unwrap_err();
    let got: Vec<(u32, &str)> = failure
        .diagnostics
        .iter()
        .map(|diagnostic| (diagnostic.place.as_ref().unwrap().line, diagnostic.message.as_str()))
        .collect();
    assert_eq!((failure.class, got.as_slice()), (Class::Usage, expected), "{text}");
}

// What is written is read again; only what was let through as known is in it, sorted and once.
#[test]
fn written_and_read() {
    let found = [
        denial("b/b", "/y", Some(Exception::Known)),
        denial("b/b", "/x", Some(Exception::Known)),
        denial("b/b", "/x", Some(Exception::Known)),
        denial("b/b", "/denied", None),
    ];
    let written = Baseline::of(found.iter().map(|found| ("acme/shop/prod", found)));
    assert_eq!(written.text(), format!("{HEAD}\n{ABOUT}\nb/b acme/shop/prod values /x\nb/b acme/shop/prod values /y\n"));
    assert_eq!(Baseline::read("f", written.text().as_bytes(), &rules()).unwrap(), written);
}

// A file that two people have changed may be in any order, hold a line twice and comments of theirs.
#[test]
fn merged_files_are_read() {
    let text = format!("{HEAD}\n# ours\nb/b a/b/c values /y\n\na/a a/b/c values -\r\nb/b a/b/c values /y\n");
    let read = Baseline::read("f", text.as_bytes(), &rules()).unwrap();
    assert_eq!(read, baseline(&["a/a a/b/c values -", "b/b a/b/c values /y"]));
}

// Every line that is none is told with its place.
#[test]
fn bad_lines_are_told() {
    check("a/a a/b/c values -\n", &[(1, "the first line must be `# tidegate baseline 1`")]);
    check("", &[(1, "the first line must be `# tidegate baseline 1`")]);
    let bad = "the line is not rule, application, subject and path";
    check(&format!("{HEAD}\na/a a/b values -\na/a a/b/c values\na a/b/c values -\n"), &[(2, bad), (3, bad), (4, bad)]);
    check(&format!("{HEAD}\na/a a/b/c thing -\na/a a/b/c values x\n"), &[(2, bad), (3, bad)]);
    check(
        &format!("{HEAD}\nrole-boundaries/forbidden-path a/b/c values -\n"),
        &[(2, "`role-boundaries/forbidden-path` is absolute: no baseline holds it")],
    );
    check(
        &format!("{HEAD}\na-policy/unjudgeable a/b/c values -\n"),
        &[(2, "`a-policy/unjudgeable` is absolute: no baseline holds it")],
    );
}

// The limit is read, one more is not.
#[test]
fn limit_obeyed_and_violated() {
    let text_of = |count: usize| {
        let mut text = format!("{HEAD}\n");
        for number in 0..count {
            let _ = writeln!(text, "a/a a/b/c values /{number}");
        }
        text
    };
    assert_eq!(Baseline::read("f", text_of(LINE_LIMIT).as_bytes(), &rules()).unwrap().len(), LINE_LIMIT);
    check(&text_of(LINE_LIMIT + 1), &[(0, "the file has 100001 lines; 100000 are the most that are read")]);
}

// Gone is what an application that was judged no longer has; of the others nothing is known.
#[test]
fn gone_where_it_is_known() {
    let known = baseline(&["a/a x/y/one values /1", "a/a x/y/one values /2", "a/a x/y/two values /1"]);
    let found = baseline(&["a/a x/y/one values /2", "a/a x/y/new values /1"]).lines;
    assert_eq!(known.gone(&found, |application| application == "x/y/one"), ["a/a x/y/one values /1"]);
    assert_eq!(known.gone(&found, |_| true), ["a/a x/y/one values /1", "a/a x/y/two values /1"]);
}
