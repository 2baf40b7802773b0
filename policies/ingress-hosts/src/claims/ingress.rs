//! Ingress: the hosts of its rules, its default backend, and further names in annotations.
//!
//! Rules: a default backend and a rule without host take every host. A host has TLS where an entry of `tls` names it, or one names none, or
//! an annotation gives the load balancer a certificate.
//!
//! # Source
//! Kubernetes API reference 1.33, IngressSpec; ingress-nginx, annotation `server-alias`.

use std::borrow::Cow;

use sdk::{Place, Unjudgeable};

use super::{Claim, Claims, Reach, Tls, WHOLE, whole};
use crate::host::Host;

/// Further names of a host, for the controller of nginx.
const ALIASES: &str = "nginx.ingress.kubernetes.io/server-alias";

/// The hosts of an Ingress that have TLS.
enum Encrypted {
    All,
    These(Vec<Host>),
}

impl Encrypted {
    fn of(&self, host: &Host) -> Tls {
        let is_given = match self {
            Encrypted::All => true,
            Encrypted::These(hosts) => hosts.iter().any(|given| given.covers(host)),
        };
        if is_given { Tls::Given } else { Tls::Missing }
    }
}

impl<'a> Claims<'a> {
    /// Takes the hosts of an Ingress.
    ///
    /// # Errors
    /// A list of it is sealed.
    pub(super) fn ingress(&mut self, object: &Place<'a>) -> Result<(), Unjudgeable> {
        let spec = object.at("spec");
        let encrypted = self.encrypted(object);
        let encrypted = self.settled(encrypted, Encrypted::All);
        for backend in ["defaultBackend", "backend"] {
            let place = spec.at(backend);
            if self.settled(place.exists(), true) {
                let host = Host::of("");
                self.found.push(Claim { host, paths: vec![WHOLE.into()], reach: Reach::Label, tls: Tls::Elsewhere, place });
            }
        }
        for rule in spec.at("rules").elements()? {
            let place = rule.at("host");
            let Some(name) = self.settled(place.text().map(|name| Some(name.unwrap_or_default())), None) else {
                continue;
            };
            let host = Host::of(name);
            let paths = self.paths(&rule)?;
            let tls = encrypted.of(&host);
            self.found.push(Claim { host, paths, reach: Reach::Label, tls, place });
        }
        self.listed(&object.at("metadata").at("annotations").at(ALIASES), |host| encrypted.of(host));
        Ok(())
    }

    fn paths(&mut self, rule: &Place<'a>) -> Result<Vec<Cow<'a, str>>, Unjudgeable> {
        let mut paths = Vec::new();
        for path in rule.at("http").at("paths").elements()? {
            paths.push(Cow::Borrowed(self.settled(path.at("path").text(), None).map_or(WHOLE, whole)));
        }
        Ok(if paths.is_empty() { vec![WHOLE.into()] } else { paths })
    }

    fn encrypted(&self, object: &Place<'a>) -> Result<Encrypted, Unjudgeable> {
        let annotations = object.at("metadata").at("annotations");
        for annotation in &self.settings.certificate_annotations {
            if annotations.at(annotation).exists()? {
                return Ok(Encrypted::All);
            }
        }
        let mut hosts = Vec::new();
        for entry in object.at("spec").at("tls").elements()? {
            let mut named = entry.at("hosts").elements()?.peekable();
            if named.peek().is_none() {
                return Ok(Encrypted::All);
            }
            for host in named {
                hosts.push(Host::of(host.text()?.unwrap_or_default()));
            }
        }
        Ok(Encrypted::These(hosts))
    }
}
