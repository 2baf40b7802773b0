//! A part of the output: the documents of chosen templates, as `--show-only` prints them.
//!
//! In: the bytes of [`super::order::stream`], patterns of paths in the chart. Out: the documents, pattern by pattern.
//! Rules: `*` and `?` match within a directory; a document belongs to the template its `# Source:` line names, and one that has none is
//! never shown; a pattern that matches nothing is refused.

use crate::chart::pattern::Pattern;

/// What comes before the template's name in a document.
const SOURCE: &str = "# Source: ";

/// No document is from such a template.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("could not find template {pattern} in chart")]
pub struct NotShown {
    /// The pattern.
    pub pattern: String,
    /// The templates that have documents, without the chart's name.
    pub templates: Vec<String>,
}

/// Returns the documents of the templates that match, as `helm template --show-only` prints them.
///
/// # Errors
/// [`NotShown`] for the first pattern that matches nothing.
///
/// # Source
/// helm `pkg/cmd/template.go`, `newTemplateCmd`; `pkg/release/v1/util/manifest.go`, `SplitManifests`.
pub fn show_only(stream: &[u8], patterns: &[String]) -> Result<Vec<u8>, NotShown> {
    let text = String::from_utf8_lossy(stream);
    let documents: Vec<(&str, &str)> =
        split(&text).into_iter().filter_map(|document| source(document).map(|source| (source, document))).collect();
    let mut out = Vec::new();
    for pattern in patterns {
        let compiled = Pattern::parse(pattern).ok();
        let matches = |source: &str| compiled.as_ref().is_some_and(|compiled| compiled.matches(source));
        let before = out.len();
        for (_, document) in documents.iter().filter(|(source, _)| matches(source)) {
            out.extend_from_slice(b"---\n");
            out.extend_from_slice(document.as_bytes());
            out.push(b'\n');
        }
        if out.len() == before {
            let mut templates: Vec<String> = documents.iter().map(|(source, _)| (*source).to_owned()).collect();
            templates.sort();
            templates.dedup();
            return Err(NotShown { pattern: pattern.clone(), templates });
        }
    }
    Ok(out)
}

/// Returns the documents of a stream that are not blank, without the white space before them. A separator is `---` at the head of a
/// line; what follows it on that line belongs to the next document.
fn split(stream: &str) -> Vec<&str> {
    let stream = stream.trim_start();
    let heads_line = |at: &usize| *at == 0 || stream.as_bytes().get(at - 1) == Some(&b'\n');
    let separators = stream.match_indices("---").map(|(at, _)| at).filter(heads_line);
    let mut documents = Vec::new();
    let mut from = 0;
    for at in separators {
        documents.extend(stream.get(from..at));
        from = at + "---".len();
    }
    documents.extend(stream.get(from..));
    documents.into_iter().map(str::trim_start).filter(|document| !document.is_empty()).collect()
}

/// Returns the template a document names, without the chart's name.
fn source(document: &str) -> Option<&str> {
    document.match_indices(SOURCE).find_map(|(at, _)| {
        let named = document.get(at + SOURCE.len()..)?;
        let (chart, below) = named.split_once('/')?;
        let template = below.split('\n').next()?;
        (!chart.is_empty() && !template.is_empty()).then_some(template)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const STREAM: &str =
        "---\n# Source: x/templates/a.yaml\na: 1\n---\n# Source: x/templates/sub/b.yaml\nb: 1\n---\nno: source\n";

    fn check(patterns: &[&str], expected: Result<&str, &str>) {
        let patterns: Vec<String> = patterns.iter().map(ToString::to_string).collect();
        let got = show_only(STREAM.as_bytes(), &patterns).map(|shown| String::from_utf8(shown).unwrap());
        let got = got.map_err(|missing| missing.to_string());
        assert_eq!(got, expected.map(str::to_owned).map_err(str::to_owned), "{patterns:?}");
    }

    // Patterns decide the order, and may show a document twice; stars stay within a directory.
    #[test]
    fn patterns_choose_documents() {
        let (a, b) = ("---\n# Source: x/templates/a.yaml\na: 1\n\n", "---\n# Source: x/templates/sub/b.yaml\nb: 1\n\n");
        check(&["templates/a.yaml"], Ok(a));
        check(&["templates/*"], Ok(a));
        check(&["templates/sub/*", "templates/?.yaml", "templates/*/*"], Ok(&format!("{b}{a}{b}")));
    }

    // A pattern that matches nothing, or is none, is refused in helm's words.
    #[test]
    fn unknown_templates_are_refused() {
        check(&["templates/a.yaml", "templates/c.yaml"], Err("could not find template templates/c.yaml in chart"));
        check(&["a.yaml"], Err("could not find template a.yaml in chart"));
        check(&["templates/[a"], Err("could not find template templates/[a in chart"));
    }
}
