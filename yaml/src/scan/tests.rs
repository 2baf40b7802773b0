use super::*;

fn check(input: &str, want: &[(TokenKind<'_>, &str)]) {
    let mut scanner = Scanner::of(input, 0);
    let mut got = Vec::new();
    loop {
        let token = scanner.take().expect("valid input");
        if token.kind == TokenKind::StreamEnd {
            break;
        }
        got.push((token.kind, &input[token.start.offset..token.end.offset]));
    }
    assert_eq!(got, want);
}

fn scalar(text: &str, style: ScalarStyle) -> TokenKind<'_> {
    TokenKind::Scalar { text: text.into(), style }
}

/// A token's place is exactly its text, for a block scalar up to the end of what counts as its content.
#[test]
fn places_are_exact() {
    check("'é' ", &[(scalar("é", ScalarStyle::Quoted), "'é'")]);
    check("a  b # c", &[(scalar("a  b", ScalarStyle::Plain), "a  b")]);
    check("|\n a\n b\n\n\n", &[(scalar("a\nb\n", ScalarStyle::Block), "|\n a\n b\n")]);
    check("|-\n a\n\n", &[(scalar("a", ScalarStyle::Block), "|-\n a")]);
    check("|+ # c\n a\n\n", &[(scalar("a\n\n", ScalarStyle::Block), "|+ # c\n a\n\n")]);
    check(">\n a", &[(scalar("a", ScalarStyle::Block), ">\n a")]);
}

fn check_error(input: &str, message: &str) {
    let mut scanner = Scanner::of(input, 0);
    let error = loop {
        match scanner.take() {
            Ok(token) => assert_ne!(token.kind, TokenKind::StreamEnd, "{input} is read"),
            Err(error) => break error,
        }
    };
    assert_eq!(error.problem, message, "{input}");
}

/// A text of 1024 characters may be a key, a longer one is none.
#[test]
fn simple_keys_obeyed_and_violated() {
    let long = |characters: usize| format!("{}: b", "a".repeat(characters));
    let key = long(SIMPLE_KEY_CHARACTERS);
    let mut scanner = Scanner::of(&key, 0);
    while scanner.take().expect("valid input").kind != TokenKind::StreamEnd {}
    check_error(&long(SIMPLE_KEY_CHARACTERS + 1), "a `:` cannot stand here; a value that holds `: ` needs quotes");
}

/// A number of the version has two digits at most.
#[test]
fn version_digits_obeyed_and_violated() {
    check(
        "%YAML 1.01\n--- a",
        &[
            (TokenKind::VersionDirective { major: 1, minor: 1 }, "%YAML 1.01"),
            (TokenKind::DocumentStart, "---"),
            (scalar("a", ScalarStyle::Plain), "a"),
        ],
    );
    check_error("%YAML 1.001\n--- a", "a %YAML directive needs a version such as 1.1");
}
