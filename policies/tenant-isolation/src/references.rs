//! References: fields in which an object names a thing of another namespace, or opens itself to one.
//!
//! In: an object. Out: a denial for each field that leads out of the application's namespaces.
//! Rules: the fields are a table; a field that names no namespace means the object's own.
//! Not here: hosts (`hosts`), accounts (`subjects`), fields of custom resources that the table does not name.
//!
//! # Source
//! API references of Kubernetes 1.33 (PersistentVolumeClaim), Gateway API 1.3, prometheus-operator 0.80, Traefik 3, Istio 1.25.

use sdk::kubernetes::Identity;
use sdk::{Finding, Place, Unjudgeable};

use crate::settings::Neighbourhood;

/// A step of a way that stands for each element of a list.
const EACH: &str = "[]";

/// How a field names a namespace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// A map with `namespace` and `name`.
    Map,
    /// The text is the namespace.
    Namespace,
    /// A text `namespace/name`, or a name alone.
    Slashed,
    /// This value opens the object to every namespace.
    Everything(&'static str),
}

/// Kinds of a group, the way to a field of theirs, and what the field holds.
type Way = (&'static str, &'static [&'static str], &'static [&'static str], Form);

const GATEWAY: &str = "gateway.networking.k8s.io";
const ROUTES: &[&str] = &["GRPCRoute", "HTTPRoute", "TCPRoute", "TLSRoute", "UDPRoute"];
const MONITORING: &str = "monitoring.coreos.com";
const MONITORS: &[&str] = &["PodMonitor", "Probe", "ServiceMonitor"];
const TRAEFIK: &[&str] = &["IngressRoute", "IngressRouteTCP", "IngressRouteUDP"];

const WAYS: [Way; 21] = [
    ("", &["PersistentVolumeClaim"], &["spec", "dataSourceRef"], Form::Map),
    ("apps", &["StatefulSet"], &["spec", "volumeClaimTemplates", EACH, "spec", "dataSourceRef"], Form::Map),
    (GATEWAY, ROUTES, &["spec", "parentRefs", EACH], Form::Map),
    (GATEWAY, ROUTES, &["spec", "rules", EACH, "backendRefs", EACH], Form::Map),
    (GATEWAY, ROUTES, &["spec", "rules", EACH, "filters", EACH, "requestMirror", "backendRef"], Form::Map),
    (GATEWAY, ROUTES, &["spec", "rules", EACH, "backendRefs", EACH, "filters", EACH, "requestMirror", "backendRef"], Form::Map),
    (GATEWAY, &["Gateway"], &["spec", "listeners", EACH, "tls", "certificateRefs", EACH], Form::Map),
    (GATEWAY, &["Gateway"], &["spec", "listeners", EACH, "tls", "frontendValidation", "caCertificateRefs", EACH], Form::Map),
    (GATEWAY, &["Gateway"], &["spec", "listeners", EACH, "allowedRoutes", "namespaces", "from"], Form::Everything("All")),
    (GATEWAY, &["ReferenceGrant"], &["spec", "from", EACH], Form::Map),
    (MONITORING, MONITORS, &["spec", "namespaceSelector", "matchNames", EACH], Form::Namespace),
    (MONITORING, MONITORS, &["spec", "namespaceSelector", "any"], Form::Everything("true")),
    (MONITORING, &["Probe"], &["spec", "targets", "ingress", "namespaceSelector", "matchNames", EACH], Form::Namespace),
    (MONITORING, &["Probe"], &["spec", "targets", "ingress", "namespaceSelector", "any"], Form::Everything("true")),
    ("networking.istio.io", &["VirtualService"], &["spec", "gateways", EACH], Form::Slashed),
    ("traefik.containo.us", TRAEFIK, &["spec", "routes", EACH, "services", EACH], Form::Map),
    ("traefik.containo.us", TRAEFIK, &["spec", "routes", EACH, "middlewares", EACH], Form::Map),
    ("traefik.io", TRAEFIK, &["spec", "routes", EACH, "services", EACH], Form::Map),
    ("traefik.io", TRAEFIK, &["spec", "routes", EACH, "middlewares", EACH], Form::Map),
    ("traefik.io", TRAEFIK, &["spec", "tls", "options"], Form::Map),
    ("traefik.io", TRAEFIK, &["spec", "tls", "store"], Form::Map),
];

const HELP: &str = "stay in the own namespace, or ask the platform team to name `namespace/name` in `references`";

/// Judges the references of an object.
pub(crate) fn judge(object: &Place<'_>, identity: &Identity<'_>, hood: &Neighbourhood<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (group, kinds, way, form) in WAYS {
        if identity.group == group && kinds.contains(&identity.kind) {
            follow(object, way, &mut |end| {
                let finding = leads_out(end, form, hood).unwrap_or_else(|sealed| Some(sealed.into()));
                findings.extend(finding);
            });
        }
    }
    findings
}

/// Gives `visit` each place that a way leads to; where a list on it is sealed, the list itself, whose text it will ask for.
fn follow(place: &Place<'_>, way: &[&str], visit: &mut impl FnMut(&Place<'_>)) {
    match way.split_first() {
        None => visit(place),
        Some((&EACH, rest)) => match place.elements() {
            Ok(elements) => elements.for_each(|element| follow(&element, rest, visit)),
            Err(_sealed) => visit(place),
        },
        Some((key, rest)) => follow(&place.at(key), rest, visit),
    }
}

fn leads_out(end: &Place<'_>, form: Form, hood: &Neighbourhood<'_>) -> Result<Option<Finding>, Unjudgeable> {
    let (at, namespace, name) = match form {
        Form::Map => {
            let at = end.at("namespace");
            let namespace = at.text()?.unwrap_or_default();
            (at, namespace, if hood.is_own(namespace) { "" } else { end.at("name").text()?.unwrap_or_default() })
        }
        Form::Namespace => (end.clone(), end.text()?.unwrap_or_default(), ""),
        Form::Slashed => {
            let (namespace, name) = end.text()?.unwrap_or_default().split_once('/').unwrap_or_default();
            (end.clone(), namespace, name)
        }
        Form::Everything(word) => return opened(end, word),
    };
    if hood.may_refer(namespace, name) {
        return Ok(None);
    }
    let message = match name {
        "" => format!("refers to namespace `{namespace}`, the application's is `{}`", hood.home),
        name => format!("refers to `{name}` in namespace `{namespace}`, the application's is `{}`", hood.home),
    };
    Ok(Some(Finding::deny("foreign-reference", &at, message, HELP)))
}

fn opened(end: &Place<'_>, word: &str) -> Result<Option<Finding>, Unjudgeable> {
    if end.scalar()?.as_deref() != Some(word) {
        return Ok(None);
    }
    let message = "takes in every namespace, those of other customers too".to_owned();
    Ok(Some(Finding::deny("foreign-reference", end, message, "name the namespaces that are meant")))
}
