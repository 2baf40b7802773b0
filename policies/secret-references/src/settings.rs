//! Settings: which names say secret, and what is a reference.

use sdk::{Context, SettingsError, wildcard};
use serde::Deserialize;

use crate::names::Names;

/// The settings of the policy.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize, schemars::JsonSchema))]
#[serde(deny_unknown_fields, default, rename_all = "camelCase")]
pub struct Settings {
    /// The classes of environments in which the rules hold; all where none is named.
    pub classes: Vec<String>,
    /// Ends of names that say secret. Only letters and digits count, in either case: `apiKey` is the end of `STRIPE_API_KEY`.
    pub names: Vec<String>,
    /// Names that look so and hold no secret, as those of Secrets; `*` stands for any text.
    pub exempt: Vec<String>,
    /// Texts that are references to secrets; `*` stands for any text.
    pub references: Vec<String>,
}

/// Ends of names that say secret in charts and programs everywhere.
const NAMES: [&str; 9] =
    ["password", "passwd", "passphrase", "secret", "token", "apiKey", "accessKey", "secretKey", "privateKey"];

/// Names of Secrets and of keys in them, hashes, switches, and settings of etcd: what charts everywhere call so.
const EXEMPT: [&str; 24] = [
    "secret",
    "*existingSecret",
    "existing*",
    "checksum*",
    "*pullSecret",
    "*tlsSecret",
    "*authSecret",
    "*certSecret",
    "*caSecret",
    "*certificateSecret",
    "*credentialSecret",
    "*credentialsSecret",
    "*keySecret",
    "*passwordSecretKey",
    "*clientSecretKey",
    "*caSecretKey",
    "*storeSecretKey",
    "*accountSecretKey",
    "*rootSecret",
    "*nodeSecret",
    "allowEmpty*",
    "*initialClusterToken",
    "etcdAuthToken",
    "automountServiceAccountToken",
];

/// What a key of the vault looks like in values.
const REFERENCES: [&str; 1] = ["$VAULT_REF_*"];

impl Default for Settings {
    fn default() -> Settings {
        let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        Settings { classes: Vec::new(), names: owned(&NAMES), exempt: owned(&EXEMPT), references: owned(&REFERENCES) }
    }
}

/// Settings made ready to be asked.
pub(crate) struct Checked {
    pub(crate) names: Names,
    classes: Vec<String>,
    references: Vec<String>,
}

impl Settings {
    /// Returns what is wrong beyond the types: a name without a letter would fit every key, and a reference that is anything every text.
    #[must_use]
    pub fn errors(&self) -> Vec<SettingsError> {
        let plain = |text: &String| text.chars().any(|letter| letter.is_ascii_alphanumeric());
        let names = self.names.iter().enumerate().filter(|(_index, name)| !plain(name) || name.contains('*'));
        let names = names.map(|(index, name)| (format!("/names/{index}"), format!("`{name}` is no end of a name")));
        let references = self.references.iter().enumerate().filter(|(_index, text)| text.chars().all(|letter| letter == '*'));
        let references =
            references.map(|(index, text)| (format!("/references/{index}"), format!("`{text}` fits any text or none")));
        names.chain(references).map(|(path, message)| SettingsError { path, message }).collect()
    }

    pub(crate) fn checked(self) -> Checked {
        let Settings { classes, names, exempt, references } = self;
        Checked { names: Names::new(&names, &exempt), classes, references }
    }
}

impl Checked {
    pub(crate) fn holds_in(&self, context: &Context) -> bool {
        self.classes.is_empty() || self.classes.contains(&context.class)
    }

    /// Returns whether a text is none that must be kept: empty, a switch, a reference.
    pub(crate) fn is_harmless(&self, text: &str) -> bool {
        matches!(text, "" | "true" | "false" | "yes" | "no" | "on" | "off")
            || self.references.iter().any(|pattern| wildcard::fits(pattern, text))
    }
}
