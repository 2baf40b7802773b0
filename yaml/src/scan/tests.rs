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
