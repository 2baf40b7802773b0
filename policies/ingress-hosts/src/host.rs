//! Hosts: names under which the world reaches an application.
//!
//! In: a text of a manifest. Out: a [`Host`], in lower case and without the last dot.
//! Rules: an empty text or `*` is every host; `*.a` is every host below `a`.
//!
//! # Source
//! Kubernetes API reference 1.33, IngressRule.host; Gateway API 1.3, Hostname; RFC 1034, section 3.1 (case, the last dot).

/// The host that is every host.
const ANY: &str = "*";

/// What begins the name of all hosts below a domain.
const BELOW: &str = "*.";

/// Most labels a name of the DNS can have (255 bytes, two for each): what lies above a longer one is not looked for.
const LABELS_LIMIT: usize = 127;

/// A name of hosts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Host(String);

impl Host {
    /// Reads a host; nothing written is every host.
    pub(crate) fn of(text: &str) -> Host {
        let text = text.trim().trim_end_matches('.').to_ascii_lowercase();
        Host(if text.is_empty() { ANY.to_owned() } else { text })
    }

    /// Returns whether it is every host.
    pub(crate) fn is_any(&self) -> bool {
        self.0 == ANY
    }

    /// Returns the domain of which it is every host below.
    pub(crate) fn below(&self) -> Option<&str> {
        self.0.strip_prefix(BELOW)
    }

    /// Returns whether all that it names lies in a domain.
    pub(crate) fn is_within(&self, domain: &str) -> bool {
        let name = self.below().unwrap_or(&self.0);
        name == domain || name.strip_suffix(domain).is_some_and(|before| before.ends_with('.'))
    }

    /// Returns whether it names all that another does; `*.a` reaches over any number of labels.
    pub(crate) fn covers(&self, other: &Host) -> bool {
        match self.below() {
            _ if self.is_any() || self == other => true,
            Some(domain) => other.0 != domain && other.is_within(domain),
            None => false,
        }
    }

    /// Returns the hosts of the form `*.a` that this one lies below, nearest first.
    pub(crate) fn above(&self) -> impl Iterator<Item = Host> + '_ {
        let name = self.below().unwrap_or(&self.0);
        name.match_indices('.')
            .take(LABELS_LIMIT)
            .filter_map(move |(dot, _)| Some(Host(format!("{BELOW}{}", name.get(dot + 1..)?))))
    }

    /// Returns whether another host, `*.a`, has this one directly below it; an Ingress reaches one label far.
    pub(crate) fn is_directly_below(&self, other: &Host) -> bool {
        let parent = self.0.split_once('.').map(|(_label, parent)| parent);
        self.below().is_none() && parent.is_some() && parent == other.below()
    }

    /// Returns its text.
    pub(crate) fn text(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::{Host, LABELS_LIMIT};

    fn check_within(host: &str, domain: &str, want: bool) {
        assert_eq!(Host::of(host).is_within(domain), want, "{host} {domain}");
    }

    fn check_covers(wide: &str, narrow: &str, want: bool) {
        assert_eq!(Host::of(wide).covers(&Host::of(narrow)), want, "{wide} {narrow}");
    }

    /// A host lies in a domain that it is, or that it ends with at a dot.
    #[test]
    fn domains_end_at_dots() {
        for host in ["example.com", "a.example.com", "A.Example.com.", "*.example.com", "*.a.example.com"] {
            check_within(host, "example.com", true);
        }
        for host in ["badexample.com", "com", "*.com", "*", "", "example.com.evil.org", "example.comm"] {
            check_within(host, "example.com", false);
        }
    }

    /// `*.a` names what lies below `a`, not `a`; every host names every other.
    #[test]
    fn wildcards_cover_what_lies_below() {
        for (wide, narrow) in [("*", "a.b"), ("", "*.b"), ("*.b", "a.b"), ("*.b", "x.a.b"), ("*.b", "*.a.b"), ("a.b", "A.b.")] {
            check_covers(wide, narrow, true);
        }
        for (wide, narrow) in [("*.b", "b"), ("*.a.b", "*.b"), ("a.b", "x.a.b"), ("a.b", "*")] {
            check_covers(wide, narrow, false);
        }
    }

    /// What lies above a host is found without asking every other.
    #[test]
    fn hosts_know_what_lies_above() {
        let above = |host: &str| Host::of(host).above().map(|host| host.text().to_owned()).collect::<Vec<_>>();
        assert_eq!(above("x.a.b"), ["*.a.b", "*.b"]);
        assert_eq!(above("*.a.b"), ["*.b"]);
        assert_eq!(above("b"), [""; 0]);
        assert_eq!(above(&"a.".repeat(LABELS_LIMIT).replace("a.a", "a.b")).len(), LABELS_LIMIT - 1);
        assert_eq!(above(&format!("{}b", "a.".repeat(LABELS_LIMIT + 9))).len(), LABELS_LIMIT);
        let directly = |host: &str, wide: &str| Host::of(host).is_directly_below(&Host::of(wide));
        assert!(directly("a.b", "*.b") && !directly("x.a.b", "*.b") && !directly("*.b", "*.b") && !directly("a.b", "a.b"));
    }
}
