//! `chart functions`: which functions a chart uses, where, and what their results depend on besides arguments.
//!
//! Rules: nothing is run; what a template given to `tpl` uses is not seen, so `tpl` is named as what hides it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use helm::functions::{
    self,
    outside::{Outside, outside},
};
use helm::profile::Profile;
use helm::render::{Site, TemplateUses};
use serde_json::json;
use tidegate::chart::place;
use tidegate::diagnostic::{Class, Code, Diagnostic, Failure, Place};

use super::Product;
use super::chart_source::read_chart;
use crate::args::{FunctionsArgs, ReportForm};

/// The places of each function, in the order of the templates.
type Places = BTreeMap<&'static str, Vec<Place>>;

/// Returns the list of functions.
pub(crate) fn run(args: &FunctionsArgs) -> Result<Product, Failure> {
    let prepared = read_chart(&args.chart)?;
    let (mut places, mut malformed) = (Places::new(), Vec::new());
    for TemplateUses { template, uses } in prepared.uses() {
        let at = |position: yaml::Position| {
            let site = Site { template: template.clone(), line: position.line, column: position.column };
            place(&site, &args.chart)
        };
        match uses {
            Ok(uses) => uses.iter().for_each(|found| places.entry(found.function).or_default().push(at(found.at))),
            Err(problem) => {
                let diagnostic = Diagnostic::error(Code::CHART_TEMPLATE_SYNTAX, problem.message.clone()).at(at(problem.at));
                malformed
                    .push((Class::Chart, diagnostic.hint("mend the template there; a function helm has not is told here too")));
            }
        }
    }
    if !malformed.is_empty() {
        return Err(Failure::of(malformed));
    }
    Ok(Product::of(match args.output {
        ReportForm::Text => text(&places),
        ReportForm::Json => json(&args.chart, &places),
    }))
}

/// Returns a row for each function, those first whose results differ from render to render.
fn text(places: &Places) -> String {
    let name_width = places.keys().map(|name| name.len()).max().unwrap_or(0);
    let count_width = places.values().map(|places| places.len().to_string().len()).max().unwrap_or(0);
    let mut rows: Vec<(&&str, &Vec<Place>)> = places.iter().collect();
    rows.sort_by_key(|(name, _)| outside(name).map_or((1, None), |outside| (0, Some(outside))));
    let mut out = String::new();
    for (name, places) in rows {
        let word = outside(name).map_or("-", Outside::word);
        let first = places.first().map(ToString::to_string).unwrap_or_default();
        // Writing to a string cannot fail.
        let _ = write!(out, "{name:name_width$}  {:>count_width$}  {word:7}  {first}", places.len());
        let since = since(name);
        let _ = if since == Profile::ALL[0] { writeln!(out) } else { writeln!(out, "  (from {since} on)") };
    }
    let differ = places.keys().filter(|name| outside(name).is_some()).count();
    let uses: usize = places.values().map(Vec::len).sum();
    let hidden = if places.contains_key("tpl") { "; what `tpl` runs is not seen" } else { "" };
    let _ = writeln!(out, "{} functions, {uses} uses, {differ} not decided by values alone{hidden}", places.len());
    out
}

/// Returns the oldest helm that has a function. Those that need the executor are as old as helm.
fn since(name: &str) -> Profile {
    functions::find(name).map_or(Profile::ALL[0], |function| function.since)
}

/// Returns the same with every place.
fn json(chart: &str, places: &Places) -> String {
    let functions: Vec<serde_json::Value> = places
        .iter()
        .map(|(name, places)| {
            let shown = |place: &Place| json!({ "file": place.file, "line": place.line, "column": place.column });
            json!({
                "name": name,
                "count": places.len(),
                "dependsOn": outside(name).map(Outside::word),
                "since": since(name).name(),
                "places": places.iter().map(shown).collect::<Vec<_>>(),
            })
        })
        .collect();
    format!("{:#}\n", json!({ "chart": chart, "functions": functions, "hasTpl": places.contains_key("tpl") }))
}
