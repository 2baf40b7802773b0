//! Settings: whose domains are whose, and what is asked of hosts.

use std::collections::BTreeMap;

use sdk::placeholders::Template;
use sdk::weight::{Weight, Weights};
use sdk::{Context, SettingsError};
use serde::Deserialize;

/// Annotations by which a load balancer is given the certificate that it answers with.
const CERTIFICATES: [&str; 5] = [
    "alb.ingress.kubernetes.io/certificate-arn",
    "appgw.ingress.kubernetes.io/appgw-ssl-certificate",
    "ingress.gcp.kubernetes.io/pre-shared-cert",
    "networking.gke.io/certmap",
    "networking.gke.io/managed-certificates",
];

/// The settings of the policy.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize, schemars::JsonSchema))]
#[serde(deny_unknown_fields, default, rename_all = "camelCase")]
pub struct Settings {
    /// The domains that the application's hosts lie in; any where none is named here or claimed.
    pub domains: Vec<Template>,
    /// The claim of metadata.yaml that names further domains, as a list or a text with commas; none where empty.
    pub domain_claim: String,
    /// What a host of the form `*.a` means, by class of environment; nothing where the class is not named.
    pub wildcards: Weights,
    /// What a host without TLS means, by class of environment; nothing where the class is not named.
    pub tls: Weights,
    /// Annotations of an Ingress that give its hosts a certificate.
    pub certificate_annotations: Vec<String>,
    /// Hosts that several applications may claim; `*` stands for any text.
    pub shared: Vec<String>,
}

impl Default for Settings {
    // Load balancers in front of a cluster may hold the certificates, and then charts are right to name none.
    fn default() -> Settings {
        Settings {
            domains: Vec::new(),
            domain_claim: String::new(),
            wildcards: BTreeMap::new(),
            tls: BTreeMap::from([("production".to_owned(), Weight::Warn)]),
            certificate_annotations: CERTIFICATES.map(str::to_owned).into(),
            shared: Vec::new(),
        }
    }
}

impl Settings {
    /// Returns what is wrong beyond the types: a domain that would be every domain, or none.
    #[must_use]
    pub fn errors(&self) -> Vec<SettingsError> {
        let wrong = self.domains.iter().enumerate().filter_map(|(index, domain)| {
            let text = String::from(domain.clone());
            let problem = if text.trim_matches('.').is_empty() {
                "is empty"
            } else if text.contains(['*', '/', ':']) {
                "is no domain: write `example.com`, which holds all hosts below it"
            } else {
                return None;
            };
            Some(SettingsError { path: format!("/domains/{index}"), message: problem.to_owned() })
        });
        wrong.collect()
    }

    /// Returns the domains of a context in lower case; nothing where none are set for anybody.
    pub(crate) fn domains(&self, context: &Context) -> Option<Vec<String>> {
        if self.domains.is_empty() && self.domain_claim.is_empty() {
            return None;
        }
        let filled = self.domains.iter().filter_map(|domain| domain.fill(context));
        let claimed = context.claims.iter().filter(|(name, _text)| *name == self.domain_claim && !name.is_empty());
        let claimed = claimed.flat_map(|(_name, text)| words(text));
        let bare = |domain: String| domain.trim().trim_matches('.').to_ascii_lowercase();
        Some(filled.chain(claimed).map(bare).filter(|domain| !domain.is_empty()).collect())
    }
}

/// Returns the domains that a claim names: a JSON list of texts, or a text with commas.
fn words(claim: &str) -> Vec<String> {
    let bare = claim.trim().trim_start_matches('[').trim_end_matches(']');
    bare.split(',').map(|word| word.trim().trim_matches('"').to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use sdk::testing::context;

    use super::Settings;

    fn read(json: &str) -> Settings {
        serde_json::from_str(json).unwrap()
    }

    /// A domain that would let everything through, or nothing, is refused with its place.
    #[test]
    fn domains_are_strict() {
        let errors =
            |json: &str| read(json).errors().into_iter().map(|error| error.path + " " + &error.message).collect::<Vec<_>>();
        assert_eq!(errors(r#"{"domains": ["{customer}.example.com"]}"#), [""; 0]);
        let problem = "is no domain: write `example.com`, which holds all hosts below it";
        assert_eq!(
            errors(r#"{"domains": ["*.example.com", "", ".", "https://a"]}"#),
            [&format!("/domains/0 {problem}"), "/domains/1 is empty", "/domains/2 is empty", &format!("/domains/3 {problem}")]
        );
        for wrong in [r#"{"domains": ["{tenant}.example.com"]}"#, r#"{"domain": []}"#, r#"{"tls": {"production": true}}"#] {
            assert!(serde_json::from_str::<Settings>(wrong).is_err(), "{wrong}");
        }
    }

    /// Domains come from the settings and, where they name one, from a claim; without either nothing is asked.
    #[test]
    fn domains_come_from_settings_and_claims() {
        let mut context = context("prod", "production");
        assert_eq!(read("{}").domains(&context), None);
        let claimed = read(r#"{"domainClaim": "domains"}"#);
        assert_eq!(claimed.domains(&context), Some(vec![]));
        context.claims = vec![("domains".to_owned(), r#"["Acme.example", "acme.test."]"#.to_owned())];
        assert_eq!(claimed.domains(&context), Some(vec!["acme.example".to_owned(), "acme.test".to_owned()]));
        context.claims = vec![("domains".to_owned(), "acme.example, acme.test".to_owned())];
        assert_eq!(claimed.domains(&context), Some(vec!["acme.example".to_owned(), "acme.test".to_owned()]));
        let set = read(r#"{"domains": ["{customer}.example.com", "{cluster}.example.com"]}"#);
        assert_eq!(set.domains(&context), Some(vec!["acme-corp.example.com".to_owned()]));
    }
}
