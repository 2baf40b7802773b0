//! Rules: what the rules of the built-in policies mean, from their pages.
//!
//! In: a code as `policy.pod-security/privileged`. Out: what the table of `docs/policies/pod-security.md` says of the rule, and what the
//! page says of the policy.
//! Rules: the first table of a page is that of its rules; tests of the policies hold it to `policy.json`.

/// The pages of the built-in policies, by name.
const PAGES: [(&str, &str); 11] = [
    ("deprecated-apis", include_str!("../../../docs/policies/deprecated-apis.md")),
    ("environment-guardrails", include_str!("../../../docs/policies/environment-guardrails.md")),
    ("image-rules", include_str!("../../../docs/policies/image-rules.md")),
    ("ingress-hosts", include_str!("../../../docs/policies/ingress-hosts.md")),
    ("kind-allowlist", include_str!("../../../docs/policies/kind-allowlist.md")),
    ("labels-and-owners", include_str!("../../../docs/policies/labels-and-owners.md")),
    ("pod-security", include_str!("../../../docs/policies/pod-security.md")),
    ("resource-quotas", include_str!("../../../docs/policies/resource-quotas.md")),
    ("role-boundaries", include_str!("../../../docs/policies/role-boundaries.md")),
    ("secret-references", include_str!("../../../docs/policies/secret-references.md")),
    ("tenant-isolation", include_str!("../../../docs/policies/tenant-isolation.md")),
];

/// Returns the codes of all rules, policy by policy.
pub(super) fn codes() -> impl Iterator<Item = String> {
    PAGES.iter().flat_map(|(policy, page)| {
        let names = rows(page).skip(1).filter_map(|row| row.split('`').nth(1));
        names.map(move |rule| format!("policy.{policy}/{rule}"))
    })
}

/// Returns what a code means, as Markdown; nothing where it is no rule of a built-in policy.
pub(super) fn explanation(code: &str) -> Option<String> {
    let (policy, rule) = code.strip_prefix("policy.")?.split_once('/')?;
    let (_policy, page) = PAGES.iter().find(|(name, _page)| *name == policy)?;
    let mut rows = rows(page);
    let head = cells(rows.next()?);
    let row = rows.map(cells).find(|row| row.first().is_some_and(|name| name.trim_matches('`') == rule))?;
    let verb = if head.last() == Some(&"denies") { "denies " } else { "" };
    let limits = match row.as_slice() {
        [_rule, limits, _words] => format!(" ({limits})"),
        _ => String::new(),
    };
    let about = page.split("\n\n").nth(1).unwrap_or_default();
    let words = row.last()?;
    Some(format!(
        "The policy `{policy}` {verb}{words}{limits}.\n\n{about}\n\nSettings, examples and what the policy does not see: docs/policies/{policy}.md."
    ))
}

/// Returns the lines of a page's first table but the one that rules it off: its head, then a line for each rule.
fn rows(page: &'static str) -> impl Iterator<Item = &'static str> {
    let table = page.lines().skip_while(|line| !line.starts_with("| ")).take_while(|line| line.starts_with('|'));
    table.filter(|line| !line.starts_with("|-"))
}

/// Returns the cells of a line; a bar within code is written `\|`.
fn cells(row: &'static str) -> Vec<&'static str> {
    row.trim_matches('|').split(" | ").map(str::trim).collect()
}

#[cfg(test)]
mod tests {
    use super::{codes, explanation};

    // Each rule of each page is explained, and with words of its own.
    #[test]
    fn every_rule_is_explained() {
        let codes: Vec<String> = codes().collect();
        assert!(codes.len() > 40 && codes.contains(&"policy.pod-security/privileged".to_owned()), "{codes:?}");
        let texts: std::collections::BTreeSet<String> = codes.iter().filter_map(|code| explanation(code)).collect();
        assert_eq!(texts.len(), codes.len());
    }

    // The explanation begins with what is denied, and at which level.
    #[test]
    fn explanations_begin_with_the_rule() {
        let begins = |code: &str, want: &str| {
            let text = explanation(code).unwrap_or_default();
            assert!(text.starts_with(want), "{text}");
        };
        begins(
            "policy.pod-security/host-ports",
            "The policy `pod-security` denies `hostPort` other than 0 (baseline).\n\nThe [Pod",
        );
        begins("policy.deprecated-apis/removed-api", "The policy `deprecated-apis` denies an API version that");
    }

    // Settings, other policies and other codes are no rules.
    #[test]
    fn other_codes_are_no_rules() {
        for code in
            ["policy.pod-security/levels", "policy.nobody/privileged", "pod-security/privileged", "policy.pod-security/rule"]
        {
            assert_eq!(explanation(code), None, "{code}");
        }
    }
}
