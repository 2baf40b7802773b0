//! What Helm accepts as a version.

/// Says whether `text` is a version: up to three numbers, an optional `v` before, a pre-release and metadata after.
///
/// # Source
/// Masterminds/semver `version.go`, `NewVersion`, `looseSemVerRegex`.
pub(super) fn is_version(text: &str) -> bool {
    let text = text.strip_prefix('v').unwrap_or(text);
    let (text, metadata) = text.split_once('+').map_or((text, None), |(before, after)| (before, Some(after)));
    let (numbers, pre_release) = text.split_once('-').map_or((text, None), |(before, after)| (before, Some(after)));
    let parts: Vec<&str> = numbers.split('.').collect();
    parts.len() <= 3
        && parts
            .iter()
            .all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()) && part.parse::<u64>().is_ok())
        && pre_release.is_none_or(|text| identifiers(text, |part| !is_padded_number(part)))
        && metadata.is_none_or(|text| identifiers(text, |_| true))
}

/// Says whether `text` is identifiers with dots between, each of which is `accepted`.
fn identifiers(text: &str, accepted: fn(&str) -> bool) -> bool {
    let is_plain = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    text.split('.').all(|part| is_plain(part) && accepted(part))
}

/// Says whether a part is a number with needless zeros before it.
fn is_padded_number(part: &str) -> bool {
    part.len() > 1 && part.starts_with('0') && part.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    // Versions may be short and begin with a v; anything else is none.
    #[test]
    fn versions_are_loose() {
        for good in ["1", "1.2", "1.2.3", "v1.2.3", "1.2.3-rc.1+build.05", "01.2", "1.2-x"] {
            assert!(is_version(good), "`{good}`");
        }
        for bad in ["", "v", "1.2.3.4", "1..2", "x", "1.2.3-", "1.2.3-01", "1.2.3+", "1.2.3-a_b", "99999999999999999999"] {
            assert!(!is_version(bad), "`{bad}`");
        }
    }
}
