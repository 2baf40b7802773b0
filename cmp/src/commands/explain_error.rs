//! `explain-error`: what a code means, from the page of all codes.

use tidegate::diagnostic::{Class, Code, Diagnostic, Failure};
use tidegate::nearest::nearest;

use super::Product;
use crate::args::ExplainErrorArgs;

/// Returns the code's section. A policy's rule may be written without the `policy.` before it.
pub(crate) fn run(args: &ExplainErrorArgs) -> Result<Product, Failure> {
    let code = args.code.trim();
    let known = Code::known(code).or_else(|| Code::known(&format!("policy.{code}")));
    if let Some(text) = known.as_ref().and_then(Code::explanation) {
        return Ok(Product::of(format!("{}\n", text.trim_end())));
    }
    let rules: Vec<Code> = Code::rules().collect();
    let hint = match nearest(code, Code::ALL.iter().chain(&rules).map(Code::as_str)) {
        Some(known) => format!("did you mean `{known}`?"),
        None => {
            "write it as errors print it in brackets; rules of policies that are not built in are documented with them".to_owned()
        }
    };
    let message = format!("there is no error code `{code}`");
    Err(Failure::one(Class::Usage, Diagnostic::error(Code::USAGE, message).hint(hint)))
}
