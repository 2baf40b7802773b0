//! What Argo CD gets is what a person sees: the objects of `generate` and of `render`, in the same order.

#![expect(
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    reason = "a test that cannot be set up must fail, and it works on files"
)]

#[path = "support/estate.rs"]
mod estate;

use std::process::{Command, Output};

use estate::Estate;
use serde_json::Value;
use yaml::ReadOptions;

/// The commit that is synced.
const COMMIT: &str = "1f0c3b5d7e9a2c4e6f8091a3b5c7d9e1f3a5b7c9";

fn objects(output: &Output) -> Vec<Value> {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let documents = yaml::read(&output.stdout, &ReadOptions::helm()).expect("YAML");
    let trees = documents.iter().map(tidegate::json::tree);
    trees.filter(|tree| !tree.is_null()).collect()
}

/// Renders an application as a person does, masked.
fn rendered(estate: &Estate, application: &str) -> Vec<Value> {
    let output = Command::new(env!("CARGO_BIN_EXE_tidegate"))
        .args(["render", application, "--config", "../tidegate.yaml"])
        .current_dir(estate.path().join("customer-configs"))
        .env_clear()
        .output();
    objects(&output.expect("the program runs"))
}

/// Generates it as Argo CD does: all facts, the application's directory, no home.
fn generated(estate: &Estate, [customer, product, environment, class]: [&str; 4]) -> Vec<Value> {
    let git = estate.path().join("customer-configs/.git");
    std::fs::create_dir_all(git.join("refs/remotes/origin")).expect("folders");
    std::fs::write(git.join("HEAD"), format!("{COMMIT}\n")).expect("HEAD");
    std::fs::write(git.join("refs/remotes/origin/main"), format!("{COMMIT}\n")).expect("the branch");
    let path = format!("customers/{customer}/{product}");
    let output = Command::new(env!("CARGO_BIN_EXE_tidegate"))
        .args(["generate", "--config"])
        .arg(estate.path().join("tidegate.yaml"))
        .current_dir(estate.path().join("customer-configs").join(&path))
        .env_clear()
        .env("ARGOCD_APP_NAME", format!("{customer}-{product}-{environment}"))
        .env("ARGOCD_APP_NAMESPACE", format!("{customer}-{environment}"))
        .env("ARGOCD_APP_PROJECT_NAME", format!("{customer}-{class}"))
        .env("ARGOCD_APP_REVISION", COMMIT)
        .env("ARGOCD_APP_REVISION_SHORT", &COMMIT[..7])
        .env("ARGOCD_APP_REVISION_SHORT_8", &COMMIT[..8])
        .env("ARGOCD_APP_SOURCE_REPO_URL", "https://git.example.com/platform/customer-configs.git")
        .env("ARGOCD_APP_SOURCE_PATH", path)
        .env("ARGOCD_APP_SOURCE_TARGET_REVISION", "main")
        .env("ARGOCD_APP_PARAMETERS", format!(r#"[{{"name":"environment","string":"{environment}"}}]"#))
        .env("PARAM_ENVIRONMENT", environment)
        .env("KUBE_VERSION", "1.33.0")
        .env("KUBE_API_VERSIONS", "")
        .output();
    objects(&output.expect("the program runs"))
}

fn check(application: [&str; 4], expected: usize) {
    let estate = Estate::copy("estate");
    let [customer, product, environment, _] = application;
    let (rendered, mut generated) =
        (rendered(&estate, &format!("{customer}/{product}/{environment}")), generated(&estate, application));
    assert_eq!(generated.len(), expected);
    for (object, shown) in generated.iter_mut().zip(&rendered) {
        // What a person sees masked Argo CD gets in the clear: in a Secret's values, and nowhere else.
        if object["kind"] == "Secret" {
            for part in ["data", "stringData"] {
                for (key, value) in shown[part].as_object().into_iter().flatten().filter(|(_, value)| *value == "<sealed>") {
                    assert_ne!(object[part][key], *value, "{key} is masked for Argo CD too");
                    object[part][key] = value.clone();
                }
            }
        }
    }
    assert_eq!(generated, rendered);
}

// The golden application: its sealed layer is opened, and no Secret is printed.
#[test]
fn production_is_the_same() {
    check(["acme-corp", "product-a", "prod", "production"], 11);
}

// Where secrets are printed, Argo CD gets them and a person sees that there are some.
#[test]
fn development_is_the_same_but_for_masks() {
    check(["acme-corp", "product-a", "dev", "nonproduction"], 7);
}
