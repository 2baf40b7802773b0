//! The contract `tidegate:policy` as Rust types, generated from `policies/wit`.
#![expect(missing_docs, reason = "generated; the words stand in policies/wit/policy.wit")]

wit_bindgen::generate!({
    world: "policy",
    path: "../wit",
    pub_export_macro: true,
    export_macro_name: "export",
    additional_derives: [PartialEq],
});
