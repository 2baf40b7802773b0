//! Istio: hosts of gateways' servers and of virtual services.
//!
//! Rules: a host may stand behind a namespace and a slash. A virtual service of the mesh alone claims no host of the world; one with the host
//! `*` takes those of its gateways, which are judged here only where they are the application's.
//!
//! # Source
//! Istio 1.25, Gateway (Server, ServerTLSSettings.httpsRedirect), VirtualService (hosts, gateways, HTTPMatchRequest.uri).

use std::borrow::Cow;

use sdk::kubernetes::Identity;
use sdk::{Place, Unjudgeable};

use super::{Claim, Claims, Reach, Tls, WHOLE, whole};
use crate::host::Host;

/// The group of its kinds.
pub(super) const GROUP: &str = "networking.istio.io";

/// The gateway that is the mesh itself.
const MESH: &str = "mesh";

impl<'a> Claims<'a> {
    /// Takes the hosts of a Gateway's servers.
    ///
    /// # Errors
    /// A list of it is sealed.
    pub(super) fn servers(&mut self, object: &Place<'a>) -> Result<(), Unjudgeable> {
        for server in object.at("spec").at("servers").elements()? {
            let (tls, protocol) = (server.at("tls"), server.at("port").at("protocol"));
            let protocol = self.settled(protocol.text(), None).unwrap_or_default().to_ascii_uppercase();
            let redirects = self.settled(tls.at("httpsRedirect").truth(), None) == Some(true);
            let tls = match protocol.as_str() {
                "HTTP" if redirects => Tls::Given,
                "HTTP" | "HTTP2" | "GRPC" | "GRPC-WEB" => Tls::Missing,
                "HTTPS" | "TLS" => Tls::Given,
                _ => Tls::Elsewhere,
            };
            for place in server.at("hosts").elements()? {
                if let Some(name) = self.settled(place.text(), None) {
                    let name = name.split_once('/').map_or(name, |(_namespace, name)| name);
                    self.found.push(Claim { host: Host::of(name), paths: Vec::new(), reach: Reach::Labels, tls, place });
                }
            }
        }
        Ok(())
    }

    /// Takes the hosts of a virtual service.
    ///
    /// # Errors
    /// A list of it is sealed.
    pub(super) fn virtual_service(&mut self, object: &Place<'a>, identity: &Identity<'a>) -> Result<(), Unjudgeable> {
        let spec = object.at("spec");
        let (mut is_of_world, mut is_elsewhere) = (false, false);
        for gateway in spec.at("gateways").elements()? {
            let name = gateway.text()?.unwrap_or_default();
            if name == MESH {
                continue;
            }
            let home = identity.namespace_in(self.context);
            let (namespace, name) = name.split_once('/').unwrap_or((home, name));
            is_of_world = true;
            is_elsewhere |= !self.gateways.contains(&(GROUP, namespace, name));
        }
        if !is_of_world {
            return Ok(());
        }
        let paths = self.uris(&spec)?;
        for place in spec.at("hosts").elements()? {
            let Some(name) = self.settled(place.text(), None) else {
                continue;
            };
            let host = Host::of(name);
            if is_elsewhere || !host.is_any() {
                self.found.push(Claim { host, paths: paths.clone(), reach: Reach::Labels, tls: Tls::Elsewhere, place });
            }
        }
        Ok(())
    }

    fn uris(&mut self, spec: &Place<'a>) -> Result<Vec<Cow<'a, str>>, Unjudgeable> {
        let mut paths = Vec::new();
        for rule in spec.at("http").elements()? {
            for matching in rule.at("match").elements()? {
                let uri = matching.at("uri");
                for form in ["prefix", "exact", "regex"] {
                    let path = self.settled(uri.at(form).text(), None);
                    paths.extend(path.map(|path| Cow::Borrowed(whole(path))));
                }
            }
        }
        Ok(if paths.is_empty() { vec![WHOLE.into()] } else { paths })
    }
}
