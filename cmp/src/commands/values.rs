//! `values`: an application's merged values.

use helm::chart::process::process;
use helm::value::{Data, Map, Value};
use tidegate::application::ApplicationName;
use tidegate::context::Wishes;
use tidegate::diagnostic::{Class, Code, Diagnostic, Failure, Place};
use tidegate::estate::Estate;
use tidegate::json;
use tidegate::values::{self, Show, Values};
use tidegate::variables::Variables;

use super::{Product, estate};
use crate::args::{ValuesArgs, ValuesForm};

/// Returns the values, what came out of sealed files masked unless it is to be revealed.
pub(crate) fn run(args: &ValuesArgs, variables: &Variables) -> Result<Product, Failure> {
    let ValuesArgs { application, estate: estate_args, reveal, all, output } = args;
    let name: ApplicationName = application.parse()?;
    let (estate, warnings) = estate::open(estate_args, variables)?;
    let wishes = Wishes { role: estate_args.role.clone(), ..Wishes::default() };
    let context = estate::context(&name, &wishes, &estate).map_err(|failure| failure.with(&warnings))?;
    let about = |failure| estate::about(failure, &name, &estate).with(&warnings);
    let collected = values::collect(&estate, &context, &estate::keys(&context)).map_err(about)?;
    let path = name.fill(&estate.configuration.charts.path);
    let shown = if *all { with_defaults(&collected, &path, &estate).map_err(about)? } else { collected.merged.values.clone() };
    let show = if *reveal { Show::Revealed } else { Show::Masked };
    let tree = values::tree(&shown, &collected.merged.sealed, show);
    let text = match output {
        ValuesForm::Yaml => yaml::to_yaml(&tree).map_err(|problem| {
            let diagnostic = Diagnostic::error(Code::EMIT_UNWRITABLE, format!("the values cannot be written: {problem}"));
            about(Failure::one(Class::Values, diagnostic))
        })?,
        ValuesForm::Json => format!("{:#}\n", json::tree(&tree)).into_bytes(),
    };
    Ok(Product { text, diagnostics: warnings, verdict: None })
}

/// Returns the values with the chart's defaults below them, as templates see them.
fn with_defaults(values: &Values<'_>, path: &str, estate: &Estate) -> Result<Value, Failure> {
    let empty = Map::new();
    let given = match &values.merged.values.data {
        Data::Map(map, _) => map,
        _ => &empty,
    };
    let chart = estate.chart(path)?;
    let resolved = process(chart.chart(), given, estate.configuration.charts.profile, &mut |_, _| None).map_err(|error| {
        Failure::one(
            Class::Chart,
            Diagnostic::error(Code::CHART_VALUES, error.to_string()).at(Place::file(&estate.chart_path(path))),
        )
    })?;
    Ok(Value::map(resolved.root.values.clone()))
}
