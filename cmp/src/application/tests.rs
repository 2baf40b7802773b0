use super::*;
use std::path::Path;

fn estate() -> (SourceTree, Configuration) {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples");
    let configuration = Configuration::read(include_bytes!("../../../examples/tidegate.yaml")).unwrap();
    (SourceTree::open(&examples.join("customer-configs")).unwrap(), configuration)
}

fn check(name: &str, want: Result<(), (&str, &str)>) {
    let (source, configuration) = estate();
    let got =
        resolve(name.parse().unwrap(), &source, &configuration).map(|application| assert_eq!(application.name.to_string(), name));
    let got = got.map_err(|error| (error.to_string(), error.hint()));
    assert_eq!(got, want.map_err(|(message, hint)| (message.to_owned(), hint.to_owned())), "{name}");
}

// What is bought is found, in either form of products.yaml.
#[test]
fn bought_applications_are_found() {
    check("acme-corp/product-a/prod", Ok(()));
    check("acme-corp/product-c/dev", Ok(()));
    check("initech/product-a/dev", Ok(()));
}

// A name that is a little off gets the one that was meant; one that is far off gets the list.
#[test]
fn unknown_parts_are_named() {
    check("acme-crop/product-a/prod", Err(("there is no customer `acme-crop`", "did you mean `acme-corp`?")));
    check("acme-corp/produkt-a/prod", Err(("there is no product `produkt-a`", "did you mean `product-a`?")));
    check("acme-corp/product-a/prd", Err(("there is no environment `prd`", "did you mean `prod`?")));
    check("zzz/product-a/prod", Err(("there is no customer `zzz`", "there are acme-corp, globex, initech, umbrella")));
}

// What is not bought names the file, and the line where there is one.
#[test]
fn unbought_applications_name_the_file() {
    check(
        "umbrella/product-a/prod",
        Err((
            "`umbrella` has not subscribed to `product-a` in customers/umbrella/products.yaml",
            "add the product to customers/umbrella/products.yaml",
        )),
    );
    check(
        "globex/product-c/prod",
        Err(("`product-c` is not enabled in customers/globex/products.yaml:8", "set `enabled: true`")),
    );
    check(
        "acme-corp/product-c/staging",
        Err((
            "`product-c` is not subscribed for `staging` in customers/acme-corp/products.yaml:6",
            "it is subscribed for dev, prod",
        )),
    );
}

// Three parts that can stand in paths and names make a name; nothing else does.
#[test]
fn names_are_checked() {
    let longest = "a".repeat(PART_CHARACTERS);
    assert!(format!("{longest}/b/c").parse::<ApplicationName>().is_ok());
    for broken in ["", "a", "a/b", "a/b/c/d", "a//c", "../b/c", "a/b/.c", "a/b/c d", &format!("{longest}a/b/c")] {
        assert!(broken.parse::<ApplicationName>().is_err(), "{broken}");
    }
}

fn refused(text: &str) -> String {
    let directory = tempfile::tempdir().unwrap();
    std::io::Write::write_all(&mut std::fs::File::create(directory.path().join("p.yaml")).unwrap(), text.as_bytes()).unwrap();
    subscriptions("p.yaml", &SourceTree::open(directory.path()).unwrap()).unwrap_err().to_string()
}

// A file of another shape is refused at the place that does not fit.
#[test]
fn other_shapes_are_refused() {
    assert_eq!(refused("products: [{name: a, enable: true}]\n"), "p.yaml:1:22: known are `name`, `enabled` and `environments`");
    assert_eq!(refused("products: [{enabled: true}]\n"), "p.yaml:1:12: `name` is missing");
    assert_eq!(refused("products:\n  - name: a\n    enabled: 'yes'\n"), "p.yaml:3:14: `enabled` is true or false");
    assert_eq!(refused("- a\n"), "p.yaml:1:1: one mapping is expected");
    assert_eq!(refused("product: []\n"), "p.yaml:1:1: the one key is `products`");
    assert_eq!(refused("products: a\n"), "p.yaml:1:11: `products` is a list");
    assert_eq!(refused(""), "p.yaml:1:1: one mapping is expected");
}
