//! Nearest: what was probably meant by a name that is not known.

/// How alike two names must be (Jaro-Winkler, from 0 to 1) for one to be offered in place of the other.
const RESEMBLANCE: f64 = 0.75;

/// Returns the one of `known` that is most like `written`, if one is like it at all.
#[must_use]
pub fn nearest<T: AsRef<str>>(written: &str, known: impl IntoIterator<Item = T>) -> Option<T> {
    let scored = known.into_iter().map(|name| (strsim::jaro_winkler(written, name.as_ref()), name));
    let best = scored.max_by(|a, b| a.0.total_cmp(&b.0))?;
    (best.0 >= RESEMBLANCE).then_some(best.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    // A slip of the finger is understood; another word is not.
    #[test]
    fn slips_are_understood() {
        let known = ["acme-corp", "globex", "initech"];
        assert_eq!(nearest("acme-crop", known), Some("acme-corp"));
        assert_eq!(nearest("glbex", known), Some("globex"));
        assert_eq!(nearest("wayne", known), None);
        assert_eq!(nearest("globex", [] as [&str; 0]), None);
    }
}
