//! The commands: what a person or Argo CD asked for, done with the library's stages.
//!
//! In: arguments. Out: the command's product on stdout, whole or not at all; diagnostics on stderr; the exit code.

mod baseline;
mod chart_flags;
mod chart_functions;
mod chart_given;
mod chart_output;
mod chart_release;
mod chart_request;
mod chart_source;
mod chart_template;
mod chart_verify;
mod check;
mod check_fleet;
mod check_members;
mod clock;
mod completions;
mod estate;
mod explain;
mod explain_error;
mod generate;
#[cfg(feature = "scaffolding")]
mod policy;
mod render;
mod values;

use std::io::{IsTerminal, Write, stderr, stdout};
use std::process::ExitCode;

use clap::Parser;
use tidegate::diagnostic::{Class, Code, Diagnostic, Failure};
use tidegate::policies::{PolicyFailure, watchdog};
use tidegate::report::{self, Color};
use tidegate::variables::Variables;

use crate::args::{ChartCommand, Cli, Command};

/// What a command has to say when it succeeds.
#[derive(Debug, Default)]
pub(crate) struct Product {
    /// For stdout.
    pub(crate) text: Vec<u8>,
    /// For stderr: warnings and notes.
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// Something other than success, where the product is a report of failures.
    pub(crate) verdict: Option<Class>,
}

impl Product {
    /// Returns a product of text alone.
    pub(crate) fn of(text: impl Into<Vec<u8>>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }
}

/// Reads the arguments of the process, runs the command and returns the exit code.
pub(crate) fn run() -> ExitCode {
    let arguments: Vec<String> = std::env::args_os().map(|argument| argument.to_string_lossy().into_owned()).collect();
    let variables = Variables::of_process();
    let color = color(variables.as_ref().ok());
    watchdog::arm(move |failure| abandon(failure, color));
    let cli = match Cli::try_parse() {
        Ok(cli) => Ok(cli),
        Err(error) => Err(chart_flags::explained(&error, &arguments).unwrap_or_else(|| error.exit())),
    };
    let outcome = cli.and_then(|cli| dispatch(cli.command, &variables?));
    match outcome.and_then(|product| finish(&product, color)) {
        Ok(code) => code,
        Err(failure) => {
            let text = report::failure(&failure, color);
            // Where stderr is gone too, the exit code is all that is left.
            let _ = stderr().write_all(text.as_bytes());
            ExitCode::from(failure.class.exit_code())
        }
    }
}

fn dispatch(command: Command, variables: &Variables) -> Result<Product, Failure> {
    match command {
        Command::Render(args) => render::run(&args, variables),
        Command::Values(args) => values::run(&args, variables),
        Command::Explain(args) => explain::run(&args, variables),
        Command::Check(args) => check::run(&args, variables),
        Command::Generate(args) => generate::run(&args, variables),
        Command::Parameters(args) => generate::parameters(&args, variables),
        Command::Chart(command) => match *command {
            ChartCommand::Template(args) => chart_template::run(&args),
            ChartCommand::Verify(args) => chart_verify::run(&args, variables),
            ChartCommand::Functions(args) => chart_functions::run(&args),
        },
        #[cfg(feature = "scaffolding")]
        Command::Policy(command) => policy::run(&command, variables),
        Command::ExplainError(args) => explain_error::run(&args),
        Command::Completions(args) => Ok(completions::run(&args)),
    }
}

/// Ends the process while a policy does not come back. Nothing has been printed: a product is, at the end.
#[expect(clippy::exit, reason = "the thread that would return from `main` is the one that does not come back")]
fn abandon(failure: PolicyFailure, color: Color) {
    let failure = Failure::from(failure);
    let _ = stderr().write_all(report::failure(&failure, color).as_bytes());
    std::process::exit(failure.class.exit_code().into());
}

/// Writes the product, all of it or an error.
fn finish(product: &Product, color: Color) -> Result<ExitCode, Failure> {
    let _ = stderr().write_all(report::diagnostics(&product.diagnostics, color).as_bytes());
    let mut out = stdout().lock();
    out.write_all(&product.text).and_then(|()| out.flush()).map_err(|error| {
        let message = format!("stdout was closed before all was written: {}", error.kind());
        let hint = "run it again, and let the reader take all of it";
        Failure::one(Class::Stdout, Diagnostic::error(Code::STDOUT_CLOSED, message).hint(hint))
    })?;
    Ok(product.verdict.map_or(ExitCode::SUCCESS, |class| ExitCode::from(class.exit_code())))
}

/// Returns how stderr is written: in colour on a terminal whose person has not asked for none.
fn color(variables: Option<&Variables>) -> Color {
    let plain = variables.is_none_or(|variables| variables.person.no_color) || !stderr().is_terminal();
    if plain { Color::Plain } else { Color::Terminal }
}
