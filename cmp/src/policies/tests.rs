//! The built-in policies inside the program, and guests that mean harm.

mod built_in;
mod hostile;
mod settings;

use super::{Context, Layer, Review, Sealing};

/// A context of the class; the rest is what the example estate would say.
fn context(class: &str) -> Context {
    let text = |text: &str| text.to_owned();
    Context {
        environment: text("prod"),
        class: text(class),
        customer: text("acme-corp"),
        product: text("product-a"),
        application: text("acme-corp-product-a-prod"),
        namespace: text("acme-corp-prod"),
        phase: text("check"),
        ..Context::default()
    }
}

/// A layer of an owner, with values as JSON.
fn layer(owner: &str, values: &str) -> Layer {
    Layer {
        name: "customer".to_owned(),
        path: "customers/acme-corp/product-a/values.yaml".to_owned(),
        owner: owner.to_owned(),
        sealing: Sealing::Open,
        values: values.to_owned(),
        sealed_paths: Vec::new(),
    }
}

/// A review in lines, one for each finding, failure and idle policy.
fn lines(review: &Review) -> Vec<String> {
    let findings = review.findings.iter().map(|finding| {
        let subject = finding.subject.map_or("-".to_owned(), |subject| subject.to_string());
        format!("{:?} {}/{} {subject} {}: {}", finding.severity, finding.policy, finding.rule, finding.path, finding.message)
    });
    let failures = review.failures.iter().map(|failure| format!("{failure}: {}", failure.reason));
    let idle = review.idle.iter().map(|policy| format!("idle {policy}"));
    findings.chain(failures).chain(idle).collect()
}
