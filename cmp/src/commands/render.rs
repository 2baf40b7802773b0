//! `render`: an application's manifests for a person's own eyes.

use tidegate::admission::{Purpose, admit};
use tidegate::application::ApplicationName;
use tidegate::context::Wishes;
use tidegate::diagnostic::Failure;
use tidegate::variables::Variables;

use super::{Product, estate};
use crate::args::RenderArgs;

/// Returns the manifests, what came out of sealed files masked unless it is to be revealed.
pub(crate) fn run(args: &RenderArgs, variables: &Variables) -> Result<Product, Failure> {
    let RenderArgs { application, estate: estate_args, reveal, name: release_name, namespace } = args;
    let name: ApplicationName = application.parse()?;
    let (estate, warnings) = estate::open(estate_args, variables)?;
    let wishes = Wishes {
        role: estate_args.role.clone(),
        namespace: namespace.clone(),
        release_name: release_name.clone(),
        ..Wishes::default()
    };
    let context = estate::context(&name, &wishes, &estate).map_err(|failure| failure.with(&warnings))?;
    let about = |failure| estate::about(failure, &name, &estate).with(&warnings);
    let admitted = admit(&estate, &context, &estate::keys(&context), Purpose::Render).map_err(about)?;
    let text = if *reveal { admitted.revealed().map_err(about)? } else { admitted.masked() };
    Ok(Product { text, diagnostics: [warnings, admitted.notes].concat(), verdict: None })
}
