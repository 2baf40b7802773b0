//! `completions`: a script for a shell.

use clap::CommandFactory;

use super::Product;
use crate::args::{Cli, CompletionsArgs};

/// Returns the script.
pub(crate) fn run(args: &CompletionsArgs) -> Product {
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "tidegate", &mut text);
    Product::of(text)
}
