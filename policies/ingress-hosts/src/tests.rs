//! The rules over whole applications and over the fleet; what a host is within is tested beside it.

use sdk::{Context, Member, Policy, testing};
use serde_json::{Value, json};

use crate::{IngressHosts, Settings};

const METADATA: &str = include_str!("../policy.json");
const PAGE: &str = include_str!("../../../docs/policies/ingress-hosts.md");

/// The settings of most tests: domains are known, TLS is asked for everywhere.
fn strict() -> Value {
    json!({"domains": ["{customer}.example.com"], "tls": {"production": "deny"}, "wildcards": {"production": "deny"}})
}

fn object(group: &str, kind: &str, spec: &Value) -> Value {
    json!({"apiVersion": format!("{group}/v1"), "kind": kind, "metadata": {"name": "a"}, "spec": spec})
}

/// An Ingress with rules of hosts and paths, all with TLS.
fn ingress(rules: &[(&str, &str)]) -> Value {
    let rule = |(host, path): &(&str, &str)| json!({"host": host, "http": {"paths": [{"path": path, "pathType": "Prefix"}]}});
    object(
        "networking.k8s.io",
        "Ingress",
        &json!({"tls": [{"secretName": "t"}], "rules": rules.iter().map(rule).collect::<Vec<_>>()}),
    )
}

fn gateway(kind: &str, spec: &Value) -> Value {
    object("gateway.networking.k8s.io", kind, spec)
}

fn istio(kind: &str, spec: &Value) -> Value {
    object("networking.istio.io", kind, spec)
}

fn judge(settings: &Value, objects: &[Value]) -> Vec<String> {
    let policy: IngressHosts = testing::configured(settings);
    testing::lines(&testing::judge_manifests(&policy, &testing::context("prod", "production"), objects).findings)
}

/// Returns rule and place of what is found by strict settings.
fn check(objects: &[Value], want: &[&str]) {
    let found = judge(&strict(), objects);
    let places: Vec<_> = found.iter().map(|line| line.split(": ").next().unwrap_or_default()).collect();
    assert_eq!(places, want, "{objects:?}");
}

/// An application of the fleet: its name, and the hosts with paths of its Ingress.
type Application<'a> = (&'a str, &'a [(&'a str, &'a str)]);

fn context_of(application: &str) -> Context {
    let mut parts = application.split('/').map(str::to_owned);
    let (customer, product) = (parts.next().unwrap(), parts.next().unwrap());
    Context { application: application.to_owned(), customer, product, ..testing::context("prod", "production") }
}

fn fleet(settings: &Value, applications: &[(&str, Value)]) -> Vec<String> {
    let policy: IngressHosts = testing::configured(settings);
    let member = |(name, object): &(&str, Value)| {
        let context = context_of(name);
        let facts = testing::judge_manifests(&policy, &context, std::slice::from_ref(object)).facts;
        Member { context, facts }
    };
    let members: Vec<_> = applications.iter().map(member).collect();
    let found = policy.check_fleet(&members).unwrap();
    found
        .iter()
        .map(|found| format!("{}: {}", members[found.member as usize].context.application, testing::line(&found.finding)))
        .collect()
}

fn check_fleet(applications: &[Application<'_>], want: &[&str]) {
    let applications: Vec<_> = applications.iter().map(|(name, rules)| (*name, ingress(rules))).collect();
    assert_eq!(fleet(&json!({}), &applications), want);
}

/// The page's examples fire what they list, and `policy.json` describes the settings that are taken.
#[test]
fn the_page_is_true() {
    testing::examples::<IngressHosts>(PAGE, METADATA);
    testing::assert_schema::<Settings>(METADATA);
}

/// Hosts lie in a domain of the customer, where domains are known; upper case and a last dot change nothing.
#[test]
fn domains() {
    check(
        &[ingress(&[("shop.acme-corp.example.com", "/"), ("SHOP.acme-corp.Example.com.", "/"), ("acme-corp.example.com", "/")])],
        &[],
    );
    check(
        &[ingress(&[("a.acme-corp.example.com", "/"), ("shop.globex.example.com", "/")])],
        &["foreign-domain 0 /spec/rules/1/host"],
    );
    check(&[ingress(&[("evil-acme-corp.example.com", "/")])], &["foreign-domain 0 /spec/rules/0/host"]);
    assert_eq!(judge(&json!({}), &[ingress(&[("shop.globex.example.com", "/")])]), [""; 0]);
    let unknown = judge(&json!({"domainClaim": "domains"}), &[ingress(&[("shop.example.com", "/")])]);
    assert_eq!(
        unknown,
        ["foreign-domain 0 /spec/rules/0/host: host `shop.example.com` lies in no domain of customer acme-corp: it has none"]
    );
}

/// Every way of naming a host is looked at.
#[test]
fn all_ways_of_naming_hosts() {
    let bad = "x.globex.example.com";
    for (object, pointer) in [
        (ingress(&[(bad, "/")]), "/spec/rules/0/host"),
        (gateway("Gateway", &json!({"listeners": [{"protocol": "HTTPS", "hostname": bad}]})), "/spec/listeners/0/hostname"),
        (gateway("ListenerSet", &json!({"listeners": [{"protocol": "TLS", "hostname": bad}]})), "/spec/listeners/0/hostname"),
        (gateway("HTTPRoute", &json!({"hostnames": [bad]})), "/spec/hostnames/0"),
        (gateway("GRPCRoute", &json!({"hostnames": [bad]})), "/spec/hostnames/0"),
        (gateway("TLSRoute", &json!({"hostnames": [bad]})), "/spec/hostnames/0"),
        (object("route.openshift.io", "Route", &json!({"host": bad, "tls": {}})), "/spec/host"),
        (
            istio("Gateway", &json!({"servers": [{"port": {"protocol": "HTTPS"}, "hosts": [format!("ns/{bad}")]}]})),
            "/spec/servers/0/hosts/0",
        ),
        (istio("VirtualService", &json!({"gateways": ["g"], "hosts": [bad]})), "/spec/hosts/0"),
    ] {
        check(&[object], &[&format!("foreign-domain 0 {pointer}")]);
    }
    let mut aliased = ingress(&[("a.acme-corp.example.com", "/")]);
    aliased["metadata"]["annotations"] =
        json!({"nginx.ingress.kubernetes.io/server-alias": format!("a.acme-corp.example.com, {bad}")});
    check(&[aliased], &["foreign-domain 0 /metadata/annotations/nginx.ingress.kubernetes.io~1server-alias"]);
    let service = json!({"apiVersion": "v1", "kind": "Service", "metadata": {"annotations": {"external-dns.alpha.kubernetes.io/hostname": bad}}});
    check(&[service], &["foreign-domain 0 /metadata/annotations/external-dns.alpha.kubernetes.io~1hostname"]);
    // Hosts of the mesh alone are names inside the cluster.
    check(
        &[
            istio("VirtualService", &json!({"hosts": [bad]})),
            istio("VirtualService", &json!({"gateways": ["mesh"], "hosts": [bad]})),
        ],
        &[],
    );
}

/// Whatever takes every host is denied, in every class; what hangs on a gateway of the application takes only that gateway's.
#[test]
fn nothing_takes_every_host() {
    let backend = json!({"tls": [{}], "defaultBackend": {"service": {"name": "a"}}});
    check(&[object("networking.k8s.io", "Ingress", &backend)], &["any-host 0 /spec/defaultBackend"]);
    check(&[object("networking.k8s.io", "Ingress", &json!({"tls": [{}], "rules": [{}]}))], &["any-host 0 /spec/rules/0/host"]);
    check(&[ingress(&[("*", "/")])], &["any-host 0 /spec/rules/0/host"]);
    check(
        &[gateway("Gateway", &json!({"listeners": [{"protocol": "HTTPS"}, {"protocol": "TCP"}]}))],
        &["any-host 0 /spec/listeners/0/hostname"],
    );
    check(
        &[istio("Gateway", &json!({"servers": [{"port": {"protocol": "HTTPS"}, "hosts": ["*"]}]}))],
        &["any-host 0 /spec/servers/0/hosts/0"],
    );
    let own = gateway("Gateway", &json!({"listeners": [{"protocol": "HTTPS", "hostname": "a.acme-corp.example.com"}]}));
    let route = |parent: Value| gateway("HTTPRoute", &json!({"parentRefs": [parent]}));
    check(&[route(json!({"name": "a"})), own.clone()], &[]);
    check(&[route(json!({"name": "other"})), own.clone()], &["any-host 0 /spec/hostnames"]);
    check(&[route(json!({"name": "a", "namespace": "infra"})), own], &["any-host 0 /spec/hostnames"]);
    check(&[route(json!({"kind": "Service", "name": "other"}))], &[]);
    let service = |gateways: Value| istio("VirtualService", &json!({"gateways": gateways, "hosts": ["*"]}));
    let servers = istio("Gateway", &json!({"servers": []}));
    check(&[service(json!(["a"])), servers.clone()], &[]);
    check(&[service(json!(["a", "infra/a"])), servers], &["any-host 0 /spec/hosts/0"]);
    let policy: IngressHosts = testing::configured(&json!({}));
    assert_eq!(
        testing::judge_manifests(&policy, &testing::context("dev", "nonproduction"), &[ingress(&[("", "/")])]).findings.len(),
        1
    );
}

/// A wildcard inside the domain is found where the class weighs it; one above the domain is foreign.
#[test]
fn wildcards() {
    check(&[ingress(&[("*.acme-corp.example.com", "/")])], &["wildcard-host 0 /spec/rules/0/host"]);
    check(&[ingress(&[("*.example.com", "/")])], &["foreign-domain 0 /spec/rules/0/host", "wildcard-host 0 /spec/rules/0/host"]);
    assert_eq!(judge(&json!({"domains": ["{customer}.example.com"]}), &[ingress(&[("*.acme-corp.example.com", "/")])]), [""; 0]);
}

/// A host has TLS where the object, or an annotation, says so for that host.
#[test]
fn tls() {
    let host = "a.acme-corp.example.com";
    let with = |tls: Value| object("networking.k8s.io", "Ingress", &json!({"tls": tls, "rules": [{"host": host}]}));
    let missing = ["tls 0 /spec/rules/0/host"];
    for given in [json!([{"hosts": [host]}]), json!([{"hosts": ["*.acme-corp.example.com"]}]), json!([{"secretName": "t"}])] {
        check(&[with(given)], &[]);
    }
    for not_given in [json!(null), json!([]), json!([{"hosts": ["b.acme-corp.example.com"]}])] {
        check(&[with(not_given)], &missing);
    }
    let mut annotated = with(json!([]));
    annotated["metadata"]["annotations"] = json!({"alb.ingress.kubernetes.io/certificate-arn": "arn"});
    check(&[annotated], &[]);
    let route = |tls: Value| object("route.openshift.io", "Route", &json!({"host": host, "tls": tls}));
    check(&[route(json!({"termination": "edge"}))], &[]);
    check(
        &[route(json!(null)), route(json!({"insecureEdgeTerminationPolicy": "Allow"}))],
        &["tls 0 /spec/host", "tls 1 /spec/host"],
    );
    let listener = |protocol: &str| json!({"protocol": protocol, "hostname": host});
    check(&[gateway("Gateway", &json!({"listeners": [listener("HTTP")]}))], &["tls 0 /spec/listeners/0/hostname"]);
    check(&[gateway("Gateway", &json!({"listeners": [listener("HTTP"), listener("HTTPS")]}))], &[]);
    let server =
        |tls: Value| istio("Gateway", &json!({"servers": [{"port": {"protocol": "HTTP"}, "tls": tls, "hosts": [host]}]}));
    check(&[server(json!({"httpsRedirect": true}))], &[]);
    check(&[server(json!(null))], &["tls 0 /spec/servers/0/hosts/0"]);
    assert!(judge(&json!({}), &[with(json!([]))])[0].starts_with("(warn) tls "));
    let policy: IngressHosts = testing::configured(&json!({}));
    assert!(testing::judge_manifests(&policy, &testing::context("dev", "nonproduction"), &[with(json!([]))]).findings.is_empty());
}

/// Two applications claim no host and path twice; two customers share no host at all; one customer may share a host by paths.
#[test]
fn hosts_are_claimed_once() {
    check_fleet(&[("acme/a/prod", &[("a.test", "/")]), ("acme/b/prod", &[("b.test", "/")])], &[]);
    check_fleet(&[("acme/a/prod", &[("a.test", "/"), ("a.test", "/")])], &[]);
    check_fleet(&[("acme/a/prod", &[("a.test", "/")]), ("acme/b/prod", &[("a.test", "/api")])], &[]);
    // Environments of one product may be the same values.
    check_fleet(&[("acme/a/prod", &[("a.test", "/")]), ("acme/a/dev", &[("a.test", "/")])], &[]);
    let twice = |one: &str, at: &str, other: &str| {
        format!("{one}: host-twice 0 /spec/rules/0/host: host `a.test`{at} is claimed by {other} too")
    };
    check_fleet(
        &[("acme/a/prod", &[("a.test", "/api")]), ("acme/b/prod", &[("A.test.", "/api/")])],
        &[&twice("acme/a/prod", " at `/api`", "acme/b/prod"), &twice("acme/b/prod", " at `/api`", "acme/a/prod")],
    );
    check_fleet(
        &[("acme/a/prod", &[("a.test", "/")]), ("globex/a/prod", &[("a.test", "/api")])],
        &[&twice("acme/a/prod", "", "globex/a/prod"), &twice("globex/a/prod", " at `/api`", "acme/a/prod")],
    );
    check_fleet(
        &[("acme/a/prod", &[("a.test", "/")]), ("acme/b/prod", &[("a.test", "/b")]), ("globex/a/prod", &[("a.test", "/c")])],
        &[
            &twice("acme/a/prod", "", "globex/a/prod"),
            &twice("acme/b/prod", " at `/b`", "globex/a/prod"),
            &twice("globex/a/prod", " at `/c`", "acme/a/prod"),
        ],
    );
    let one = |name| (name, ingress(&[("a.test", "/")]));
    assert_eq!(fleet(&json!({"shared": ["a.*"]}), &[one("acme/a/prod"), one("globex/a/prod")]), [""; 0]);
    // Whatever kind claims it.
    let route = ("globex/a/prod", gateway("HTTPRoute", &json!({"hostnames": ["a.test"]})));
    assert_eq!(fleet(&json!({}), &[one("acme/a/prod"), route]).len(), 2);
}

/// A host below another application's wildcard takes a part of it: denied between customers, a warning within one. An Ingress's wildcard
/// reaches one label, a route's any number.
#[test]
fn wildcards_overlap() {
    let wide: Application<'_> = ("acme/a/prod", &[("*.a.test", "/")]);
    let overlap = "wildcard-overlap 0 /spec/rules/0/host: host `x.a.test` takes a part of `*.a.test`, which acme/a/prod claims";
    check_fleet(&[wide, ("globex/a/prod", &[("x.a.test", "/")])], &[&format!("globex/a/prod: {overlap}")]);
    check_fleet(&[wide, ("acme/b/prod", &[("x.a.test", "/")])], &[&format!("acme/b/prod: (warn) {overlap}")]);
    check_fleet(&[wide, ("globex/a/prod", &[("x.y.a.test", "/"), ("a.test", "/"), ("xa.test", "/")])], &[]);
    check_fleet(&[("acme/a/prod", &[("*.a.test", "/"), ("x.a.test", "/")])], &[]);
    let route = |host: &str| gateway("HTTPRoute", &json!({ "hostnames": [host] }));
    assert_eq!(fleet(&json!({}), &[("acme/a/prod", route("*.a.test")), ("globex/a/prod", route("x.y.a.test"))]).len(), 1);
    assert_eq!(fleet(&json!({}), &[("acme/a/prod", route("*.test")), ("globex/a/prod", route("*.a.test"))]).len(), 1);
}

/// Hosts of gateways' listeners claim no traffic, those of routes do: an application may hang its routes on another's gateway.
#[test]
fn listeners_claim_no_traffic() {
    let listener = gateway("Gateway", &json!({"listeners": [{"protocol": "HTTPS", "hostname": "a.test"}]}));
    let route = gateway("HTTPRoute", &json!({"hostnames": ["a.test"]}));
    assert_eq!(fleet(&json!({}), &[("acme/a/prod", listener), ("acme/b/prod", route)]), [""; 0]);
}

/// A sealed leaf that may hide a host blinds no rule and hides no other host.
#[test]
fn sealed_leaves_are_unjudgeable() {
    let sealed = "<sealed:1>";
    check(
        &[ingress(&[(sealed, "/"), ("b.test", "/")])],
        &["unjudgeable 0 /spec/rules/0/host", "foreign-domain 0 /spec/rules/1/host"],
    );
    for (object, pointer) in [
        (object("networking.k8s.io", "Ingress", &json!({"tls": sealed, "rules": []})), "/spec/tls"),
        (object("networking.k8s.io", "Ingress", &json!({ "rules": sealed })), "/spec/rules"),
        (object("networking.k8s.io", sealed, &json!({})), "/kind"),
        (gateway("Gateway", &json!({ "listeners": sealed })), "/spec/listeners"),
        (gateway("Gateway", &json!({"listeners": [{"protocol": sealed, "hostname": "a"}]})), "/spec/listeners/0/protocol"),
        (gateway("HTTPRoute", &json!({ "hostnames": [sealed] })), "/spec/hostnames/0"),
        (gateway("HTTPRoute", &json!({ "hostnames": sealed })), "/spec/hostnames"),
        (gateway("HTTPRoute", &json!({"parentRefs": [{"name": sealed}]})), "/spec/parentRefs/0/name"),
        (object("route.openshift.io", "Route", &json!({ "host": sealed })), "/spec/host"),
        (istio("VirtualService", &json!({ "gateways": [sealed] })), "/spec/gateways/0"),
        (istio("VirtualService", &json!({"gateways": ["g"], "hosts": sealed})), "/spec/hosts"),
    ] {
        check(&[object], &[&format!("unjudgeable 0 {pointer}")]);
    }
}
