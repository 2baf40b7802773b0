//! `check`: would the plugin take it? One application, or all of an estate, several at a time.
//!
//! Rules: the report is printed whatever the verdict; rows stand in the order of the estate, not in that of the threads; the exit code is
//! the lowest of all failures', for what fails first hides the rest.

use std::collections::BTreeSet;
use std::io::{IsTerminal, stdout};
use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Instant;

use indicatif::{ProgressBar, ProgressStyle};
use tidegate::admission::{Purpose, admit};
use tidegate::application::{self, ApplicationName};
use tidegate::context::Wishes;
use tidegate::diagnostic::{Class, Code, Diagnostic, Failure, Place, StageError};
use tidegate::estate::Estate;
use tidegate::layers;
use tidegate::report::check::{Extent, Row};
use tidegate::report::table::{self, Elapsed};
use tidegate::report::{json_report, junit, markdown, sarif};
use tidegate::tolerance::Ratchet;
use tidegate::variables::Variables;

use super::check_fleet::{self, Scope};
use super::check_members::{self, Checked};
use super::{Product, baseline, estate};
use crate::args::{CheckArgs, CheckForm};

/// Bytes of a worker's stack: as a main thread has, so that no application fails in a crowd that passes alone.
const STACK_BYTES: usize = 8 << 20;

/// Returns the report.
pub(crate) fn run(args: &CheckArgs, variables: &Variables) -> Result<Product, Failure> {
    let CheckArgs { application, all: _, estate: estate_args, output, baseline, write_baseline, quiet } = args;
    let began = Instant::now();
    let name: Option<ApplicationName> = application.as_deref().map(str::parse).transpose()?;
    let (mut estate, mut diagnostics) = estate::open(estate_args, variables)?;
    estate.tolerance.ratchet = match (baseline, write_baseline) {
        (Some(file), _) => Ratchet::Known(baseline::read(file, &estate.tolerance.rules)?),
        (None, Some(_)) => Ratchet::Collecting,
        (None, None) => Ratchet::Off,
    };
    let wishes = Wishes { role: estate_args.role.clone(), ..Wishes::default() };
    let (rows, together) = match &name {
        Some(name) => {
            let checked = one(name, &wishes, &estate);
            (with_undeclared(std::slice::from_ref(name), vec![checked.row], &estate), Vec::new())
        }
        None => fleet(&wishes, &estate)?,
    };
    let scope = if name.is_some() { Scope::One } else { Scope::All };
    let mut report = check_fleet::report(rows, &estate, scope, baseline.as_deref().or(write_baseline.as_deref()));
    report.estate.extend(together);
    if let Some(file) = write_baseline {
        baseline::write(file, &check_fleet::known(&report))?;
    }
    // Times differ from run to run, so they are for people only.
    let elapsed = stdout().is_terminal().then(|| Elapsed { milliseconds: began.elapsed().as_millis() });
    let extent = if *quiet { Extent::Findings } else { Extent::Whole };
    let text = match output {
        CheckForm::Text => table::text(&report, extent, elapsed),
        CheckForm::Json => json_report(&report, extent),
        CheckForm::Sarif => sarif::log(&report),
        CheckForm::Junit => junit::report(&report),
        CheckForm::Markdown => markdown::text(&report),
    };
    if scope == Scope::One {
        // One application's findings are told in full; those of many are rows.
        diagnostics.extend(report.told().map(|(_, told)| told.clone()));
    }
    Ok(Product { text: text.into_bytes(), diagnostics, verdict: report.verdict() })
}

fn one(name: &ApplicationName, wishes: &Wishes, estate: &Estate) -> Checked {
    let outcome = estate::context(name, wishes, estate).and_then(|context| {
        let admitted = admit(estate, &context, &estate::keys(&context), Purpose::Check)
            .map_err(|failure| estate::about(failure, name, estate))?;
        Ok((admitted.summary, admitted.notes, admitted.member))
    });
    let (outcome, member) = match outcome {
        Ok((summary, notes, member)) => (Ok((summary, notes)), Some(member)),
        Err(failure) => (Err(failure), None),
    };
    Checked { row: Row { name: name.to_string(), outcome }, member }
}

/// Returns the rows of all applications, and what is about all of them.
fn fleet(wishes: &Wishes, estate: &Estate) -> Result<(Vec<Row>, Vec<Diagnostic>), Failure> {
    let listing = application::all(&estate.source, &estate.configuration)?;
    let broken = listing
        .errors
        .iter()
        .map(|(customer, error)| Row { name: customer.clone(), outcome: Err(Failure::one(error.class(), error.diagnostic())) });
    let mut rows: Vec<Row> = broken.collect();
    if rows.is_empty() && listing.applications.is_empty() {
        let diagnostic = Diagnostic::error(Code::APPLICATION_UNKNOWN, "no customer has bought anything");
        return Err(Failure::one(Class::Context, diagnostic.hint("see customers/{customer}/products.yaml")));
    }
    let mut checked = side_by_side(&listing.applications, |name| one(name, wishes, estate));
    let mut together = check_members::judge(&mut checked, wishes, estate);
    together.extend(check_members::idle(&checked, estate));
    let checked = checked.into_iter().map(|one| one.row).collect();
    rows.extend(with_undeclared(&listing.applications, checked, estate));
    Ok((rows, together))
}

/// Returns the rows of applications, files of undeclared environments with the first application that they lie beside.
fn with_undeclared(names: &[ApplicationName], mut rows: Vec<Row>, estate: &Estate) -> Vec<Row> {
    let mut told = BTreeSet::new();
    for (name, row) in names.iter().zip(&mut rows) {
        // A directory that cannot be listed cannot be read either: the row says so itself.
        let found = layers::undeclared(name, &estate.source, &estate.configuration).unwrap_or_default();
        for (file, environment) in found {
            let message = format!("environment `{environment}` is not declared, so nothing reads the file");
            let warning = Diagnostic::warning(Code::LAYERS_UNDECLARED, message).at(Place::file(&file));
            if told.insert(file) {
                row.add(warning.hint("declare it in `environments` of tidegate.yaml, or remove the file"));
            }
        }
    }
    rows
}

/// Calls `work` for each name, on as many threads as there are processors; returns what came of them in the order of the names.
fn side_by_side(names: &[ApplicationName], work: impl Fn(&ApplicationName) -> Checked + Sync) -> Vec<Checked> {
    let bar = progress(names.len());
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<(usize, Checked)>> = Mutex::new(Vec::with_capacity(names.len()));
    let threads = thread::available_parallelism().map_or(1, NonZero::get).min(names.len());
    thread::scope(|scope| {
        let turn = || {
            while let Some((place, name)) =
                Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|place| Some((place, names.get(place)?)))
            {
                let row = work(name);
                done.lock().unwrap_or_else(PoisonError::into_inner).push((place, row));
                bar.inc(1);
            }
        };
        for _ in 1..threads {
            // A thread that cannot be had is missed by nobody: the others, and this one, take its turns.
            let _ = thread::Builder::new().stack_size(STACK_BYTES).spawn_scoped(scope, turn);
        }
        turn();
    });
    bar.finish_and_clear();
    let mut rows = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    rows.sort_by_key(|row| row.0);
    rows.into_iter().map(|(_, row)| row).collect()
}

/// Returns a bar on stderr; it draws nothing where that is no terminal.
fn progress(applications: usize) -> ProgressBar {
    let bar = ProgressBar::new(u64::try_from(applications).unwrap_or(u64::MAX));
    let style = ProgressStyle::with_template("checking {len} applications  {bar:20}  {pos}/{len}  {elapsed}");
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
