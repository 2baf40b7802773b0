use std::fs::{File, create_dir_all};
use std::io::Write;
use std::path::Path;

use super::*;
use crate::application::resolve;

const CONFIGURATION: &[u8] = include_bytes!("../../../examples/tidegate.yaml");

fn layers_of(name: &str) -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/customer-configs");
    let (source, configuration) = (SourceTree::open(&root).unwrap(), Configuration::read(CONFIGURATION).unwrap());
    let application = resolve(name.parse().unwrap(), &source, &configuration).unwrap();
    let files = collect(&application, &source, &configuration).unwrap();
    files
        .iter()
        .map(|file| format!("{}{}", file.path, if matches!(file.content, Content::Sealed(_)) { " (sealed)" } else { "" }))
        .collect()
}

/// Says what is wrong with an estate of one product and one customer, in which `file` holds `text`.
fn check(file: &str, text: &[u8], want: &[&str]) {
    let directory = tempfile::tempdir().unwrap();
    for (path, text) in
        [("products/shop/base-values.yaml", b"a: 1\n".as_slice()), ("customers/acme/shop/values.yaml", b"{}\n"), (file, text)]
    {
        let path = directory.path().join(path);
        create_dir_all(path.parent().unwrap()).unwrap();
        File::create(path).unwrap().write_all(text).unwrap();
    }
    let source = SourceTree::open(directory.path()).unwrap();
    let configuration = Configuration::read(CONFIGURATION).unwrap();
    let application = Application { name: "acme/shop/prod".parse().unwrap() };
    let errors = collect(&application, &source, &configuration).err().unwrap_or_default();
    assert_eq!(errors.iter().map(ToString::to_string).collect::<Vec<_>>(), want);
}

// The golden application has its layers in the order they merge, the sealed ones among them.
#[test]
fn the_golden_application_has_its_layers_in_order() {
    assert_eq!(
        layers_of("acme-corp/product-a/prod"),
        [
            "products/product-a/base-values.yaml",
            "products/product-a/environments/prod.yaml",
            "customers/acme-corp/product-a/values.yaml",
            "customers/acme-corp/product-a/secrets.yaml (sealed)",
            "customers/acme-corp/product-a/environments/prod.yaml",
            "customers/acme-corp/product-a/environments/prod.secrets.yaml (sealed)",
        ]
    );
}

// A file that is absent is fine where it is not required.
#[test]
fn a_missing_environment_file_is_fine() {
    assert!(
        !layers_of("initech/product-a/dev")
            .iter()
            .any(|path| path.ends_with("customers/initech/product-a/environments/dev.yaml"))
    );
}

// Required files are all named at once.
#[test]
fn missing_required_files_are_named() {
    let directory = tempfile::tempdir().unwrap();
    let source = SourceTree::open(directory.path()).unwrap();
    let configuration = Configuration::read(CONFIGURATION).unwrap();
    let application = Application { name: "acme/shop/prod".parse().unwrap() };
    let errors = collect(&application, &source, &configuration).unwrap_err();
    assert_eq!(
        errors.iter().map(ToString::to_string).collect::<Vec<_>>(),
        [
            "`products/shop/base-values.yaml` is not there, and layer `product base` is required",
            "`customers/acme/shop/values.yaml` is not there, and layer `customer` is required",
        ]
    );
    assert_eq!(errors[0].code(), "layers.missing");
}

const CUSTOMER: &str = "customers/acme/shop/values.yaml";
const SECRETS: &str = "customers/acme/shop/secrets.yaml";

// An empty file and one of comments hold nothing.
#[test]
fn empty_files_hold_nothing() {
    check(CUSTOMER, b"", &[]);
    check(CUSTOMER, b"# later\n", &[]);
}

// What is no single mapping is refused where it stands.
#[test]
fn other_shapes_are_refused() {
    check(CUSTOMER, b"[1]\n", &["customers/acme/shop/values.yaml:1:1: a value file is one mapping"]);
    check(CUSTOMER, b"a: 1\n---\nb: 2\n", &["customers/acme/shop/values.yaml:3:1: a value file is one mapping"]);
}

// Sealed text in a clear layer is refused where it stands; so is a sealed layer that nobody sealed.
#[test]
fn a_layer_is_what_it_declares() {
    check(
        CUSTOMER,
        b"a:\n  b: ENC[AES256_GCM,data:x,iv:x,tag:x,type:str]\n",
        &["customers/acme/shop/values.yaml:2:6: sealed text in layer `customer`, which is not sealed"],
    );
    check(
        SECRETS,
        b"password: open\n",
        &["customers/acme/shop/secrets.yaml:1:1: layer `customer secrets` is sealed, but this file has no SOPS metadata"],
    );
}

// No error repeats a value that stands in the file.
#[test]
fn errors_repeat_no_values() {
    for text in [
        "password: CANARY\n  x: 1\n",
        "password: CANARY\npassword: CANARY\n",
        "- CANARY\n",
        "a: &x CANARY\nb: *y\n",
        "a: 'CANARY\n",
    ] {
        for file in [CUSTOMER, SECRETS] {
            let directory = tempfile::tempdir().unwrap();
            let path = directory.path().join(file);
            create_dir_all(path.parent().unwrap()).unwrap();
            File::create(path).unwrap().write_all(text.as_bytes()).unwrap();
            let source = SourceTree::open(directory.path()).unwrap();
            let configuration = Configuration::read(CONFIGURATION).unwrap();
            let application = Application { name: "acme/shop/prod".parse().unwrap() };
            let errors = collect(&application, &source, &configuration).unwrap_err();
            assert!(errors.iter().any(|error| !matches!(error, LayerError::Missing { .. })), "{text}");
            assert!(errors.iter().all(|error| !format!("{error} {error:?}").contains("CANARY")), "{text}");
        }
    }
}
