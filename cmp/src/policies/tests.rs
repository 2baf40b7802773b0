//! The built-in policies inside the program, and guests that mean harm.
//!
//! JSON is YAML, so what policies are asked about is written as JSON here and read as any document is.

mod built_in;
mod hostile;
mod settings;

use super::{Context, Documents, Layer, Review, Sealing};
use crate::taping;

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

/// Documents, each written as JSON.
fn documents(texts: &[&str]) -> Documents {
    let mut builder = tape::Builder::default();
    let file = builder.file("a.yaml");
    for text in texts {
        let read = yaml::read(text.as_bytes(), &yaml::ReadOptions::helm()).unwrap();
        taping::tree(&read[0], file, builder.document());
    }
    Documents::new(builder).unwrap()
}

/// A layer of an owner.
fn layer(owner: &str) -> Layer {
    Layer {
        name: "customer".to_owned(),
        path: "customers/acme-corp/product-a/values.yaml".to_owned(),
        owner: owner.to_owned(),
        sealing: Sealing::Open,
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
