//! `explain-error`: what a code means, from the page of all codes.

use tidegate::diagnostic::{Class, Code, Diagnostic, Failure};

use super::Product;
use crate::args::ExplainErrorArgs;

/// Returns the code's section.
pub(crate) fn run(args: &ExplainErrorArgs) -> Result<Product, Failure> {
    let known = Code::ALL.iter().find(|code| code.as_str() == args.code);
    if let Some(text) = known.and_then(Code::explanation) {
        return Ok(Product::of(format!("{}\n", text.trim_end())));
    }
    let names = Code::ALL.iter().map(Code::as_str);
    let nearest = names.min_by_key(|name| strsim::damerau_levenshtein(name, &args.code));
    let hint = nearest.map_or_else(String::new, |name| format!("did you mean `{name}`?"));
    let message = format!("there is no error code `{}`", args.code);
    Err(Failure::one(Class::Usage, Diagnostic::error(Code::USAGE, message).hint(hint)))
}
