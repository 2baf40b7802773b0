//! Claims: which hosts an object asks for, and where it says so.
//!
//! In: an object. Out: [`Claim`]s, and a denial for each sealed leaf that may hide one.
//! Rules: each kind has its own way of saying it; annotations that name hosts count on every kind that is looked at.
//! Not here: hosts that only a controller's configuration or its snippets name.

mod gateway;
mod ingress;
mod istio;

use std::borrow::Cow;
use std::collections::BTreeSet;

use sdk::kubernetes::Identity;
use sdk::{Context, Finding, Objects, Place, Unjudgeable};

use crate::host::Host;
use crate::settings::Settings;

/// Names that external-dns writes into the zone of the DNS.
const DNS_ANNOTATION: &str = "external-dns.alpha.kubernetes.io/hostname";

/// The whole of a host.
const WHOLE: &str = "/";

/// A host that an object asks for.
pub(crate) struct Claim<'a> {
    pub(crate) host: Host,
    /// What it takes of the host; nothing where it only lets others take.
    pub(crate) paths: Vec<Cow<'a, str>>,
    pub(crate) reach: Reach,
    pub(crate) tls: Tls,
    pub(crate) place: Place<'a>,
}

/// How far a host of the form `*.a` reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// One label: `x.a`.
    Label,
    /// Any number of them.
    Labels,
}

/// Whether traffic to a host is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tls {
    /// It is.
    Given,
    /// It need not be.
    Missing,
    /// Another object says so.
    Elsewhere,
}

/// What is collected, and by which settings.
pub(crate) struct Claims<'a> {
    settings: &'a Settings,
    context: &'a Context,
    /// Gateways of the application by group, namespace and name: their hosts are judged where they are listed.
    gateways: BTreeSet<(&'a str, &'a str, &'a str)>,
    pub(crate) found: Vec<Claim<'a>>,
    pub(crate) sealed: Vec<Finding>,
}

impl<'a> Claims<'a> {
    /// Returns what the objects of an application claim.
    pub(crate) fn of(objects: &Objects<'a>, settings: &'a Settings, context: &'a Context) -> Claims<'a> {
        let mut claims = Claims { settings, context, gateways: BTreeSet::new(), found: Vec::new(), sealed: Vec::new() };
        let mut judged = Vec::new();
        for object in objects.iter() {
            match Identity::of(&object) {
                Ok(identity) => {
                    if matches!(identity.kind, "Gateway" | "ListenerSet") {
                        claims.gateways.insert((identity.group, identity.namespace_in(context), identity.name));
                    }
                    judged.push((object, identity));
                }
                Err(sealed) => claims.sealed.push(sealed.into()),
            }
        }
        for (object, identity) in judged {
            if let Err(sealed) = claims.take(&object, &identity) {
                claims.sealed.push(sealed.into());
            }
        }
        claims
    }

    fn take(&mut self, object: &Place<'a>, identity: &Identity<'a>) -> Result<(), Unjudgeable> {
        match (identity.group, identity.kind) {
            ("networking.k8s.io" | "extensions", "Ingress") => self.ingress(object)?,
            (gateway::GROUP, "Gateway" | "ListenerSet") => self.listeners(object)?,
            (gateway::GROUP, "GRPCRoute" | "HTTPRoute" | "TLSRoute") => self.route(object, identity)?,
            ("route.openshift.io", "Route") => self.openshift(object),
            (istio::GROUP, "Gateway") => self.servers(object)?,
            (istio::GROUP, "VirtualService") => self.virtual_service(object, identity)?,
            ("", "Service") => {}
            _ => return Ok(()),
        }
        let annotation = object.at("metadata").at("annotations").at(DNS_ANNOTATION);
        self.listed(&annotation, |_host| Tls::Elsewhere);
        Ok(())
    }

    /// Takes the hosts of a text with commas.
    fn listed(&mut self, place: &Place<'a>, tls: impl Fn(&Host) -> Tls) {
        let text = self.settled(place.text(), None).unwrap_or_default();
        for name in text.split(',').filter(|name| !name.trim().is_empty()) {
            let host = Host::of(name);
            let tls = tls(&host);
            self.found.push(Claim { host, paths: vec![WHOLE.into()], reach: Reach::Label, tls, place: place.clone() });
        }
    }

    /// Returns what was read, or what stands for it where it is sealed; that is a denial.
    fn settled<T>(&mut self, read: Result<T, Unjudgeable>, instead: T) -> T {
        read.unwrap_or_else(|sealed| {
            self.sealed.push(sealed.into());
            instead
        })
    }

    /// Takes a Route of OpenShift; without a host the router makes one that is nobody's.
    fn openshift(&mut self, object: &Place<'a>) {
        let spec = object.at("spec");
        let place = spec.at("host");
        let Some(name) = self.settled(place.text(), None).filter(|name| !name.is_empty()) else {
            return;
        };
        let policy = self.settled(spec.at("wildcardPolicy").text(), None);
        let host = match (policy, name.split_once('.')) {
            (Some("Subdomain"), Some((_label, domain))) => Host::of(&format!("*.{domain}")),
            _ => Host::of(name),
        };
        let tls = spec.at("tls");
        let insecure = self.settled(tls.at("insecureEdgeTerminationPolicy").text(), None);
        let is_given = self.settled(tls.exists(), true) && insecure != Some("Allow");
        let path = self.settled(spec.at("path").text(), None).map_or(WHOLE, whole);
        let tls = if is_given { Tls::Given } else { Tls::Missing };
        self.found.push(Claim { host, paths: vec![path.into()], reach: Reach::Label, tls, place });
    }
}

/// Returns a path without the slash at its end, which means nothing; the whole where nothing is left.
fn whole(path: &str) -> &str {
    match path.trim_end_matches('/') {
        "" => WHOLE,
        path => path,
    }
}
