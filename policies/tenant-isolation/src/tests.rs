//! The rules over whole applications; what a text or a selector means is tested beside it.

use std::slice::from_ref;

use sdk::testing;
use serde_json::{Value, json};

use crate::{Settings, TenantIsolation};

const METADATA: &str = include_str!("../policy.json");
const PAGE: &str = include_str!("../../../docs/policies/tenant-isolation.md");

fn object(kind: &str, rest: &Value) -> Value {
    let (group, kind) = kind.rsplit_once('/').map_or(("v1".to_owned(), kind), |(group, kind)| (format!("{group}/v1"), kind));
    let mut object = json!({"apiVersion": group, "kind": kind, "metadata": {"name": "a"}});
    for (key, value) in rest.as_object().into_iter().flatten() {
        object[key] = value.clone();
    }
    object
}

fn deployment(labels: &Value, pod: &Value) -> Value {
    object("apps/Deployment", &json!({"spec": {"template": {"metadata": {"labels": labels}, "spec": pod}}}))
}

fn fence(spec: &Value) -> Value {
    object("networking.k8s.io/NetworkPolicy", &json!({ "spec": spec }))
}

fn judge(settings: &Value, class: &str, objects: &[Value]) -> Vec<String> {
    let policy: TenantIsolation = testing::configured(settings);
    testing::lines(&testing::judge_manifests(&policy, &testing::context("prod", class), objects).findings)
}

/// Judges where no network policy is asked for; returns rule and place.
fn places(settings: &Value, objects: &[Value]) -> Vec<String> {
    judge(settings, "nonproduction", objects).iter().map(|line| line.split(':').next().unwrap_or_default().to_owned()).collect()
}

fn check(objects: &[Value], want: &[&str]) {
    assert_eq!(places(&json!({}), objects), want, "{objects:?}");
}

/// Judges in production with the same demand for a network policy that denies.
fn check_fences(objects: &[Value], directions: &Value, want: &[&str]) {
    let settings = json!({"networkPolicy": {"weights": {"production": "deny"}, "directions": directions,
        "kinds": ["networking.k8s.io/NetworkPolicy", "cilium.io/CiliumNetworkPolicy"]}});
    assert_eq!(judge(&settings, "production", objects), want, "{objects:?}");
}

/// The page's examples fire what they list, and `policy.json` describes the settings that are taken.
#[test]
fn the_page_is_true() {
    testing::examples::<TenantIsolation>(PAGE, METADATA);
    testing::assert_schema::<Settings>(METADATA);
}

/// An object stands in the application's namespace, in one of its further ones, or in none; the class does not matter.
#[test]
fn namespaces() {
    let at = |namespace: &str| object("ConfigMap", &json!({"metadata": {"name": "a", "namespace": namespace}}));
    check(&[object("ConfigMap", &json!({})), at("acme-corp-prod")], &[]);
    check(&[at("globex-prod")], &["namespace 0 /metadata/namespace"]);
    let line = "namespace 0 /metadata/namespace: stands in namespace `globex-prod`, the application's is `acme-corp-prod`";
    assert_eq!(judge(&json!({}), "production", &[at("globex-prod")]), [line]);
    let settings = json!({"namespaces": ["{customer}-jobs-*"]});
    assert_eq!(places(&settings, &[at("acme-corp-jobs-1"), at("globex-jobs-1")]), ["namespace 1 /metadata/namespace"]);
}

/// Kinds without namespace are denied unless the settings allow them; a kind of the same name in another group is another kind.
#[test]
fn cluster_scoped_kinds() {
    let role = object("rbac.authorization.k8s.io/ClusterRole", &json!({}));
    let objects = [
        role,
        object("Namespace", &json!({})),
        object("example.com/Namespace", &json!({})),
        object("example.com/Fleet", &json!({})),
    ];
    check(&objects, &["cluster-scoped 0 /kind", "cluster-scoped 1 /kind"]);
    let settings = json!({"clusterScoped": ["example.com/Fleet"], "allowedClusterScoped": ["Namespace"]});
    assert_eq!(places(&settings, &objects), ["cluster-scoped 0 /kind", "cluster-scoped 3 /kind"]);
}

/// Hosts of services of another namespace are denied wherever a program or a router reads them; those of the platform are not.
#[test]
fn hosts() {
    let there = "http://db.globex-prod.svc.cluster.local";
    for (here, want) in [
        ("db.acme-corp-prod.svc", false),
        ("kubernetes.default.svc", false),
        ("postgres.databases.svc", false),
        ("db.globex-staging.svc", true),
        (there, true),
    ] {
        let container =
            json!({"name": "c", "command": ["x", here], "args": [here], "env": [{"name": "A", "value": here}, {"name": "B"}]});
        let objects = [
            object("Service", &json!({"spec": {"type": "ExternalName", "externalName": here}})),
            object("ConfigMap", &json!({"data": {"url": here}})),
            object("networking.k8s.io/Ingress", &json!({"metadata": {"annotations": {"a": here}}})),
            object(
                "networking.istio.io/VirtualService",
                &json!({"spec": {"http": [{
                    "route": [{"destination": {"host": here}}],
                    "mirror": {"host": here},
                    "mirrors": [{"destination": {"host": here}}],
                }]}}),
            ),
            deployment(&json!({}), &json!({"initContainers": [container]})),
        ];
        let pod = "foreign-host 4 /spec/template/spec/initContainers/0";
        let all = [
            "foreign-host 0 /spec/externalName".to_owned(),
            "foreign-host 1 /data/url".to_owned(),
            "foreign-host 2 /metadata/annotations/a".to_owned(),
            "foreign-host 3 /spec/http/0/mirror/host".to_owned(),
            "foreign-host 3 /spec/http/0/route/0/destination/host".to_owned(),
            "foreign-host 3 /spec/http/0/mirrors/0/destination/host".to_owned(),
            format!("{pod}/command/1"),
            format!("{pod}/args/0"),
            format!("{pod}/env/0/value"),
        ];
        assert_eq!(places(&json!({}), &objects), if want { &all[..] } else { &[] }, "{here}");
    }
    let settings = json!({"foreign": ["*"], "references": ["shared/db"]});
    let url = |host: &str| object("ConfigMap", &json!({"data": {"url": host}}));
    assert_eq!(
        places(&settings, &[url("db.shared.svc"), url("DB.Shared.svc"), url("x.shared.svc")]),
        ["foreign-host 2 /data/url"]
    );
}

/// Fields that lead to another namespace are denied at the field; the own and the platform's are not.
#[test]
fn references() {
    let (route, gateway) = ("gateway.networking.k8s.io/HTTPRoute", "gateway.networking.k8s.io/Gateway");
    for (kind, spec, pointer) in [
        (route, json!({"parentRefs": [{"name": "x"}, {"name": "x", "namespace": "NS"}]}), "parentRefs/1/namespace"),
        (route, json!({"rules": [{"backendRefs": [{"name": "x", "namespace": "NS"}]}]}), "rules/0/backendRefs/0/namespace"),
        (
            gateway,
            json!({"listeners": [{"tls": {"certificateRefs": [{"namespace": "NS"}]}}]}),
            "listeners/0/tls/certificateRefs/0/namespace",
        ),
        ("gateway.networking.k8s.io/ReferenceGrant", json!({"from": [{"namespace": "NS"}]}), "from/0/namespace"),
        ("PersistentVolumeClaim", json!({"dataSourceRef": {"name": "x", "namespace": "NS"}}), "dataSourceRef/namespace"),
        (
            "monitoring.coreos.com/ServiceMonitor",
            json!({"namespaceSelector": {"matchNames": ["NS"]}}),
            "namespaceSelector/matchNames/0",
        ),
        ("networking.istio.io/VirtualService", json!({"gateways": ["mesh", "own", "NS/x"]}), "gateways/2"),
        (
            "traefik.io/IngressRoute",
            json!({"routes": [{"services": [{"name": "x", "namespace": "NS"}]}]}),
            "routes/0/services/0/namespace",
        ),
    ] {
        let in_namespace = |namespace: &str| {
            let spec: Value = spec.to_string().replace("NS", namespace).parse().unwrap();
            places(&json!({}), &[object(kind, &json!({ "spec": spec }))])
        };
        assert_eq!(in_namespace("globex-prod"), [format!("foreign-reference 0 /spec/{pointer}")], "{kind}");
        assert_eq!(in_namespace("acme-corp-prod"), [""; 0], "{kind}");
        assert_eq!(in_namespace("istio-system"), [""; 0], "{kind}");
    }
    let open = json!({"spec": {"listeners": [{"allowedRoutes": {"namespaces": {"from": "All"}}}, {"allowedRoutes": {"namespaces": {"from": "Same"}}}]}});
    check(&[object(gateway, &open)], &["foreign-reference 0 /spec/listeners/0/allowedRoutes/namespaces/from"]);
    let any = |any: bool| object("monitoring.coreos.com/PodMonitor", &json!({"spec": {"namespaceSelector": {"any": any}}}));
    check(&[any(false), any(true)], &["foreign-reference 1 /spec/namespaceSelector/any"]);
}

/// Rights go to accounts of the own namespace, by whichever name, and to people; never to accounts elsewhere or to everybody.
#[test]
fn subjects() {
    let binding = |subjects: Value| object("rbac.authorization.k8s.io/RoleBinding", &json!({ "subjects": subjects }));
    check(
        &[binding(json!([
            {"kind": "ServiceAccount", "name": "a"},
            {"kind": "ServiceAccount", "name": "a", "namespace": "acme-corp-prod"},
            {"kind": "User", "name": "system:serviceaccount:acme-corp-prod:a"},
            {"kind": "Group", "name": "system:serviceaccounts:acme-corp-prod"},
            {"kind": "Group", "name": "acme-admins"},
            {"kind": "User", "name": "anna"},
        ]))],
        &[],
    );
    for subject in [
        json!({"kind": "ServiceAccount", "name": "a", "namespace": "globex-prod"}),
        json!({"kind": "User", "name": "system:serviceaccount:globex-prod:a"}),
        json!({"kind": "User", "name": "system:anonymous"}),
        json!({"kind": "Group", "name": "system:serviceaccounts:globex-prod"}),
        json!({"kind": "Group", "name": "system:serviceaccounts"}),
        json!({"kind": "Group", "name": "system:authenticated"}),
    ] {
        check(&[binding(json!([subject]))], &["foreign-subject 0 /subjects/0/name"]);
    }
}

/// What all customers share is not taken: directories of the node, addresses outside the cluster.
#[test]
fn shared_things() {
    let volumes = json!({"volumes": [{"name": "a", "emptyDir": {}}, {"name": "b", "hostPath": {"path": "/"}}]});
    check(&[deployment(&json!({}), &volumes)], &["host-path 0 /spec/template/spec/volumes/1/hostPath"]);
    let service = |addresses: Value| object("Service", &json!({"spec": {"externalIPs": addresses}}));
    check(&[service(json!([])), service(json!(["192.0.2.1"]))], &["external-address 1 /spec/externalIPs"]);
}

/// A network policy covers the pods that its selector selects, in its namespace, in the directions it has.
#[test]
fn network_policies() {
    let pods = deployment(&json!({"app": "a", "tier": "web"}), &json!({}));
    let ingress = json!(["ingress"]);
    let missing = "network-policy 0 /spec/template/metadata/labels: no network policy selects the pods for";
    let none = format!("{missing} ingress, which is asked for in production");
    check_fences(from_ref(&pods), &ingress, &[&none]);
    for selecting in [
        json!({}),
        json!({"podSelector": {}}),
        json!({"podSelector": {"matchLabels": {"app": "a"}}}),
        json!({"podSelector": {"matchExpressions": [{"key": "tier", "operator": "In", "values": ["db", "web"]}]}}),
        json!({"podSelector": {"matchLabels": {"tier": "web"}}, "policyTypes": ["Egress", "Ingress"]}),
    ] {
        check_fences(&[pods.clone(), fence(&selecting)], &ingress, &[]);
    }
    for other in [
        json!({"podSelector": {"matchLabels": {"app": "b"}}}),
        json!({"podSelector": {"matchLabels": {"app": "a"}, "matchExpressions": [{"key": "tier", "operator": "DoesNotExist"}]}}),
        json!({"podSelector": {"matchLabels": {"app": "a"}}, "policyTypes": ["Egress"]}),
        json!({"podSelector": "app=a"}),
    ] {
        check_fences(&[pods.clone(), fence(&other)], &ingress, &[&none]);
    }
    let both = json!(["ingress", "egress"]);
    check_fences(&[pods.clone(), fence(&json!({"egress": []}))], &both, &[]);
    check_fences(&[pods.clone(), fence(&json!({"policyTypes": ["Egress"]})), fence(&json!({}))], &both, &[]);
    check_fences(&[pods.clone(), fence(&json!({}))], &both, &[&format!("{missing} egress, which is asked for in production")]);
    check_fences(from_ref(&pods), &both, &[&format!("{missing} ingress and egress, which is asked for in production")]);
}

/// Components of one chart share labels; each needs the policy that selects it.
#[test]
fn components_have_policies_of_their_own() {
    let labels = |name: &str| json!({"app": "a", "component": name});
    let pods = |name: &str| deployment(&labels(name), &json!({}));
    let policy = |name: &str| fence(&json!({"podSelector": {"matchLabels": labels(name)}}));
    let ingress = json!(["ingress"]);
    check_fences(&[pods("x"), pods("y"), pods("z"), policy("z"), policy("x"), policy("y")], &ingress, &[]);
    let missing = "network-policy 1 /spec/template/metadata/labels: no network policy selects the pods for ingress, which is asked for in production";
    check_fences(&[pods("x"), pods("y"), policy("x"), policy("z")], &ingress, &[missing]);
}

/// A policy that Argo CD may never apply, or of another namespace, covers nothing; Cilium's count where they are asked for.
#[test]
fn other_network_policies() {
    let pods = deployment(&json!({"app": "a"}), &json!({}));
    let fired = |settings: &Value, other: Value| judge(settings, "production", &[pods.clone(), other]).len();
    let mut hook = fence(&json!({}));
    hook["metadata"]["annotations"] = json!({"helm.sh/hook": "pre-install"});
    assert_eq!(fired(&json!({}), hook), 1);
    let mut elsewhere = fence(&json!({}));
    elsewhere["metadata"]["namespace"] = json!("acme-corp-jobs");
    assert_eq!(fired(&json!({"namespaces": ["acme-corp-jobs"]}), elsewhere), 1);
    let cilium = |rest: Value| object("cilium.io/CiliumNetworkPolicy", &rest);
    let selecting = json!({"endpointSelector": {"matchLabels": {"k8s:app": "a"}}, "ingress": [{}]});
    for policy in [cilium(json!({ "spec": selecting })), cilium(json!({ "specs": [selecting] }))] {
        check_fences(&[pods.clone(), policy.clone()], &json!(["ingress"]), &[]);
        assert_eq!(fired(&json!({}), policy), 1);
    }
    let denying = |section: &str| cilium(json!({"spec": {"endpointSelector": {}, section: [{}]}}));
    check_fences(&[pods.clone(), denying("ingressDeny"), denying("egressDeny")], &json!(["ingress", "egress"]), &[]);
    let open = cilium(json!({"spec": {"endpointSelector": {}, "egress": [{}]}}));
    assert_eq!(
        judge(&json!({"networkPolicy": {"kinds": ["cilium.io/CiliumNetworkPolicy"]}}), "production", &[pods.clone(), open]).len(),
        1
    );
}

/// By default a missing network policy is a warning in production and nothing elsewhere; settings weigh it by class.
#[test]
fn the_class_weighs() {
    let pods = deployment(&json!({"app": "a"}), &json!({}));
    let weighed = |settings: Value, class: &str| {
        judge(&settings, class, from_ref(&pods)).first().map(|line| line.split(' ').next().unwrap().to_owned())
    };
    assert_eq!(weighed(json!({}), "production").as_deref(), Some("(warn)"));
    assert_eq!(weighed(json!({}), "nonproduction"), None);
    let settings = json!({"networkPolicy": {"weights": {"production": "deny", "nonproduction": "info", "sandbox": "off"}}});
    assert_eq!(weighed(settings.clone(), "production").as_deref(), Some("network-policy"));
    assert_eq!(weighed(settings.clone(), "nonproduction").as_deref(), Some("(info)"));
    assert_eq!(weighed(settings, "sandbox"), None);
}

/// A sealed leaf blinds no rule, is told once, and hides nothing else.
#[test]
fn sealed_leaves_are_unjudgeable() {
    let sealed = "<sealed:1>";
    let pod =
        json!({"containers": [{"env": [{"value": sealed}, {"value": "db.globex-prod.svc"}]}], "volumes": [{"hostPath": sealed}]});
    let at = "0 /spec/template/spec";
    check(
        &[deployment(&json!({}), &pod)],
        &[
            &format!("unjudgeable {at}/containers/0/env/0/value"),
            &format!("foreign-host {at}/containers/0/env/1/value"),
            &format!("host-path {at}/volumes/0/hostPath"),
        ],
    );
    for (rest, pointer) in [
        (json!({"kind": sealed}), "/kind"),
        (json!({"apiVersion": sealed}), "/apiVersion"),
        (json!({"metadata": sealed}), "/metadata/name"),
        (json!({"metadata": {"namespace": sealed}}), "/metadata/namespace"),
        (json!({"spec": {"template": {"spec": {"containers": sealed}}}}), "/spec/template/spec/containers"),
        (json!({"spec": {"template": {"spec": {"containers": [{"args": sealed}]}}}}), "/spec/template/spec/containers/0/args"),
        (json!({"spec": {"template": {"spec": {"volumes": sealed}}}}), "/spec/template/spec/volumes"),
        (json!({"spec": {"template": {"spec": {"volumes": [sealed]}}}}), "/spec/template/spec/volumes/0/hostPath"),
    ] {
        check(&[object("apps/Deployment", &rest)], &[&format!("unjudgeable 0 {pointer}")]);
    }
    check(
        &[object("rbac.authorization.k8s.io/RoleBinding", &json!({"subjects": [{"kind": sealed}]}))],
        &["unjudgeable 0 /subjects/0/kind"],
    );
    check(&[object("Service", &json!({"spec": {"externalIPs": sealed}}))], &["unjudgeable 0 /spec/externalIPs"]);
    check(&[object("ConfigMap", &json!({"data": sealed}))], &["unjudgeable 0 /data"]);
    let route = |refs: Value| object("gateway.networking.k8s.io/HTTPRoute", &json!({"spec": {"parentRefs": refs}}));
    check(
        &[route(json!(sealed)), route(json!([{"namespace": sealed}]))],
        &["unjudgeable 0 /spec/parentRefs/namespace", "unjudgeable 1 /spec/parentRefs/0/namespace"],
    );
    let lines = judge(
        &json!({}),
        "production",
        &[deployment(&json!(sealed), &json!({})), fence(&json!({"podSelector": {"matchLabels": {"app": sealed}}}))],
    );
    let want = |place: &str| format!("unjudgeable {place}: a sealed value stands where a policy must read the text");
    assert_eq!(lines, [want("1 /spec/podSelector/matchLabels/app"), "(warn) network-policy 0 /spec/template/metadata/labels: no network policy selects the pods for ingress, which is asked for in production".to_owned()]);
    let lines = judge(
        &json!({}),
        "production",
        &[deployment(&json!(sealed), &json!({})), fence(&json!({"podSelector": {"matchLabels": {"app": "a"}}}))],
    );
    assert_eq!(lines, [want("0 /spec/template/metadata/labels")]);
}
