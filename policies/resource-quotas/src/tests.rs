//! The rules over whole applications and over the fleet; what a quantity means is tested in the SDK.

use std::slice::from_ref;

use sdk::{Context, Member, Policy, testing};
use serde_json::{Value, json};

use crate::{ResourceQuotas, Settings};

const METADATA: &str = include_str!("../policy.json");
const PAGE: &str = include_str!("../../../docs/policies/resource-quotas.md");

fn object(kind: &str, spec: &Value) -> Value {
    let (group, kind) = kind.rsplit_once('/').map_or(("v1".to_owned(), kind), |(group, kind)| (format!("{group}/v1"), kind));
    json!({"apiVersion": group, "kind": kind, "metadata": {"name": "a"}, "spec": spec})
}

/// A container that asks for CPU and stops at memory.
fn container(cpu: &str) -> Value {
    json!({"name": "c", "resources": {"requests": {"cpu": cpu, "memory": "1Gi"}, "limits": {"memory": "2Gi"}}})
}

fn deployment(replicas: &Value, pod: &Value) -> Value {
    object("apps/Deployment", &json!({"replicas": replicas, "template": {"spec": pod}}))
}

fn autoscaler(most: &Value) -> Value {
    let target = json!({"apiVersion": "apps/v1", "kind": "Deployment", "name": "a"});
    object("autoscaling/HorizontalPodAutoscaler", &json!({"scaleTargetRef": target, "minReplicas": 1, "maxReplicas": most}))
}

fn context(customer: &str, tier: Option<&str>, class: &str) -> Context {
    let claims = tier.map(|tier| ("tier".to_owned(), tier.to_owned())).into_iter().collect();
    Context { customer: customer.to_owned(), claims, ..testing::context("prod", class) }
}

fn judge(quotas: &Value, context: &Context, objects: &[Value]) -> Vec<String> {
    let policy: ResourceQuotas = testing::configured(&json!({"quotas": quotas, "daemonSetNodes": 3}));
    testing::lines(&testing::judge_manifests(&policy, context, objects).findings)
}

/// Checks that objects ask for exactly this much of a resource: a quota of it passes, nothing passes but it.
fn check(resource: &str, objects: &[Value], want: &str) {
    let context = context("acme", None, "production");
    let exactly = judge(&json!([{"application": {resource: want}}]), &context, objects);
    assert_eq!(exactly, [""; 0], "{resource} {objects:?}");
    if want != "0" {
        let nothing = judge(&json!([{"application": {resource: 0}}]), &context, objects);
        assert_eq!(nothing.len(), 1, "{nothing:?}");
        assert!(nothing[0].contains(&format!("asks for {want} of {resource}, ")), "{nothing:?}, not {want}");
    }
}

/// Checks what is said of amounts that cannot be counted, besides a quota that is wide enough.
fn check_uncounted(resource: &str, objects: &[Value], want: &[&str]) {
    let found = judge(&json!([{"application": {resource: "1000000"}}]), &context("acme", None, "production"), objects);
    let places: Vec<_> = found.iter().map(|line| line.split(": ").next().unwrap_or_default()).collect();
    assert_eq!(places, want, "{resource} {objects:?}");
}

/// The page's examples fire what they list, and `policy.json` describes the settings that are taken.
#[test]
fn the_page_is_true() {
    testing::examples::<ResourceQuotas>(PAGE, METADATA);
    testing::assert_schema::<Settings>(METADATA);
}

/// Pods of one workload ask for what their containers do: the running ones and sidecars together, init containers one after another.
#[test]
fn pods_ask_for_their_containers() {
    let pod = |containers: Value, init: Value| deployment(&json!(1), &json!({"containers": containers, "initContainers": init}));
    let sidecar = |cpu: &str| {
        let mut container = container(cpu);
        container["restartPolicy"] = json!("Always");
        container
    };
    let cpu = "requests.cpu";
    check(cpu, &[pod(json!([container("500m"), container("0.25")]), json!([]))], "750m");
    check(cpu, &[pod(json!([container("500m")]), json!([container("2"), container("3")]))], "3");
    check(cpu, &[pod(json!([container("4")]), json!([container("2"), container("3")]))], "4");
    check(cpu, &[pod(json!([container("4")]), json!([container("2"), sidecar("1")]))], "5");
    check(cpu, &[pod(json!([container("1")]), json!([sidecar("1"), container("3")]))], "4");
    check(cpu, &[pod(json!([container("1")]), json!([container("3"), sidecar("1")]))], "3");
    check("requests.memory", &[pod(json!([container("1"), container("1")]), json!([]))], "2Gi");
    check("limits.memory", &[pod(json!([container("1"), container("1")]), json!([]))], "4Gi");
    // A request that is not written is the limit.
    check(cpu, &[deployment(&json!(1), &json!({"containers": [{"resources": {"limits": {"cpu": 2}}}]}))], "2");
    let whole = json!({"resources": {"requests": {"cpu": "1500m"}}, "overhead": {"cpu": "250m"}, "containers": [container("9")]});
    check(cpu, &[deployment(&json!(1), &whole)], "1750m");
    let ephemeral = json!({"containers": [container("1")], "ephemeralContainers": [{"name": "debug"}]});
    check(cpu, &[deployment(&json!(1), &ephemeral)], "1");
    check(
        "requests.example.com/gpu",
        &[deployment(&json!(2), &json!({"containers": [{"resources": {"limits": {"example.com/gpu": 1}}}]}))],
        "2",
    );
}

/// A workload runs as many pods as it says, or as an autoscaler lets it.
#[test]
fn workloads_run_pods() {
    let pod = json!({"containers": [container("1")]});
    let job =
        |kind: &str, job: Value| object(kind, &if kind == "batch/Job" { job } else { json!({"jobTemplate": {"spec": job}}) });
    let template = json!({ "spec": pod });
    for (objects, want) in [
        (vec![deployment(&json!(3), &pod)], "3"),
        (vec![deployment(&json!(null), &pod)], "1"),
        (vec![deployment(&json!(0), &pod)], "0"),
        (vec![deployment(&json!(2), &pod), autoscaler(&json!(7))], "7"),
        (vec![deployment(&json!(9), &pod), autoscaler(&json!(7))], "7"),
        (vec![deployment(&json!(0), &pod), autoscaler(&json!(7))], "0"),
        (vec![deployment(&json!(2), &pod), autoscaler(&json!(7)), autoscaler(&json!(5))], "7"),
        (vec![object("Pod", &pod)], "1"),
        (vec![json!({"apiVersion": "v1", "kind": "PodTemplate", "metadata": {"name": "a"}, "template": template})], "0"),
        (vec![object("apps/StatefulSet", &json!({"replicas": 2, "template": template}))], "2"),
        (vec![object("apps/DaemonSet", &json!({ "template": template }))], "3"),
        (vec![job("batch/Job", json!({ "template": template }))], "1"),
        (vec![job("batch/Job", json!({"parallelism": 4, "template": template}))], "4"),
        (vec![job("batch/Job", json!({"parallelism": 4, "completions": 2, "template": template}))], "2"),
        (vec![job("batch/CronJob", json!({"parallelism": 4, "template": template}))], "4"),
    ] {
        check("pods", &objects, want);
        check("requests.cpu", &objects, want);
    }
    let mut hook = autoscaler(&json!(7));
    hook["metadata"]["annotations"] = json!({"helm.sh/hook": "post-install"});
    check("pods", &[deployment(&json!(2), &pod), hook.clone()], "7");
    check("pods", &[deployment(&json!(9), &pod), hook], "9");
    let mut elsewhere = autoscaler(&json!(7));
    elsewhere["metadata"]["namespace"] = json!("other");
    check("pods", &[deployment(&json!(2), &pod), elsewhere], "2");
}

/// Storage is asked for by claims, by templates of claims for each pod, and by volumes that make claims; objects are counted by kind.
#[test]
fn storage_and_objects() {
    let claim = json!({"resources": {"requests": {"storage": "5Gi"}}});
    let set = object("apps/StatefulSet", &json!({"replicas": 3, "volumeClaimTemplates": [{ "spec": claim }]}));
    let volumes =
        deployment(&json!(2), &json!({"volumes": [{"ephemeral": {"volumeClaimTemplate": {"spec": claim}}}, {"emptyDir": {}}]}));
    let objects = [object("PersistentVolumeClaim", &claim), set, volumes];
    check("requests.storage", &objects, "30Gi");
    check("persistentvolumeclaims", &objects, "6");
    check("count/PersistentVolumeClaim", &objects, "1");
    check("count/apps/Deployment", &objects, "1");
    check("count/Deployment", &objects, "0");
}

/// A sum beyond the quota is denied at the object that asks for the most; the quota itself may be used up.
#[test]
fn sums_are_compared() {
    let pod = |cpu: &str| json!({"containers": [container(cpu)]});
    let objects = [deployment(&json!(1), &pod("1")), deployment(&json!(2), &pod("1500m"))];
    let quota = |cpu: &str| {
        judge(
            &json!([{"classes": ["production"], "application": {"requests.cpu": cpu}}]),
            &context("acme", None, "production"),
            &objects,
        )
    };
    assert_eq!(quota("4"), [""; 0]);
    assert_eq!(
        quota("3999m"),
        [
            "application-quota 1 : the application asks for 4 of requests.cpu, the quota of class production is 3999m; the most by this object, 3"
        ]
    );
    let other_class = judge(
        &json!([{"classes": ["production"], "application": {"requests.cpu": 1}}]),
        &context("acme", None, "nonproduction"),
        &objects,
    );
    assert_eq!(other_class, [""; 0]);
    assert_eq!(judge(&json!([]), &context("acme", None, "production"), &[deployment(&json!("x"), &pod("y"))]), [""; 0]);
}

/// What cannot be counted is denied where a quota counts it; elsewhere it is not looked at.
#[test]
fn nothing_escapes_the_count() {
    let bare = deployment(&json!(1), &json!({"containers": [{"name": "c"}], "initContainers": [{"name": "i"}]}));
    let at = "0 /spec/template/spec";
    let containers = format!("uncounted {at}/containers/0/resources/requests/cpu");
    let init = format!("uncounted {at}/initContainers/0/resources/requests/cpu");
    check_uncounted("requests.cpu", from_ref(&bare), &[&containers, &init]);
    check_uncounted(
        "limits.memory",
        from_ref(&bare),
        &[&containers, &init].map(|place| place.replace("requests/cpu", "limits/memory")).each_ref().map(String::as_str),
    );
    check_uncounted("requests.ephemeral-storage", from_ref(&bare), &[]);
    check_uncounted("pods", from_ref(&bare), &[]);
    for (cpu, is_read) in [
        (json!("lots"), false),
        (json!(-1), false),
        (json!({}), false),
        (json!(true), false),
        (json!(0.5), true),
        (json!("1e-1"), true),
    ] {
        let objects = [deployment(&json!(1), &json!({"containers": [{"resources": {"requests": {"cpu": cpu}}}]}))];
        let place = format!("unreadable-amount {at}/containers/0/resources/requests/cpu");
        check_uncounted(
            "requests.cpu",
            &objects,
            if is_read { &[] } else { from_ref(&place) }.iter().map(String::as_str).collect::<Vec<_>>().as_slice(),
        );
    }
    check_uncounted("pods", &[deployment(&json!("two"), &json!({}))], &["unreadable-amount 0 /spec/replicas"]);
    check_uncounted("pods", &[deployment(&json!(-1), &json!({}))], &["unreadable-amount 0 /spec/replicas"]);
    check_uncounted("pods", &[autoscaler(&json!("many"))], &["unreadable-amount 0 /spec/maxReplicas"]);
    check_uncounted("pods", &[object("batch/Job", &json!({"parallelism": 1.5}))], &["unreadable-amount 0 /spec/parallelism"]);
    let claim = object("PersistentVolumeClaim", &json!({"resources": {"requests": {"storage": "big"}}}));
    check_uncounted("requests.storage", &[claim], &["unreadable-amount 0 /spec/resources/requests/storage"]);
    // Sums stop at the largest number; they do not begin again at zero.
    let huge = deployment(&json!(i64::MAX), &json!({"containers": [container("9E")]}));
    assert_eq!(
        judge(&json!([{"application": {"requests.cpu": "9E"}}]), &context("acme", None, "production"), &[huge.clone(), huge])
            .len(),
        1
    );
}

/// A quota goes by the claim that names the tier; a tier without any is denied, not unlimited.
#[test]
fn tiers() {
    let quotas = json!([{"tiers": ["basic"], "application": {"pods": 1}}, {"tiers": ["large", "huge"], "classes": ["production"], "application": {"pods": 9}}]);
    let objects = [deployment(&json!(5), &json!({}))];
    let fired = |tier: Option<&str>, class: &str| {
        judge(&quotas, &context("acme", tier, class), &objects)
            .iter()
            .map(|line| line.split(':').next().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(fired(Some("basic"), "production"), ["application-quota 0 "]);
    assert_eq!(fired(Some("huge"), "production"), [""; 0]);
    assert_eq!(fired(Some("huge"), "nonproduction"), ["unknown-tier - "]);
    assert_eq!(fired(Some("golden"), "production"), ["unknown-tier - "]);
    assert_eq!(fired(None, "production"), ["unknown-tier - "]);
    assert_eq!(judge(&json!([{"application": {"pods": 9}}]), &context("acme", None, "production"), &objects), [""; 0]);
}

/// What the applications of a customer ask for is added up over the fleet, within the tier and the class of the quota; the largest is named.
#[test]
fn customers_have_quotas() {
    let settings = json!({"quotas": [{"tiers": ["basic"], "classes": ["production"], "customer": {"pods": 10, "requests.cpu": "100"}}, {"tiers": ["large"], "application": {"pods": 99}}]});
    let policy: ResourceQuotas = testing::configured(&settings);
    let member = |customer: &str, tier: &str, class: &str, pods: i64| {
        let context = context(customer, Some(tier), class);
        let objects = [deployment(&json!(pods), &json!({"containers": [container("1")]}))];
        let facts = testing::judge_manifests(&policy, &context, &objects).facts;
        Member { context, facts }
    };
    let judge = |members: &[Member]| {
        policy
            .check_fleet(members)
            .unwrap()
            .iter()
            .map(|found| format!("{} {}", found.member, testing::line(&found.finding)))
            .collect::<Vec<_>>()
    };
    let (a, b) = (member("acme", "basic", "production", 4), member("acme", "basic", "production", 6));
    let others = [
        member("acme", "basic", "nonproduction", 50),
        member("globex", "basic", "production", 9),
        member("initech", "large", "production", 90),
    ];
    assert_eq!(judge(&[&[a.clone(), b.clone()], &others[..]].concat()), [""; 0]);
    let more = member("acme", "basic", "production", 1);
    let message = "customer acme asks for 11 of pods in 3 applications, the quota of tier basic of class production is 10; the most by this one, 6";
    assert_eq!(judge(&[&[a, b, more], &others[..]].concat()), [format!("1 customer-quota 0 : {message}")]);
    assert_eq!(others[2].facts, []);
}

/// An application counts only for the quotas that hold for it, though others count the same resource.
#[test]
fn customers_have_quotas_by_class() {
    let settings = json!({"quotas": [{"classes": ["production"], "customer": {"pods": 5}}, {"classes": ["nonproduction"], "customer": {"pods": 50}}]});
    let policy: ResourceQuotas = testing::configured(&settings);
    let member = |class: &str, pods: i64| {
        let context = context("acme", None, class);
        let facts = testing::judge_manifests(&policy, &context, &[deployment(&json!(pods), &json!({}))]).facts;
        Member { context, facts }
    };
    let exceeded = |members: &[Member]| policy.check_fleet(members).unwrap().iter().map(|found| found.member).collect::<Vec<_>>();
    assert_eq!(exceeded(&[member("production", 5), member("nonproduction", 50)]), [0; 0]);
    assert_eq!(exceeded(&[member("nonproduction", 50), member("production", 6)]), [1]);
}

/// A sealed amount is denied where a quota counts it, and hides no other.
#[test]
fn sealed_leaves_are_unjudgeable() {
    let sealed = "<sealed:1>";
    let at = "/spec/template/spec";
    let pod = |pod: Value| deployment(&json!(1), &pod);
    for (resource, object, pointer) in [
        ("requests.cpu", pod(json!({"containers": [container(sealed)]})), format!("{at}/containers/0/resources/requests/cpu")),
        (
            "requests.cpu",
            pod(json!({"containers": [{"resources": sealed}]})),
            format!("{at}/containers/0/resources/requests/cpu"),
        ),
        ("requests.cpu", pod(json!({ "containers": sealed })), format!("{at}/containers")),
        (
            "requests.cpu",
            pod(json!({"initContainers": [{"restartPolicy": sealed, "resources": {"limits": {"cpu": 1}}}]})),
            format!("{at}/initContainers/0/restartPolicy"),
        ),
        ("pods", deployment(&json!(sealed), &json!({})), "/spec/replicas".to_owned()),
        ("pods", autoscaler(&json!(sealed)), "/spec/maxReplicas".to_owned()),
        ("pods", object(sealed, &json!({})), "/kind".to_owned()),
        ("requests.storage", object("PersistentVolumeClaim", &json!(sealed)), "/spec/resources/requests/storage".to_owned()),
        (
            "requests.storage",
            object("apps/StatefulSet", &json!({ "volumeClaimTemplates": sealed })),
            "/spec/volumeClaimTemplates".to_owned(),
        ),
    ] {
        check_uncounted(resource, &[object], &[&format!("unjudgeable 0 {pointer}")]);
    }
    let two = pod(json!({"containers": [container(sealed), container("9")]}));
    let found = judge(&json!([{"application": {"requests.cpu": 8}}]), &context("acme", None, "production"), &[two]);
    assert_eq!(
        found.iter().map(|line| line.split(' ').next().unwrap()).collect::<Vec<_>>(),
        ["unjudgeable", "application-quota"]
    );
}
