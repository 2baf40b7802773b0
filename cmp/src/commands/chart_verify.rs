//! `chart verify`: one chart, rendered by an installed helm and by tidegate; do the objects agree?
//!
//! In: [`VerifyArgs`]. Out: a report; the exit code says whether they do.
//! Rules: helm runs twice, and so do we with another seed and time: what differs between two runs of one program is chance, and no
//! disagreement. Where both refuse they agree. Values of Secrets are never printed.

mod compare;
mod installed;
mod report;

use std::time::Duration;

use helm::profile::Profile;
use helm::render::Randomness;
use helm::render::order::stream_bytes;
use tidegate::diagnostic::{Class, Code, Diagnostic, Failure, Place};
use tidegate::report::sink::clean;
use tidegate::variables::Variables;

use self::compare::{Comparison, Difference, NotYaml, Objects, compare};
use self::installed::{Helm, Ran};
use self::report::Report;
use super::Product;
use super::chart_request::{Request, profile};
use crate::args::{ChartRenderArgs, ReportForm, VerifyArgs};

/// Seconds by which the clock of our second render is ahead: more than a day, so that every part of a date moves.
const AHEAD_S: i64 = 400 * 86_400 + 3_661;
/// Characters of helm's own complaint that are shown.
const COMPLAINT: usize = 2_000;

/// What came of it.
#[derive(Debug)]
enum Outcome {
    /// Both render.
    Both { comparison: Comparison, chance: Vec<Difference>, objects: usize },
    /// Both refuse.
    Neither { helm: String, ours: Failure },
    /// Helm renders, we refuse.
    OnlyHelm { ours: Failure },
    /// We render, helm refuses.
    OnlyOurs { helm: String },
}

/// Compares, and returns the report.
pub(crate) fn run(args: &VerifyArgs, variables: &Variables) -> Result<Product, Failure> {
    if args.render.given.values.iter().any(|file| file.trim() == "-") {
        let diagnostic = Diagnostic::error(Code::USAGE, "values from stdin cannot be given to two programs");
        return Err(Failure::one(Class::Usage, diagnostic.hint("write them to a file")));
    }
    let named = args.render.profile.as_deref().map(profile).transpose()?;
    let deadline = Duration::from_secs(args.helm_deadline.into());
    let helm = Helm::find(args.helm.as_deref(), variables.person.path.as_deref(), deadline)?;
    let profile = named.map_or_else(|| helm.profile(), Ok)?;
    let outcome = outcome(args, &helm, profile)?;
    let report = Report { helm: &helm, profile, outcome: &outcome };
    let text = match args.output {
        ReportForm::Text => report.text(),
        ReportForm::Json => report.json(),
    };
    let verdict = if report.is_same() { None } else { Some(Class::Chart) };
    Ok(Product { text: text.into_bytes(), diagnostics: Vec::new(), verdict })
}

fn outcome(args: &VerifyArgs, helm: &Helm, profile: Profile) -> Result<Outcome, Failure> {
    let request = Request::read(&args.render, profile);
    let name = request.as_ref().ok().map(|request| request.options.release.name.as_str());
    let arguments = arguments(&args.render, name);
    let ours = request.and_then(|request| Ok((rendered(&request)?, rendered(&later(request))?)));
    let theirs = helm.run(&arguments)?;
    Ok(match (theirs.status.success(), ours) {
        (false, Err(ours)) => Outcome::Neither { helm: complaint(&theirs), ours },
        (false, Ok(_)) => Outcome::OnlyOurs { helm: complaint(&theirs) },
        (true, Err(ours)) => Outcome::OnlyHelm { ours },
        (true, Ok((first, second))) => {
            let again = helm.run(&arguments)?;
            let (theirs, again) = (objects(helm, &theirs.stdout)?, objects(helm, &again.stdout)?);
            let (first, second) = (own_objects(&args.render, &first)?, own_objects(&args.render, &second)?);
            let mut chance = compare(&theirs, &again).differences;
            chance.extend(compare(&first, &second).differences);
            Outcome::Both { comparison: compare(&theirs, &first), chance, objects: theirs.count() }
        }
    })
}

fn rendered(request: &Request) -> Result<Vec<u8>, Failure> {
    Ok(stream_bytes(&request.render()?.documents))
}

/// Returns the request at another time, with other random bytes.
fn later(mut request: Request) -> Request {
    if let Randomness::Helm { seed, now } = &mut request.options.randomness {
        seed.iter_mut().for_each(|byte| *byte = !*byte);
        now.0 = now.0.saturating_add(AHEAD_S);
    }
    request
}

/// Returns the arguments by which helm is asked for the same.
fn arguments(args: &ChartRenderArgs, name: Option<&str>) -> Vec<String> {
    let mut all = vec!["template".to_owned(), "--namespace".to_owned(), args.release.namespace.clone()];
    let given = &args.given;
    let lists: [(&str, &[String]); 7] = [
        ("--values", &given.values),
        ("--set-json", &given.set_json),
        ("--set", &given.set),
        ("--set-string", &given.set_string),
        ("--set-file", &given.set_file),
        ("--set-literal", &given.set_literal),
        ("--api-versions", &args.capabilities.api_versions),
    ];
    for (flag, texts) in lists {
        all.extend(texts.iter().flat_map(|text| [flag.to_owned(), text.clone()]));
    }
    all.extend(args.capabilities.kube_version.iter().flat_map(|version| ["--kube-version".to_owned(), version.clone()]));
    let switches = [
        ("--include-crds", args.content.include_crds),
        ("--skip-crds", args.content.skip_crds),
        ("--skip-tests", args.content.skip_tests),
        ("--no-hooks", args.no_hooks),
        ("--skip-schema-validation", args.skip_schema_validation),
        ("--is-upgrade", args.release.is_upgrade),
    ];
    all.extend(switches.iter().filter(|(_, on)| *on).map(|(flag, _)| (*flag).to_owned()));
    all.push("--".to_owned());
    match (name, args.name_and_chart.as_slice()) {
        // A name that a template has made is the same for both.
        (Some(name), [.., chart]) => all.extend([name.to_owned(), chart.clone()]),
        (_, names) => all.extend_from_slice(names),
    }
    all
}

fn objects(helm: &Helm, stdout: &[u8]) -> Result<Objects, Failure> {
    Objects::read(stdout).map_err(|NotYaml { at, why }| {
        let place = Place::file(&helm.path.display().to_string());
        let message = format!("what helm prints is not YAML at line {} of its output: {why}", at.line);
        Failure::one(Class::Chart, Diagnostic::error(Code::VERIFY_HELM, message).at(place).hint("look at it: run helm by hand"))
    })
}

fn own_objects(args: &ChartRenderArgs, text: &[u8]) -> Result<Objects, Failure> {
    Objects::read(text).map_err(|NotYaml { at, why }| {
        let chart = args.name_and_chart.last().map(String::as_str).unwrap_or_default();
        let message = format!("the chart prints what is not YAML at line {} of the output: {why}", at.line);
        let diagnostic = Diagnostic::error(Code::CHART_OUTPUT, message).at(Place::file(chart));
        Failure::one(Class::Chart, diagnostic.hint("look at it with `tidegate chart template`"))
    })
}

/// Returns what helm says of its failure.
fn complaint(ran: &Ran) -> String {
    clean(ran.stderr.trim()).chars().take(COMPLAINT).collect()
}
