//! Keys, certificates and password hashes: `genCA`, `htpasswd`, `derivePassword`, ...
//!
//! Out: a refusal. Helm makes a new key at every render, which no declarative setup can keep; many charts name these functions for the
//! case that no Secret is handed in, so they parse, and it is the call that is refused.
//! Not here: random strings (`random`), hashes of text (`hashes`).

use super::signature::{Outcome, fixed};
use super::{Environment, Function, Keeps, Parameter};
use crate::value::Value;

/// # Source
/// sprig `functions.go`, `genericMap`; `crypto.go`.
#[rustfmt::skip]
pub(super) const TABLE: &[Function] = {
    use Parameter::{Any, Int, List, String};
    &[
        fixed("bcrypt", &[String], Keeps::Derives, refuse),
        fixed("buildCustomCert", &[String, String], Keeps::Derives, refuse),
        fixed("decryptAES", &[String, String], Keeps::Derives, refuse),
        fixed("derivePassword", &[Int, String, String, String, String], Keeps::Derives, refuse),
        fixed("encryptAES", &[String, String], Keeps::Derives, refuse),
        fixed("genCA", &[String, Int], Keeps::Derives, refuse),
        fixed("genCAWithKey", &[String, Int, String], Keeps::Derives, refuse),
        fixed("genPrivateKey", &[String], Keeps::Derives, refuse),
        fixed("genSelfSignedCert", &[String, List, List, Int], Keeps::Derives, refuse),
        fixed("genSelfSignedCertWithKey", &[String, List, List, Int, String], Keeps::Derives, refuse),
        fixed("genSignedCert", &[String, List, List, Int, Any], Keeps::Derives, refuse),
        fixed("genSignedCertWithKey", &[String, List, List, Int, Any, String], Keeps::Derives, refuse),
        fixed("htpasswd", &[String, String], Keeps::Derives, refuse),
    ]
};

/// What every call is told; the executor puts the function's name before it.
const REFUSAL: &str = "keys, certificates and password hashes are not made during a render; hand in a Secret, or the values the chart \
                       takes instead";

fn refuse(_: &mut Environment<'_>, _: &[Value]) -> Outcome {
    Err(REFUSAL.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::functions::tests::refused;

    // Every function of this kind is known, and every call of one refused.
    #[test]
    fn calls_are_refused() {
        for function in TABLE {
            assert_eq!(refused(function.name, &[]).as_deref(), Some(REFUSAL), "{}", function.name);
        }
    }
}
