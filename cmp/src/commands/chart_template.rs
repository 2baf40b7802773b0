//! `chart template`: what `helm template` prints, from our engine.

use helm::profile::Profile;
use helm::render::order::stream_bytes;
use helm::render::show::show_only;
use tidegate::chart;
use tidegate::diagnostic::{Class, Code, Diagnostic, Failure};

use super::Product;
use super::chart_output::write;
use super::chart_request::{Request, profile};
use crate::args::TemplateArgs;

/// Templates that are named where one is asked for that is not there.
const NAMED: usize = 10;

/// Returns the stream of documents, or what was written where.
pub(crate) fn run(args: &TemplateArgs) -> Result<Product, Failure> {
    let profile = args.render.profile.as_deref().map(profile).transpose()?.unwrap_or(Profile::default());
    let request = Request::read(&args.render, profile)?;
    let outcome = request.render()?;
    let text = match args.output_dir.as_deref().filter(|directory| !directory.is_empty()) {
        Some(directory) => {
            let release = args.release_name.then_some(request.options.release.name.as_str());
            write(&outcome.documents, directory, release)?
        }
        None => stream_bytes(&outcome.documents),
    };
    let text = if args.show_only.is_empty() { text } else { shown(&text, &args.show_only)? };
    let diagnostics = chart::lookups(&outcome, &request.path).into_iter().collect();
    // The process ends with this command: freeing chart and documents piece by piece would take a twentieth of its time.
    std::mem::forget((request, outcome));
    Ok(Product { text, diagnostics, verdict: None })
}

/// Returns the documents of the templates that were asked for.
fn shown(stream: &[u8], patterns: &[String]) -> Result<Vec<u8>, Failure> {
    show_only(stream, patterns).map_err(|missing| {
        let hint = match missing.templates.as_slice() {
            [] => "nothing was printed at all; see the values and conditions of the chart".to_owned(),
            templates => {
                let named: Vec<String> = templates.iter().take(NAMED).map(|name| format!("`{name}`")).collect();
                let more = if templates.len() > NAMED { ", ..." } else { "" };
                format!("these templates gave documents: {}{more}", named.join(", "))
            }
        };
        Failure::one(Class::Usage, Diagnostic::error(Code::USAGE, missing.to_string()).hint(hint))
    })
}
