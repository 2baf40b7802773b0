//! Gateway API: hosts of listeners and of routes.
//!
//! Rules: a listener without a host takes every host; a route without hosts takes those of its gateways, which are judged here only where
//! they are the application's. A listener for HTTP passes where another of the same gateway serves its host by HTTPS: it is there to
//! redirect. Hosts of listeners claim no traffic; routes do.
//!
//! # Source
//! Gateway API 1.3, Listener, HTTPRouteSpec, GRPCRouteSpec, TLSRouteSpec, ParentReference.

use std::borrow::Cow;

use sdk::kubernetes::Identity;
use sdk::{Place, Unjudgeable};

use super::{Claim, Claims, Reach, Tls, WHOLE, whole};
use crate::host::Host;

/// The group of its kinds.
pub(super) const GROUP: &str = "gateway.networking.k8s.io";

impl<'a> Claims<'a> {
    /// Takes the hosts of a Gateway's listeners.
    ///
    /// # Errors
    /// The list of them is sealed.
    pub(super) fn listeners(&mut self, object: &Place<'a>) -> Result<(), Unjudgeable> {
        let mut listeners = Vec::new();
        for listener in object.at("spec").at("listeners").elements()? {
            let place = listener.at("hostname");
            let protocol = self.settled(listener.at("protocol").text(), None).unwrap_or_default();
            let name = self.settled(place.text().map(|name| Some(name.unwrap_or_default())), None);
            if let (Some(name), "HTTP" | "HTTPS" | "TLS") = (name, protocol) {
                listeners.push((Host::of(name), protocol, place));
            }
        }
        let encrypted = |host: &Host| listeners.iter().any(|(known, protocol, _)| *protocol != "HTTP" && known.covers(host));
        let tls = |host: &Host| if encrypted(host) { Tls::Given } else { Tls::Missing };
        self.found.extend(listeners.iter().map(|(host, _protocol, place)| Claim {
            host: host.clone(),
            paths: Vec::new(),
            reach: Reach::Labels,
            tls: tls(host),
            place: place.clone(),
        }));
        Ok(())
    }

    /// Takes the hosts of a route.
    ///
    /// # Errors
    /// A list of it is sealed.
    pub(super) fn route(&mut self, object: &Place<'a>, identity: &Identity<'a>) -> Result<(), Unjudgeable> {
        let spec = object.at("spec");
        let paths = self.route_paths(&spec)?;
        let place = spec.at("hostnames");
        let mut names = place.elements()?.peekable();
        if names.peek().is_none() {
            if self.is_bound_elsewhere(&spec, identity)? {
                self.found.push(Claim { host: Host::of(""), paths, reach: Reach::Labels, tls: Tls::Elsewhere, place });
            }
            return Ok(());
        }
        for place in names {
            if let Some(name) = self.settled(place.text(), None) {
                let (host, paths) = (Host::of(name), paths.clone());
                self.found.push(Claim { host, paths, reach: Reach::Labels, tls: Tls::Elsewhere, place });
            }
        }
        Ok(())
    }

    /// Whether a route hangs on a gateway that is not the application's.
    fn is_bound_elsewhere(&mut self, spec: &Place<'a>, identity: &Identity<'a>) -> Result<bool, Unjudgeable> {
        for parent in spec.at("parentRefs").elements()? {
            let (kind, namespace) = (parent.at("kind").text()?, parent.at("namespace").text()?);
            let namespace = namespace.unwrap_or_else(|| identity.namespace_in(self.context));
            let name = parent.at("name").text()?.unwrap_or_default();
            let is_gateway = matches!(kind, None | Some("Gateway" | "ListenerSet"));
            if is_gateway && !self.gateways.contains(&(GROUP, namespace, name)) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn route_paths(&mut self, spec: &Place<'a>) -> Result<Vec<Cow<'a, str>>, Unjudgeable> {
        let mut paths = Vec::new();
        for rule in spec.at("rules").elements()? {
            for matching in rule.at("matches").elements()? {
                let path = self.settled(matching.at("path").at("value").text(), None).map(|path| Cow::Borrowed(whole(path)));
                let method = matching.at("method");
                let service = self.settled(method.at("service").text(), None);
                let call = service.map(|service| Cow::Owned(format!("/{service}")));
                paths.push(path.or(call).unwrap_or(WHOLE.into()));
            }
        }
        Ok(if paths.is_empty() { vec![WHOLE.into()] } else { paths })
    }
}
