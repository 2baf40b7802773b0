//! Charts that ask for more than a render may cost are refused by the limit they meet. How long that takes, and how much memory,
//! `tests/bench/hostile` measures.

#[path = "support/hostile.rs"]
mod hostile;

use std::error::Error;

use helm::chart::load;
use helm::chart::scope::{Action, Capabilities, Release};
use helm::profile::Profile;
use helm::render::order::Tests;
use helm::render::schema::Schemas;
use helm::render::{Budget, Definitions, Hashes, Options, Prepared, Randomness, RenderError, render};
use helm::value::Map;

/// Returns an error's message with those of its sources.
fn chain(error: &dyn Error) -> String {
    let source = error.source().map(|source| format!(": {}", chain(source)));
    format!("{error}{}", source.unwrap_or_default())
}

/// Returns why a chart is refused; nothing where it is rendered.
fn refusal(files: Vec<helm::chart::ChartFile>) -> Option<String> {
    let options = Options {
        profile: Profile::default(),
        release: Release { name: "hostile".to_owned(), namespace: "default".to_owned(), revision: 1, action: Action::Install },
        capabilities: Capabilities { kube_version: None, more_api_versions: Vec::new() },
        definitions: Definitions::Include,
        tests: Tests::Keep,
        schemas: Schemas::Check,
        randomness: Randomness::Refuse,
        hashes: Hashes::Plain,
        budget: Budget::default(),
        first_pseudo_leaf: 0,
    };
    let chart = match load(files) {
        Ok(chart) => chart,
        Err(error) => return Some(chain(&error)),
    };
    match render(&Prepared::new(chart), &Map::new(), &options, &mut |_, _| None) {
        Ok(_) => None,
        Err(RenderError::Template(failure)) => Some(String::from_utf8_lossy(failure.message.as_bytes()).into_owned()),
        Err(error) => Some(chain(&error)),
    }
}

// Each is refused, and in the words of the limit it is made for.
#[test]
fn hostile_charts_are_refused() {
    let mut others = Vec::new();
    for chart in hostile::charts() {
        let refusal = refusal(chart.files).unwrap_or_else(|| "it is rendered".to_owned());
        if !refusal.contains(chart.refused) {
            let shown: String = refusal.chars().take(300).collect();
            others.push(format!("{}\n  want ..{}..\n  got  {shown}", chart.name, chart.refused));
        }
    }
    assert!(others.is_empty(), "{}", others.join("\n"));
}
