//! `policy inspect`: what a file is, read and not run.
//!
//! Rules: a component, a module or a compiled form; what it says of itself is shown as foreign text.

use std::fmt::Write as _;

use engine::artefact::{Header, unpack};
use engine::metadata::{self, Metadata, SECTION};
use serde_json::{Value, json};
use tidegate::diagnostic::{Class, Code, Diagnostic, Failure, Place};
use tidegate::policies::digest::Digest;
use tidegate::report::sink::clean;
use wasmparser::{Encoding, Parser, Payload};

use super::files;
use super::list::word;
use crate::args::{InspectArgs, ReportForm};
use crate::commands::Product;

/// What a file is.
#[derive(Debug, Default)]
struct Description {
    kind: &'static str,
    metadata: Option<String>,
    imports: Vec<String>,
    exports: Vec<String>,
    /// What the header of a compiled form says.
    compiled: Option<Header>,
}

/// Returns what the file is.
pub(super) fn run(args: &InspectArgs) -> Result<Product, Failure> {
    let InspectArgs { file, output } = args;
    let bytes = files::read(file)?;
    let refused = |message: String| {
        let diagnostic = Diagnostic::error(Code::POLICY_COMPILE, message).at(Place::file(&file.display().to_string()));
        Failure::one(Class::Policy, diagnostic.hint("name a .wasm or .cwasm that `tidegate policy build` has written"))
    };
    let description = describe(&bytes).map_err(|error| refused(format!("the file is no policy: {error}")))?;
    let read = description.metadata.as_deref().map(metadata::parse).transpose();
    let metadata =
        read.map_err(|error| refused(format!("what the policy says of itself does not count: {}", clean(&error.to_string()))))?;
    let digest = Digest::of(&bytes);
    Ok(Product::of(match output {
        ReportForm::Text => text(&description, metadata.as_ref(), &digest, bytes.len()),
        ReportForm::Json => format!("{:#}\n", json(&description, metadata.as_ref(), &digest, bytes.len())),
    }))
}

fn describe(bytes: &[u8]) -> Result<Description, String> {
    if bytes.starts_with(&engine::artefact::MAGIC) {
        let (header, _code) = unpack(bytes).map_err(|error| error.to_string())?;
        return Ok(Description {
            kind: "compiled",
            metadata: Some(header.metadata.clone()),
            compiled: Some(header),
            ..Description::default()
        });
    }
    if !bytes.starts_with(b"\0asm") {
        return Err("it does not begin as WebAssembly does".to_owned());
    }
    let mut found = Description { kind: "module", ..Description::default() };
    // What lies within a component's parts is not what the policy imports or exports.
    let mut depth = 0_usize;
    for payload in Parser::new(0).parse_all(bytes) {
        match payload.map_err(|error| error.message().to_owned())? {
            Payload::Version { encoding, .. } => {
                depth += 1;
                if depth == 1 && encoding == Encoding::Component {
                    found.kind = "component";
                }
            }
            Payload::End(_) => depth = depth.saturating_sub(1),
            _inner if depth != 1 => {}
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    let import = import.map_err(|error| error.message().to_owned())?;
                    found.imports.push(clean(&format!("{} {}", import.module, import.name)));
                }
            }
            Payload::ExportSection(exports) => {
                for export in exports {
                    found.exports.push(clean(export.map_err(|error| error.message().to_owned())?.name));
                }
            }
            Payload::ComponentImportSection(imports) => {
                for import in imports {
                    let import = import.map_err(|error| error.message().to_owned())?;
                    // Types give a policy nothing.
                    if !matches!(import.ty, wasmparser::ComponentTypeRef::Type(_)) {
                        found.imports.push(clean(import.name.name));
                    }
                }
            }
            Payload::ComponentExportSection(exports) => {
                for export in exports {
                    found.exports.push(clean(export.map_err(|error| error.message().to_owned())?.name.name));
                }
            }
            Payload::CustomSection(section) if section.name() == SECTION => {
                found.metadata = Some(String::from_utf8_lossy(section.data()).into_owned());
            }
            _ => {}
        }
    }
    Ok(found)
}

fn text(description: &Description, metadata: Option<&Metadata>, digest: &Digest, bytes: usize) -> String {
    let Description { kind, metadata: _, imports, exports, compiled } = description;
    let mut rows: Vec<(&str, String)> = Vec::new();
    match metadata {
        Some(metadata) => {
            let Metadata { name, version, world, description, settings, stages, rules, .. } = metadata;
            let stages: Vec<&str> = stages.iter().map(|stage| word(*stage)).collect();
            rows.extend([("policy", format!("{name} {}", clean(version))), ("description", clean(description))]);
            rows.extend([("contract", clean(world)), ("stages", stages.join(", "))]);
            rows.extend(rules.iter().map(|rule| ("rule", format!("{}: {}", rule.name, clean(&rule.description)))));
            let settings = settings.get("properties").and_then(Value::as_object);
            let settings: Vec<String> = settings.into_iter().flatten().map(|(name, _schema)| clean(name)).collect();
            rows.push(("settings", if settings.is_empty() { "none".to_owned() } else { settings.join(", ") }));
        }
        None => rows.push(("policy", "it does not say: a module has its policy.json beside it".to_owned())),
    }
    rows.extend([("form", (*kind).to_owned()), ("bytes", bytes.to_string()), ("digest", digest.to_string())]);
    match compiled {
        Some(Header { metadata: _, wasm_sha256, target, wasmtime }) => {
            rows.push(("component", format!("sha256:{}", clean(wasm_sha256))));
            rows.extend([("target", clean(target)), ("engine", format!("wasmtime {}", clean(wasmtime)))]);
        }
        None => {
            let listed = |names: &[String]| if names.is_empty() { "nothing".to_owned() } else { names.join(", ") };
            rows.extend([("imports", listed(imports)), ("exports", listed(exports))]);
        }
    }
    let mut out = String::new();
    for (label, value) in rows {
        // A String takes all that is written to it.
        let _ = writeln!(out, "{label:<12} {value}");
    }
    out
}

fn json(description: &Description, metadata: Option<&Metadata>, digest: &Digest, bytes: usize) -> Value {
    let Description { kind, metadata: _, imports, exports, compiled } = description;
    let compiled = compiled.as_ref();
    json!({
        "form": kind,
        "bytes": bytes,
        "digest": digest,
        "metadata": metadata,
        "imports": imports,
        "exports": exports,
        "component": compiled.map(|header| format!("sha256:{}", header.wasm_sha256)),
        "target": compiled.map(|header| &header.target),
        "wasmtime": compiled.map(|header| &header.wasmtime),
    })
}
