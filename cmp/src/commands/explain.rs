//! `explain`: which layers set a value, which won, what uses it.

use std::fmt::Write as _;

use helm::values::ValuePath;
use serde_json::json;
use tidegate::admission::{Purpose, admit};
use tidegate::application::ApplicationName;
use tidegate::context::Wishes;
use tidegate::diagnostic::{Class, Code, Diagnostic, Failure};
use tidegate::explain::{Explanation, NotSet, Setting, Shown, Use, explain, uses};
use tidegate::report::sink::clean_line;
use tidegate::values;
use tidegate::variables::Variables;

use super::{Product, estate};
use crate::args::{ExplainArgs, ReportForm};

/// Objects that are named as users of a value; more are counted.
const USES_SHOWN: usize = 20;

/// Returns the explanation.
pub(crate) fn run(args: &ExplainArgs, variables: &Variables) -> Result<Product, Failure> {
    let ExplainArgs { application, path, estate: estate_args, output } = args;
    let name: ApplicationName = application.parse()?;
    let path = value_path(path.as_deref())?;
    let (estate, warnings) = estate::open(estate_args, variables)?;
    let wishes = Wishes { role: estate_args.role.clone(), ..Wishes::default() };
    let context = estate::context(&name, &wishes, &estate).map_err(|failure| failure.with(&warnings))?;
    let keys = estate::keys(&context);
    let about = |failure| estate::about(failure, &name, &estate).with(&warnings);
    let values = values::collect(&estate, &context, &keys).map_err(about)?;
    let merged = values.tracked().map_err(about)?;
    let explanations = explain(&values, &merged, &path).map_err(|error| about(not_set(&path, &error)))?;
    let mut diagnostics = warnings.clone();
    let used = admit(&estate, &context, &keys, Purpose::Render).and_then(|admitted| admitted.tracked());
    let used = match used {
        Ok(manifests) => Some(uses(&explanations, &manifests)),
        Err(failure) => {
            let first = failure.diagnostics.first().map(|diagnostic| diagnostic.code.to_string()).unwrap_or_default();
            let message = format!("what uses it is not known: the application does not render ({first})");
            diagnostics.push(Diagnostic::note(Code::EXPLAIN_UNUSED, message).hint("see `tidegate check` of the application"));
            None
        }
    };
    let text = match output {
        ReportForm::Text => text(&explanations, used.as_deref()),
        ReportForm::Json => as_json(&name, &explanations, used.as_deref()),
    };
    Ok(Product { text: text.into_bytes(), diagnostics, verdict: None })
}

fn value_path(path: Option<&str>) -> Result<ValuePath, Failure> {
    path.map_or_else(
        || Ok(ValuePath::new(Vec::new())),
        |path| {
            path.parse().map_err(|error: helm::values::PathError| {
                let diagnostic = Diagnostic::error(Code::USAGE, format!("`{path}` is no path into values: {error}"));
                Failure::one(
                    Class::Usage,
                    diagnostic.hint("write it as in helm's --set: `resources.limits.cpu`, `hosts[0].name`"),
                )
            })
        },
    )
}

fn not_set(path: &ValuePath, error: &NotSet) -> Failure {
    let diagnostic = Diagnostic::error(Code::EXPLAIN_NOT_SET, format!("no layer sets `{path}`"));
    Failure::one(
        Class::Values,
        match &error.nearest {
            Some(nearest) => diagnostic
                .hint(format!("did you mean `{nearest}`? A default of the chart is in no layer: see `tidegate values --all`")),
            None => diagnostic.hint("a default of the chart is in no layer: see `tidegate values --all`"),
        },
    )
}

fn text(explanations: &[Explanation], used: Option<&[Use]>) -> String {
    let mut out = String::new();
    for explanation in explanations {
        // Writing to a string cannot fail.
        let _ = writeln!(out, "{}{}", clean_line(&explanation.path.to_string()), outcome(explanation.result()));
        let rows = explanation.settings.iter();
        let rows: Vec<(&Setting, String)> = rows.map(|setting| (setting, format!("{}:{}", setting.file, setting.at))).collect();
        let layer_width = rows.iter().map(|(setting, _)| setting.layer.chars().count()).max().unwrap_or(0);
        let place_width = rows.iter().map(|(_, place)| place.chars().count()).max().unwrap_or(0);
        for (setting, place) in &rows {
            let mark = if setting.wins { '>' } else { ' ' };
            let row = format!(" {mark} {:layer_width$}  {place:place_width$}  {}", setting.layer, setting.shown);
            let _ = writeln!(out, "{}", clean_line(row.trim_end()));
        }
    }
    if let Some(used) = used {
        let _ = writeln!(out, "{}", used_by(used));
    }
    out
}

fn outcome(shown: &Shown) -> String {
    match shown {
        Shown::Deleted => " is deleted".to_owned(),
        shown => format!(" = {}", clean_line(&shown.to_string())),
    }
}

fn used_by(used: &[Use]) -> String {
    if used.is_empty() {
        return "used by: nothing that is rendered".to_owned();
    }
    let mut shown: Vec<String> = used.iter().take(USES_SHOWN).map(user).collect();
    if used.len() > USES_SHOWN {
        shown.push(format!("and {} more", used.len() - USES_SHOWN));
    }
    format!("used by: {}", shown.join("\n         "))
}

fn user(one: &Use) -> String {
    // No pointer is the whole object: whether it is rendered depends on the value.
    let part = if one.pointer.is_empty() { "as a whole" } else { &one.pointer };
    clean_line(&format!("{} {part}", one.object))
}

fn as_json(name: &ApplicationName, explanations: &[Explanation], used: Option<&[Use]>) -> String {
    let values = explanations.iter().map(|explanation| {
        let settings = explanation.settings.iter().map(|setting| {
            let Setting { layer, owner, file, at, shown, wins } = setting;
            let mut row = json!({
                "layer": layer, "owner": owner, "file": file, "line": at.line, "column": at.column, "wins": wins,
            });
            if let Some(row) = row.as_object_mut() {
                match shown {
                    Shown::Value(text) => row.insert("value".to_owned(), json!(text)),
                    Shown::Sealed => row.insert("sealed".to_owned(), json!(true)),
                    Shown::Deleted => row.insert("deleted".to_owned(), json!(true)),
                };
            }
            row
        });
        json!({ "path": explanation.path.to_string(), "settings": settings.collect::<Vec<_>>() })
    });
    let used =
        used.map(|used| used.iter().map(|one| json!({ "object": one.object, "pointer": one.pointer })).collect::<Vec<_>>());
    let document = json!({ "application": name.to_string(), "values": values.collect::<Vec<_>>(), "usedBy": used });
    format!("{document:#}\n")
}
