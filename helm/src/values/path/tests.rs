use super::*;
use proptest::prelude::*;

fn check(text: &str, want: Result<&[&str], PathError>) {
    let got = text.parse::<ValuePath>().map(|path| {
        let steps = path.steps().iter();
        steps
            .map(|step| match step {
                Step::Key(key) => key.clone(),
                Step::Index(index) => format!("#{index}"),
            })
            .collect::<Vec<_>>()
    });
    assert_eq!(got, want.map(|steps| steps.iter().map(ToString::to_string).collect()), "{text}");
}

fn covers(pattern: &str, path: &str) -> bool {
    pattern.parse::<PathPattern>().unwrap().matches(&path.parse().unwrap())
}

// Keys, items and escapes are read as `helm --set` reads them.
#[test]
fn paths_as_in_set() {
    check("a", Ok(&["a"]));
    check("", Ok(&[]));
    check("a.b-c.d_e", Ok(&["a", "b-c", "d_e"]));
    check("a[0].b[12][3]", Ok(&["a", "#0", "b", "#12", "#3"]));
    check("[1].a", Ok(&["#1", "a"]));
    check(r"annotations.example\.com/owner", Ok(&["annotations", "example.com/owner"]));
    check(r"a\[0\].b\\c", Ok(&["a[0]", r"b\c"]));
    check("é.日本", Ok(&["é", "日本"]));
}

// What is no path says which character is wrong.
#[test]
fn broken_paths_name_the_character() {
    check(".a", Err(PathError::EmptyKey { at: 1 }));
    check("a..b", Err(PathError::EmptyKey { at: 3 }));
    check("a.", Err(PathError::EmptyKey { at: 3 }));
    check("a[x]", Err(PathError::Index { at: 3 }));
    check("a[]", Err(PathError::Index { at: 3 }));
    check("a[1", Err(PathError::Index { at: 3 }));
    check("a[1]b", Err(PathError::Index { at: 5 }));
    check(r"a\", Err(PathError::Backslash));
}

// The largest index and the longest path are still read, one more is not.
#[test]
fn limits_obeyed_and_violated() {
    check("a[65536]", Ok(&["a", "#65536"]));
    check("a[65537]", Err(PathError::Index { at: 3 }));
    let longest = "a".repeat(PATH_BYTES);
    check(&longest, Ok(&[&longest]));
    check(&format!("{longest}a"), Err(PathError::TooLong));
}

// A pattern without stars covers that one path.
#[test]
fn plain_patterns_cover_themselves() {
    assert!(covers("image.repository", "image.repository"));
    assert!(!covers("image.repository", "image"));
    assert!(!covers("image.repository", "image.repository.x"));
    assert!(!covers("image.repository", "cache.image.repository"));
}

// `*` covers one step, `**` any number of them.
#[test]
fn stars_cover_steps() {
    assert!(covers("*.image", "cache.image"));
    assert!(covers("list.*.name", "list[3].name"));
    assert!(!covers("*.image", "image"));
    assert!(!covers("*.image", "a.b.image"));
    assert!(covers("**.securityContext.**", "securityContext"));
    assert!(covers("**.securityContext.**", "pod.containers[0].securityContext.runAsUser"));
    assert!(!covers("**.securityContext.**", "pod.securityContexts.x"));
    assert!(covers("**", ""));
    assert!(covers("a.**.b.**.c", "a.b.x.b.y.c"));
}

// An escaped star is a key.
#[test]
fn escaped_stars_are_keys() {
    assert!(covers(r"\*", r"\*"));
    assert!(!covers(r"\*", "a"));
    assert!(!covers(r"hosts.\**", "hosts.a.b"));
}

// Many `**` take no longer than a few.
#[test]
fn many_stars_end() {
    let pattern = "**.a.".repeat(400) + "b";
    assert!(!covers(&pattern, "a.".repeat(1500).trim_end_matches('.')));
}

proptest! {
    // What is printed reads back as the same path, and covers itself as a pattern.
    #[test]
    fn printed_paths_read_back(steps in proptest::collection::vec(prop_oneof![
        "[a-z.\\\\\\[\\]=,*é]{1,8}".prop_map(Step::Key),
        (0..=INDEX).prop_map(Step::Index),
    ], 0..8)) {
        let path = ValuePath::new(steps);
        prop_assert_eq!(path.to_string().parse::<ValuePath>(), Ok(path.clone()));
        prop_assert!(path.to_string().parse::<PathPattern>().unwrap().matches(&path));
    }

    // No text makes the reader panic.
    #[test]
    fn reading_never_panics(text in ".{0,64}") {
        let _ = text.parse::<ValuePath>();
    }
}
