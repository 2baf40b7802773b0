//! What the result of a function depends on besides its arguments.
//!
//! In: a function's name. Out: [`Outside`]; nothing for those that give the same result for the same arguments.
//! Not here: where chance comes from in a render (`template`, by [`super::Chance`]).

/// What a result depends on that no value says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outside {
    /// Random bytes.
    Random,
    /// A key that is made, or a salt.
    Key,
    /// The clock.
    Time,
    /// The cluster.
    Cluster,
}

impl Outside {
    /// Returns the word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Random => "random",
            Self::Key => "key",
            Self::Time => "time",
            Self::Cluster => "cluster",
        }
    }
}

/// The functions, by what they depend on. Functions of dates read the clock only for what is no date, and are not among them.
const TABLE: [(Outside, &[&str]); 4] = [
    (Outside::Random, &["randAlpha", "randAlphaNum", "randAscii", "randBytes", "randInt", "randNumeric", "shuffle", "uuidv4"]),
    (
        Outside::Key,
        &[
            "bcrypt",
            "encryptAES",
            "genCA",
            "genCAWithKey",
            "genPrivateKey",
            "genSelfSignedCert",
            "genSelfSignedCertWithKey",
            "genSignedCert",
            "genSignedCertWithKey",
            "htpasswd",
        ],
    ),
    (Outside::Time, &["ago", "now"]),
    (Outside::Cluster, &["lookup"]),
];

/// Returns what the result of a function depends on besides its arguments.
#[must_use]
pub fn outside(function: &str) -> Option<Outside> {
    TABLE.iter().find(|(_, functions)| functions.contains(&function)).map(|(outside, _)| *outside)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::functions::{find, random};

    // Every function listed exists, and every one that only makes chance is listed.
    #[test]
    fn the_table_is_complete() {
        let listed = TABLE.iter().flat_map(|(_, functions)| functions.iter());
        let unknown: Vec<_> = listed.filter(|name| **name != "lookup" && find(name).is_none()).collect();
        assert_eq!(unknown, Vec::<&&str>::new());
        let missing: Vec<_> = random::TABLE.iter().filter(|function| outside(function.name) != Some(Outside::Random)).collect();
        assert!(missing.is_empty(), "{missing:?}");
    }

    // A function of its arguments alone is not.
    #[test]
    fn functions_of_arguments_alone() {
        assert_eq!(outside("upper"), None);
        assert_eq!(outside("derivePassword"), None);
        assert_eq!(outside("lookup"), Some(Outside::Cluster));
    }
}
