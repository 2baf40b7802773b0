//! Places in SARIF: a relative URI, and the root it is relative to.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use crate::diagnostic::Place;
use crate::report::check::{Report, Roots};
use crate::report::sink::clean;

/// The values repository.
const VALUES: &str = "SRCROOT";

/// The chart root.
const CHARTS: &str = "CHARTROOT";

/// The configuration's folder.
const CONFIGURATION: &str = "CONFIGROOT";

/// 3.14.14: the roots. Where they lie is this machine's business, so they have a description and no URI.
pub(super) fn bases(report: &Report) -> Value {
    let Roots { charts, configuration } = &report.roots;
    let root = |text: &str| json!({ "description": { "text": text } });
    let mut bases = Map::new();
    bases.insert(VALUES.to_owned(), root("the values repository"));
    if charts.is_some() {
        bases.insert(CHARTS.to_owned(), root("the checkout of the chart repository"));
    }
    if configuration.is_some() {
        bases.insert(CONFIGURATION.to_owned(), root("the folder of the platform's configuration"));
    }
    Value::Object(bases)
}

/// 3.29: a place in a file; of a file as a whole there is no region.
pub(super) fn physical(place: &Place, report: &Report) -> Value {
    let mut location = json!({ "artifactLocation": artifact(&place.file, report) });
    let Place { file: _, line, column } = *place;
    if let (Some(fields), true) = (location.as_object_mut(), line > 0) {
        let region = if column > 0 { json!({ "startLine": line, "startColumn": column }) } else { json!({ "startLine": line }) };
        fields.insert("region".to_owned(), region);
    }
    location
}

/// 3.4: a file.
pub(super) fn artifact(file: &str, report: &Report) -> Value {
    let Roots { charts, configuration } = &report.roots;
    for (root, base) in [(charts, CHARTS), (configuration, CONFIGURATION)] {
        if let Some(path) = root.as_deref().and_then(|root| below(file, root)) {
            return json!({ "uri": uri(&path), "uriBaseId": base });
        }
    }
    if file.starts_with('/') {
        return json!({ "uri": format!("file://{}", uri(file)) });
    }
    json!({ "uri": uri(file), "uriBaseId": VALUES })
}

/// Returns the path of a file below a root.
fn below(file: &str, root: &str) -> Option<String> {
    let rest = file.strip_prefix(root.trim_end_matches('/'))?.strip_prefix('/')?;
    (!rest.is_empty()).then(|| rest.to_owned())
}

/// Returns a path as the path of a URI: what is no plain letter is escaped (RFC 3986, section 3.3; a colon would end a scheme).
fn uri(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in clean(path).bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(file: &str, expected: &Value) {
        let roots = Roots { charts: Some("../charts".to_owned()), configuration: Some("../platform".to_owned()) };
        assert_eq!(artifact(file, &Report { roots, ..Report::default() }), *expected, "{file}");
    }

    // A file is relative to the root it lies below, and a path on this machine only where it lies below none.
    #[test]
    fn files_have_roots() {
        check("customers/a.yaml", &json!({ "uri": "customers/a.yaml", "uriBaseId": "SRCROOT" }));
        check("../charts/shop/x.yaml", &json!({ "uri": "shop/x.yaml", "uriBaseId": "CHARTROOT" }));
        check("../platform/waivers.yaml", &json!({ "uri": "waivers.yaml", "uriBaseId": "CONFIGROOT" }));
        check("../charts-old/x.yaml", &json!({ "uri": "../charts-old/x.yaml", "uriBaseId": "SRCROOT" }));
        check("/etc/x.yaml", &json!({ "uri": "file:///etc/x.yaml" }));
    }

    // Whatever a file is called, its URI is one, and names nothing else.
    #[test]
    fn odd_names_are_escaped() {
        check("a b/ü:%?#[x].yaml", &json!({ "uri": "a%20b/%C3%BC%3A%25%3F%23%5Bx%5D.yaml", "uriBaseId": "SRCROOT" }));
        check("http://evil/x", &json!({ "uri": "http%3A//evil/x", "uriBaseId": "SRCROOT" }));
    }
}
