//! The release name of a chart's render: given, made by a template, or helm's own.
//!
//! Rules: the same names are refused as by helm, in its words.

use helm::chart::ChartFile;
use helm::render::{Options, render};
use helm::template::{parse, uses};
use helm::value::Map;
use tidegate::chart;
use tidegate::diagnostic::{Class, Code, Diagnostic, Failure};

use crate::args::ChartRenderArgs;

/// The name helm gives where nobody names the release, `--generate-name` or not.
///
/// # Source
/// helm `pkg/cmd/template.go`, `newTemplateCmd`.
const UNNAMED: &str = "release-name";
/// The most bytes a release name may have.
///
/// # Source
/// helm `pkg/chart/v2/util/validate_name.go`, `maxReleaseNameLen`.
const NAME_BYTES: usize = 53;
/// The pattern of release names, as helm's message quotes it.
const NAME_PATTERN: &str = r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$";

/// Functions that helm gives to templates of charts only.
///
/// # Source
/// helm `pkg/action/install.go`, `TemplateName`: sprig's functions; `pkg/engine/funcs.go`, `funcMap`: those of charts.
const OF_CHARTS: [&str; 13] = [
    "include",
    "tpl",
    "required",
    "lookup",
    "toToml",
    "mustToToml",
    "fromToml",
    "toYaml",
    "mustToYaml",
    "toYamlPretty",
    "fromYaml",
    "fromYamlArray",
    "fromJsonArray",
];

/// Whose chart is rendered under which name.
#[derive(Debug)]
pub(super) struct Named<'a> {
    /// The chart's path.
    pub(super) chart: &'a str,
    /// The name; nothing where a template or helm makes it.
    pub(super) given: Option<&'a str>,
}

/// Returns the name and the chart of the arguments.
///
/// # Source
/// helm `pkg/action/install.go`, `NameAndChart`.
pub(super) fn named(args: &ChartRenderArgs) -> Result<Named<'_>, Failure> {
    match args.name_and_chart.as_slice() {
        [chart] => Ok(Named { chart, given: None }),
        [name, chart] => {
            if args.release.generate_name {
                return Err(usage("cannot set --generate-name and also specify a name", "leave out the name, or the flag"));
            }
            if args.release.name_template.is_some() {
                return Err(usage("cannot set --name-template and also specify a name", "leave out the name, or the flag"));
            }
            Ok(Named { chart, given: Some(name) })
        }
        _ => Err(usage("a chart must be named", "name the chart's directory or archive")),
    }
}

/// Returns the release name. `options` are those of the render, for a name that a template makes.
///
/// # Source
/// helm `pkg/action/install.go`, `NameAndChart`, `availableName`.
pub(super) fn release_name(args: &ChartRenderArgs, options: &Options) -> Result<String, Failure> {
    let name = match (named(args)?.given, args.release.name_template.as_deref()) {
        (Some(name), _) => name.to_owned(),
        (None, Some(template)) if !template.is_empty() => of_template(template, options)?,
        (None, _) => UNNAMED.to_owned(),
    };
    let wrong = if name.is_empty() {
        "no name provided".to_owned()
    } else if is_valid(&name) {
        return Ok(name);
    } else {
        format!("invalid release name, must match regex {NAME_PATTERN} and the length must not be longer than {NAME_BYTES}")
    };
    let hint = "use small letters, digits, `-` and `.`, with a letter or digit at each end";
    Err(usage(format!("release name check failed: release name {name:?}: {wrong}"), hint))
}

/// Says whether helm takes a name.
///
/// # Source
/// helm `pkg/chart/v2/util/validate_name.go`, `ValidateReleaseName`.
fn is_valid(name: &str) -> bool {
    let within = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let part = |part: &str| {
        let bytes = part.as_bytes();
        let ends = bytes.first().zip(bytes.last()).is_some_and(|(first, last)| within(*first) && within(*last));
        ends && bytes.iter().all(|byte| within(*byte) || *byte == b'-')
    };
    name.len() <= NAME_BYTES && name.split('.').all(part)
}

/// Returns what a template prints, which sees nothing but functions.
///
/// # Source
/// helm `pkg/action/install.go`, `TemplateName`.
fn of_template(template: &str, options: &Options) -> Result<String, Failure> {
    let parsed = parse(template.as_bytes()).map_err(|problem| usage(format!("--name-template: {}", problem.message), MEND))?;
    if let Some(found) = uses::uses(&parsed).into_iter().find(|found| OF_CHARTS.contains(&found.function)) {
        return Err(usage(format!("--name-template: function {:?} not defined", found.function), MEND));
    }
    let files = [
        ("Chart.yaml", "apiVersion: v2\nname: name\nversion: 1.0.0\n"),
        ("templates/_name.tpl", template),
        ("templates/name.yaml", "name: {{ include \"name/templates/_name.tpl\" nil | toJson }}"),
    ];
    let files = files.map(|(path, text)| ChartFile { path: path.to_owned(), data: text.as_bytes().to_vec() });
    let prepared = chart::prepare(files.to_vec(), "--name-template")?;
    let failed = |words: String| usage(format!("--name-template: {words}"), MEND);
    let outcome = render(&prepared, &Map::new(), options, &mut |_, _| None).map_err(|error| match error {
        helm::render::RenderError::Template(failure) => failed(String::from_utf8_lossy(failure.message.as_bytes()).into_owned()),
        other => failed(other.to_string()),
    })?;
    let printed = outcome.documents.first().map(|document| document.text.as_bytes()).unwrap_or_default();
    serde_json::from_slice(printed.strip_prefix(b"name: ").unwrap_or_default()).map_err(|error| failed(error.to_string()))
}

/// What to do about a template that makes no name.
const MEND: &str = "mend the template, or name the release";

fn usage(message: impl Into<String>, hint: &str) -> Failure {
    Failure::one(Class::Usage, Diagnostic::error(Code::USAGE, message).hint(hint))
}

#[cfg(test)]
mod tests {
    use super::*;

    // Names are those of Kubernetes, up to 53 bytes.
    #[test]
    fn names_as_helm_takes_them() {
        for name in ["a", "a-b", "a.b", "1", "a--b", &"a".repeat(NAME_BYTES)] {
            assert!(is_valid(name), "{name}");
        }
        for name in ["-a", "a-", "A", "a_b", "a..b", ".a", "a.", "a b", "é", "a\n", &"a".repeat(NAME_BYTES + 1)] {
            assert!(!is_valid(name), "{name}");
        }
    }
}
