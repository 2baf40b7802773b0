//! The program: arguments, one call, exit code.

mod args;
mod commands;

use std::process::ExitCode;

fn main() -> ExitCode {
    commands::run()
}
