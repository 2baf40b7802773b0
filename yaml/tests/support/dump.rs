//! The canonical dump both the Go oracle and these tests write, and the escapes of its strings.

use yaml::{Node, ReadOptions, Value, read_documents, read_first, to_yaml};

/// What stands for a text that is refused.
pub(crate) const REFUSED: &str = "error";

/// Returns the dump of the first document as Helm reads it, and what `toYaml` prints for it.
pub(crate) fn helm(text: &[u8], options: &ReadOptions) -> (String, String) {
    let root = match read_first(text, options) {
        Ok(Some(document)) => document.root,
        Ok(None) => Node { span: yaml::Span::default(), value: Value::Null },
        Err(_) => return (REFUSED.to_owned(), REFUSED.to_owned()),
    };
    let written = to_yaml(&root).map_or_else(|_| REFUSED.to_owned(), |text| quote(&text));
    (dump(&root, Order::Sorted), written)
}

/// Returns the dump of all documents as SOPS reads them.
pub(crate) fn sops(text: &[u8], options: &ReadOptions) -> String {
    match read_documents(text, options) {
        Ok(documents) => {
            let dumps: Vec<_> = documents.iter().map(|document| dump(&document.root, Order::Written)).collect();
            dumps.join(" ")
        }
        Err(_) => REFUSED.to_owned(),
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Order {
    Sorted,
    Written,
}

fn dump(node: &Node, order: Order) -> String {
    match &node.value {
        Value::Null => "~".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Int(value) => format!("i{value}"),
        Value::Float(value) if value.is_nan() => "nan".to_owned(),
        Value::Float(value) if value.is_infinite() => if *value > 0.0 { "f+Inf" } else { "f-Inf" }.to_owned(),
        Value::Float(value) => {
            let scientific = format!("{value:e}");
            let (mantissa, exponent) = scientific.split_once('e').expect("an exponent");
            let (sign, digits) = exponent.strip_prefix('-').map_or(('+', exponent), |digits| ('-', digits));
            format!("f{mantissa}e{sign}{digits:0>2}")
        }
        Value::String(text) => quote(text.as_bytes()),
        Value::Time(text) => format!("t{text}"),
        Value::Sequence(items) => {
            let items: Vec<_> = items.iter().map(|item| dump(item, order)).collect();
            format!("[{}]", items.join(","))
        }
        Value::Mapping(entries) => {
            let mut entries: Vec<_> = entries.iter().collect();
            if order == Order::Sorted {
                entries.sort_by(|left, right| left.key.cmp(&right.key));
            }
            let entries: Vec<_> =
                entries.iter().map(|entry| format!("{}:{}", quote(entry.key.as_bytes()), dump(&entry.value, order))).collect();
            format!("{{{}}}", entries.join(","))
        }
    }
}

/// Writes bytes with the escapes `\n \t \r \" \\` and `\xNN`.
pub(crate) fn quote(bytes: &[u8]) -> String {
    let mut out = String::from("\"");
    for byte in bytes {
        match byte {
            b'\n' => out.push_str("\\n"),
            b'\t' => out.push_str("\\t"),
            b'\r' => out.push_str("\\r"),
            b'"' | b'\\' => out.extend(['\\', char::from(*byte)]),
            b' '..=b'~' => out.push(char::from(*byte)),
            _ => out.push_str(&format!("\\x{byte:02x}")),
        }
    }
    out.push('"');
    out
}
