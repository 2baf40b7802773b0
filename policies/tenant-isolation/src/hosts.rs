//! Hosts: services of other namespaces, named by their names in the cluster's DNS.
//!
//! In: an object. Out: a denial for each text that names `service.namespace.svc` of another namespace.
//! Rules: the texts that a program reads at its start or that route traffic are looked at; one finding for each text.
//! Not here: addresses by number, the short form `service.namespace`, names that are put together from variables.
//!
//! # Source
//! Kubernetes, "DNS for Services and Pods".

use sdk::kubernetes::Workload;
use sdk::{Finding, Place, Unjudgeable};

use crate::Subject;
use crate::settings::Neighbourhood;

/// What stands behind the namespace in the name of a service.
const ZONE: &str = "svc";

/// Judges the hosts that an object names.
pub(crate) fn judge(subject: &Subject<'_, '_>, hood: &Neighbourhood<'_>) -> Vec<Finding> {
    let Subject { object, identity, workload } = subject;
    let mut findings = Vec::new();
    let mut judge = |text: Place<'_>| findings.extend(named(&text, hood).unwrap_or_else(|sealed| Some(sealed.into())));
    let walked = match (identity.group, identity.kind) {
        ("", "Service") => {
            judge(object.at("spec").at("externalName"));
            Ok(())
        }
        ("", "ConfigMap") => object.at("data").entries().map(|entries| entries.for_each(|(_key, text)| judge(text))),
        ("networking.k8s.io" | "extensions", "Ingress") => {
            let annotations = object.at("metadata").at("annotations").entries();
            annotations.map(|entries| entries.for_each(|(_key, text)| judge(text)))
        }
        ("networking.istio.io", "VirtualService" | "DestinationRule") => istio(object, &mut judge),
        _ => workload.as_ref().map_or(Ok(()), |workload| containers(workload, &mut judge)),
    };
    findings.extend(walked.err().map(Finding::from));
    findings
}

/// Gives `judge` what the containers of a workload are started with.
fn containers<'a>(workload: &Workload<'a>, judge: &mut impl FnMut(Place<'a>)) -> Result<(), Unjudgeable> {
    for container in workload.containers()? {
        container.place.at("command").elements()?.for_each(&mut *judge);
        container.place.at("args").elements()?.for_each(&mut *judge);
        container.place.at("env").elements()?.for_each(|variable| judge(variable.at("value")));
    }
    Ok(())
}

/// Gives `judge` the hosts to which a mesh would send.
fn istio<'a>(object: &Place<'a>, judge: &mut impl FnMut(Place<'a>)) -> Result<(), Unjudgeable> {
    let spec = object.at("spec");
    judge(spec.at("host"));
    for protocol in ["http", "tcp", "tls"] {
        for rule in spec.at(protocol).elements()? {
            judge(rule.at("mirror").at("host"));
            rule.at("route").elements()?.for_each(|route| judge(route.at("destination").at("host")));
            rule.at("mirrors").elements()?.for_each(|mirror| judge(mirror.at("destination").at("host")));
        }
    }
    Ok(())
}

fn named(place: &Place<'_>, hood: &Neighbourhood<'_>) -> Result<Option<Finding>, Unjudgeable> {
    let text = place.text()?.unwrap_or_default();
    let foreign = services(text).find(|(service, namespace)| !hood.may_refer(&lower(namespace), &lower(service)));
    Ok(foreign.map(|(service, namespace)| {
        let message = format!("names `{service}.{namespace}.svc`, a service of another namespace than `{}`", hood.home);
        let help = "use a service of the own namespace, or ask the platform team to name this one in `references`";
        Finding::deny("foreign-host", place, message, help)
    }))
}

/// Returns service and namespace of each name of a service in a text.
fn services(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.match_indices('.').filter_map(|(dot, _)| {
        let (before, after) = (text.get(..dot)?, text.get(dot + 1..)?);
        let zone = after.get(..ZONE.len())?;
        let behind = after.get(ZONE.len()..)?.chars().next();
        if !zone.eq_ignore_ascii_case(ZONE) || behind.is_some_and(is_of_label) {
            return None;
        }
        let (rest, namespace) = last_label(before)?;
        let (_rest, service) = last_label(rest.strip_suffix('.')?)?;
        Some((service, namespace))
    })
}

/// Splits the label at the end of a text from what stands before it.
fn last_label(text: &str) -> Option<(&str, &str)> {
    let start = text.trim_end_matches(is_of_label).len();
    text.split_at_checked(start).filter(|(_rest, label)| !label.is_empty())
}

fn is_of_label(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '-' || character == '_'
}

fn lower(name: &str) -> String {
    name.to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::services;

    fn check(text: &str, want: &[(&str, &str)]) {
        assert_eq!(services(text).collect::<Vec<_>>(), want, "{text}");
    }

    /// Names of services are found wherever they stand in a text, in every form that the cluster's DNS has.
    #[test]
    fn names_are_found() {
        check("db.globex.svc", &[("db", "globex")]);
        check("http://db.globex.svc:5432/x", &[("db", "globex")]);
        check("jdbc:pg://db.globex.svc.cluster.local/x", &[("db", "globex")]);
        check("db-0.db.globex.svc.example.org.", &[("db", "globex")]);
        check("_pg._tcp.db.globex.svc", &[("db", "globex")]);
        check("DB.GLOBEX.SVC", &[("DB", "GLOBEX")]);
        check("a.b.svc,c.d.svc c=e.f.svc\ng.h.svc", &[("a", "b"), ("c", "d"), ("e", "f"), ("g", "h")]);
        check("\u{e9}a.b.svc\u{e9}", &[("a", "b")]);
    }

    /// What only looks like one is none.
    #[test]
    fn other_texts_are_none() {
        for text in [
            "",
            "svc",
            ".svc",
            "db.svc",
            "db.globex",
            "db.globex.svcs",
            "db.globex.svc-x",
            "..svc",
            "a..svc",
            "$(A).$(B).svc",
            "a.b.sv",
        ] {
            check(text, &[]);
        }
    }
}
