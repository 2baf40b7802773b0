use std::path::PathBuf;

use super::*;
use crate::diagnostic::StageError;
use crate::variables::Parameter;

fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples")
}

fn estate() -> (SourceTree, Configuration) {
    let source = SourceTree::open(&examples().join("customer-configs")).unwrap();
    (source, Configuration::read(include_bytes!("../../../examples/tidegate.yaml")).unwrap())
}

/// Variables of `acme-corp/product-a` in an environment, as Argo CD sets them.
fn variables(environment: &str, project: &str) -> Variables {
    let parameter = Parameter::Text(environment.to_owned());
    let facts = Facts {
        application: Some("acme-corp-product-a".to_owned()),
        project: Some(project.to_owned()),
        namespace: Some(format!("acme-corp-{environment}")),
        revision: Some("1111111111111111111111111111111111111111".to_owned()),
        repository: Some("https://git.example.com/platform/customer-configs.git".to_owned()),
        path: Some("customers/acme-corp/product-a".to_owned()),
        target_revision: None,
    };
    Variables { facts, parameters: [("environment".to_owned(), parameter)].into(), ..Variables::default() }
}

fn plugin(variables: &Variables) -> Result<Context, String> {
    let (source, configuration) = estate();
    let directory = here(&examples().join("customer-configs/customers/acme-corp/product-a"), &variables.facts).unwrap();
    for_plugin(&directory, variables, &source, &configuration).map_err(|error| error.diagnostic().code.to_string())
}

fn person(name: &str, wishes: &Wishes) -> Result<Context, String> {
    let (source, configuration) = estate();
    for_person(name.parse().unwrap(), wishes, &source, &configuration).map_err(|error| error.to_string())
}

// In the plugin, facts that agree give the whole context.
#[test]
fn plugin_has_its_context() {
    let context = plugin(&variables("prod", "acme-corp-production")).unwrap();
    assert_eq!(context.application.name.to_string(), "acme-corp/product-a/prod");
    assert_eq!((context.class, context.phase, context.emission), (Class::Production, Phase::Generate, Emission::Refuse));
    assert_eq!((context.namespace.as_str(), context.release_name.as_str()), ("acme-corp-prod", "acme-corp-product-a-prod"));
    assert_eq!(context.kube_version.as_deref(), Some("1.33.0"));
    assert_eq!(context.api_versions, ["monitoring.coreos.com/v1"]);
    assert_eq!(context.claims.get("tier"), Some(&"enterprise".into()));
    assert_eq!(context.revision.as_deref(), Some("1111111111111111111111111111111111111111"));
    assert_eq!(context.notes, Vec::new());
}

// An application that says `dev` in the production project, or in a project that is not bound, is refused.
#[test]
fn environments_are_confirmed() {
    assert_eq!(plugin(&variables("dev", "acme-corp-production")).unwrap_err(), "context.contradiction");
    assert_eq!(plugin(&variables("prod", "acme-corp-nonproduction")).unwrap_err(), "context.contradiction");
    assert_eq!(plugin(&variables("dev", "default")).unwrap_err(), "context.unconfirmed");
    assert!(plugin(&variables("dev", "acme-corp-nonproduction")).is_ok());
}

// The plugin does not look at what a person could set.
#[test]
fn persons_variables_mean_nothing_to_the_plugin() {
    let mut given = variables("prod", "acme-corp-production");
    given.person.configuration = Some("/tmp/evil.yaml".to_owned());
    given.claimed.insert("TIDEGATE_CONFIG".to_owned(), "/tmp/evil.yaml".to_owned());
    assert_eq!(plugin(&given).unwrap().class, Class::Production);
}

// A path that Argo CD states differently from where we are, or not at all, is refused.
#[test]
fn path_is_a_fact() {
    let at = examples().join("customer-configs/customers/acme-corp/product-a");
    let at_path = |path: Option<&str>| here(&at, &Facts { path: path.map(str::to_owned), ..Facts::default() });
    assert_eq!(at_path(Some("customers/acme-corp/product-a")).unwrap().customer, "acme-corp");
    assert!(matches!(at_path(Some("customers/acme-corp/product-b")), Err(ContextError::PathElsewhere { .. })));
    assert!(matches!(at_path(Some("customers/a/../acme-corp/product-a")), Err(ContextError::PathUpwards { .. })));
    assert!(matches!(at_path(None), Err(ContextError::FactMissing { .. })));
}

// A file that changes an application's parameters is refused, for either form of the application's name, and as a link too.
#[test]
fn overrides_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let product = folder.path().join("customers/acme/p");
    std::fs::create_dir_all(&product).unwrap();
    let facts = Facts { application: Some("team_acme-p".to_owned()), ..Facts::default() };
    let directory = locate(&product, "customers/acme/p").unwrap();
    let source = SourceTree::open(folder.path()).unwrap();
    assert!(no_override(&directory, &facts, &source).is_ok());
    for name in [".argocd-source.yaml", ".argocd-source-acme-p.yaml", ".argocd-source-team_acme-p.yaml"] {
        std::os::unix::fs::symlink("nowhere", product.join(name)).unwrap();
        let refused = no_override(&directory, &facts, &source);
        assert!(matches!(refused, Err(ContextError::SourceOverride { path }) if path.ends_with(name)), "{name}");
        std::fs::remove_file(product.join(name)).unwrap();
    }
    std::fs::File::create(product.join(".argocd-source-other.yaml")).unwrap();
    assert!(no_override(&directory, &facts, &source).is_ok());
}

// What the cluster says wins where it says something, and a difference is said.
#[test]
fn cluster_wins() {
    let mut given = variables("prod", "acme-corp-production");
    given.cluster = Cluster { kube_version: Some("1.34.1".to_owned()), api_versions: vec!["v1".to_owned()] };
    let context = plugin(&given).unwrap();
    assert_eq!(
        (context.kube_version.as_deref(), context.api_versions.as_slice()),
        (Some("1.34.1"), ["v1".to_owned()].as_slice())
    );
    let notes: Vec<&str> = context.notes.iter().map(|note| note.message.as_str()).collect();
    assert_eq!(
        notes,
        [
            "the cluster is Kubernetes 1.34.1, but environment `prod` is declared with 1.33.0",
            "environment `prod` is declared with API versions the cluster does not serve: monitoring.coreos.com/v1",
        ]
    );
    given.cluster.kube_version = Some("v1.33.0".to_owned());
    assert_eq!(plugin(&given).unwrap().notes.len(), 1);
}

// A role limits the classes a person may render; without one nothing is limited.
#[test]
fn roles_limit_classes() {
    let role = |role: &str| Wishes { role: Some(role.to_owned()), ..Wishes::default() };
    assert!(person("acme-corp/product-a/prod", &Wishes::default()).is_ok());
    assert!(person("acme-corp/product-a/dev", &role("developer")).is_ok());
    assert_eq!(person("acme-corp/product-a/prod", &role("operations")).unwrap().role.as_deref(), Some("operations"));
    assert_eq!(
        person("acme-corp/product-a/prod", &role("developer")).unwrap_err(),
        "role `developer` may not render production environments such as `prod`"
    );
    assert_eq!(person("acme-corp/product-a/dev", &role("boss")).unwrap_err(), "there is no role `boss`");
}

// What a person wishes takes the place of what templates say.
#[test]
fn wishes_are_kept() {
    let wishes = Wishes { namespace: Some("elsewhere".to_owned()), release_name: Some("mine".to_owned()), ..Wishes::default() };
    let context = person("acme-corp/product-a/dev", &wishes).unwrap();
    assert_eq!((context.namespace.as_str(), context.release_name.as_str()), ("elsewhere", "mine"));
    assert_eq!((context.phase, context.emission), (Phase::Look, Emission::Plaintext));
}
