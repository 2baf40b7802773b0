//! `docs/provenance.md` lists every function under what it does to provenance.

use helm::functions::{Keeps, all};

/// Returns the names between backticks below the heading that ends with `class`.
fn listed(document: &str, class: &str) -> Vec<String> {
    let heading = format!("(`{class}`)");
    let below = document.lines().skip_while(|line| !(line.starts_with("### ") && line.ends_with(&heading))).skip(1);
    let text: Vec<_> = below.take_while(|line| !line.starts_with('#')).collect();
    text.join(" ").split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

fn check(document: &str, class: &str, keeps: Keeps) {
    let mut names: Vec<_> = all().filter(|function| function.keeps == keeps).map(|function| function.name.to_owned()).collect();
    names.sort_unstable();
    let paragraph = names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    assert_eq!(listed(document, class), names, "docs/provenance.md should list below `{class}`:\n{paragraph}");
}

// The document names each function once, in order, where the function's table has it.
#[test]
fn every_function_is_listed() {
    let document = include_str!("../../docs/provenance.md");
    check(document, "Keeps::All", Keeps::All);
    check(document, "Keeps::Marks", Keeps::Marks);
    check(document, "Keeps::Derives", Keeps::Derives);
    check(document, "Keeps::Nothing", Keeps::Nothing);
}
