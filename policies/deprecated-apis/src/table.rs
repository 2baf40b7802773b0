//! Table: when each API came, was deprecated and went.
//!
//! In: `apis.txt`, and rows of the settings. Out: [`Life`] of an API version and kind.
//! Rules: a row of the settings comes before one of Kubernetes.
//! Not here: custom resources, unless the settings name them.
//!
//! # Source
//! `APILifecycleIntroduced`, `APILifecycleDeprecated`, `APILifecycleRemoved` and `APILifecycleReplacement` of k8s.io/api,
//! k8s.io/apiextensions-apiserver and k8s.io/kube-aggregator, from v0.19.0 to v0.37.0, by `.ci/oracles/deprecated-apis`: what the API
//! server warns by. "Deprecated API Migration Guide" of the Kubernetes documentation.

use std::collections::BTreeMap;

use sdk::version::Minor;

/// `apiVersion kind introduced deprecated removed replacement`, sorted; `-` where there is nothing to say.
const KUBERNETES: &str = include_str!("apis.txt");

/// When an API came, was deprecated and went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Life {
    pub(crate) introduced: Option<Minor>,
    pub(crate) deprecated: Option<Minor>,
    pub(crate) removed: Option<Minor>,
    /// What to use instead: `apps/v1 Deployment`.
    pub(crate) replacement: Option<String>,
}

/// Lives of APIs by API version and kind.
pub(crate) struct Table {
    /// The lines of Kubernetes, by what stands before the first minor version.
    kubernetes: Vec<(&'static str, &'static str, &'static str)>,
    /// The settings' own.
    own: BTreeMap<(String, String), Life>,
}

impl Table {
    /// Returns the table of Kubernetes with rows of one's own.
    pub(crate) fn new(own: BTreeMap<(String, String), Life>) -> Table {
        let split = |line: &'static str| {
            let (api, rest) = line.split_once(' ')?;
            let (kind, life) = rest.split_once(' ')?;
            Some((api, kind, life))
        };
        Table { kubernetes: KUBERNETES.lines().filter_map(split).collect(), own }
    }

    /// Returns the life of an API; nothing where there is nothing to say.
    pub(crate) fn life(&self, api: &str, kind: &str) -> Option<Life> {
        if !self.own.is_empty()
            && let Some(own) = self.own.get(&(api.to_owned(), kind.to_owned()))
        {
            return Some(own.clone());
        }
        let found = self.kubernetes.binary_search_by_key(&(api, kind), |(api, kind, _life)| (*api, *kind)).ok()?;
        self.kubernetes.get(found).and_then(|(_api, _kind, life)| Life::read(life))
    }
}

impl Life {
    fn read(text: &str) -> Option<Life> {
        let mut words = text.split(' ').map(|word| if word == "-" { None } else { Some(word) });
        let minor = |word: Option<&str>| word.and_then(|word| word.parse().ok()).map(Minor);
        Some(Life {
            introduced: minor(words.next()?),
            deprecated: minor(words.next()?),
            removed: minor(words.next()?),
            replacement: words.next()?.map(|replacement| replacement.replace(':', " ")),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{KUBERNETES, Life, Table};

    /// Each line of the table is found and says something.
    #[test]
    fn the_table_is_whole() {
        let table = Table::new([].into());
        assert!(table.kubernetes.is_sorted_by(|one, other| (one.0, one.1) < (other.0, other.1)));
        assert_eq!(table.kubernetes.len(), KUBERNETES.lines().count());
        for (api, kind, life) in &table.kubernetes {
            let found = table.life(api, kind).unwrap();
            assert_eq!(Some(&found), Life::read(life).as_ref());
            assert!(
                found.introduced.is_some() && found.deprecated >= found.introduced.filter(|_| found.deprecated.is_some()),
                "{api} {kind}"
            );
            assert!(found.removed.is_none() || found.removed > found.deprecated, "{api} {kind}");
        }
    }
}
