//! TOML, written as BurntSushi/toml writes it.
//!
//! In: a value. Out: the document. Rules: of a table first what is no table, then tables, each in the order of keys' bytes; two spaces a
//! level; a struct keeps the order of its fields; nil is left out of tables and refused in arrays; a list of maps only is an array of tables.

use crate::functions::FunctionError;
use crate::functions::document::NESTING;
use crate::functions::signature::Computed;
use crate::gofmt;
use crate::time::{Moment, duration};
use crate::value::{Data, KUBE_VERSION, Map, Object, ObjectKind, StructType, Value};

/// How often a value is looked at for its shape before a byte of it is written: as an entry, as its key's value, in its list.
const LOOKS_A_BYTE: usize = 4;

/// Why a value was not written.
#[derive(Debug)]
pub(super) enum Unwritten {
    /// The encoder returns an error.
    Go(String),
    /// The encoder panics.
    Panic(String),
    /// Too deep or too large.
    Refused(FunctionError),
}

impl From<FunctionError> for Unwritten {
    fn from(error: FunctionError) -> Self {
        Self::Refused(error)
    }
}

type Result<T> = std::result::Result<T, Unwritten>;

/// Returns the document of a value.
pub(super) fn document(value: &Value, limit: usize) -> Result<Vec<u8>> {
    if matches!(value.data, Data::Nil) {
        return Err(Unwritten::Panic("reflect: call of reflect.Value.Type on zero Value".to_owned()));
    }
    let mut writer = Writer { out: Vec::new(), depth: 0, looks: 0, limit };
    writer.encode(&mut Vec::new(), value)?;
    Ok(writer.out)
}

/// What a value is to TOML.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    Nil,
    Scalar,
    Array,
    Table,
    Tables,
}

struct Writer {
    out: Vec<u8>,
    /// How many containers the walk is in.
    depth: usize,
    /// How many values were looked at for their shape: shared lists in lists are looked at once for each way to them.
    looks: usize,
    limit: usize,
}

impl Writer {
    /// Writes what stands at a key, which is empty at the root only.
    fn encode(&mut self, key: &mut Vec<Vec<u8>>, value: &Value) -> Result<()> {
        match self.shape(value)? {
            Shape::Nil if key.is_empty() && matches!(value.data, Data::List(..)) => self.push(b"[]"),
            Shape::Nil => Ok(()),
            Shape::Scalar | Shape::Array if key.is_empty() => self.element(value),
            Shape::Scalar | Shape::Array => {
                self.indent(key.len())?;
                let name = key.last().map(|name| quoted_key(name)).unwrap_or_default();
                self.push(&[name.as_slice(), b" = "].concat())?;
                self.element(value)?;
                self.newline()
            }
            Shape::Tables if key.is_empty() => Err(Unwritten::Go("toml: top-level values must be Go maps or structs".to_owned())),
            Shape::Tables => self.tables(key, value),
            Shape::Table => {
                if key.len() == 1 {
                    self.newline()?;
                }
                if !key.is_empty() {
                    self.header(key, "[", "]")?;
                }
                self.table(key, value)
            }
        }
    }

    fn tables(&mut self, key: &mut Vec<Vec<u8>>, value: &Value) -> Result<()> {
        let Data::List(list, _) = &value.data else { return Ok(()) };
        for item in list.items() {
            self.newline()?;
            self.header(key, "[[", "]]")?;
            self.table(key, &item)?;
        }
        Ok(())
    }

    fn header(&mut self, key: &[Vec<u8>], open: &str, close: &str) -> Result<()> {
        let path: Vec<Vec<u8>> = key.iter().map(|name| quoted_key(name)).collect();
        self.indent(key.len())?;
        self.push(&[open.as_bytes(), &path.join(b".".as_slice()), close.as_bytes()].concat())?;
        self.newline()
    }

    fn table(&mut self, key: &mut Vec<Vec<u8>>, value: &Value) -> Result<()> {
        self.enter()?;
        let (direct, tables) = self.sorted(members(value))?;
        for (name, value) in direct.into_iter().chain(tables) {
            key.push(name);
            self.encode(key, &value)?;
            key.pop();
        }
        self.depth -= 1;
        Ok(())
    }

    /// Returns the entries that are no tables and those that are.
    fn sorted(&mut self, entries: Entries) -> Result<(Entries, Entries)> {
        let (mut direct, mut tables) = (Vec::new(), Vec::new());
        for (name, value) in entries {
            let shape = self.shape(&value)?;
            let group = if matches!(shape, Shape::Table | Shape::Tables) { &mut tables } else { &mut direct };
            group.push((name, value));
        }
        Ok((direct, tables))
    }

    /// Writes a value behind an equals sign.
    fn element(&mut self, value: &Value) -> Result<()> {
        match &value.data {
            Data::Nil => Ok(()),
            Data::Bool(on) => self.push(if *on { b"true" } else { b"false" }),
            Data::Int(number) | Data::Int64(number) => self.push(number.to_string().as_bytes()),
            Data::Float(number) => self.push(float(*number).as_bytes()),
            Data::String(text) => self.push(&quoted(text.as_bytes())),
            // Go sees a slice of small numbers.
            Data::Bytes(text) => {
                let numbers: Vec<String> = text.as_bytes().iter().map(u8::to_string).collect();
                self.push(format!("[{}]", numbers.join(", ")).as_bytes())
            }
            Data::List(list, _) => self.array(&list.items()),
            Data::Map(..) => self.inline(value),
            Data::Object(object) => self.object(value, object),
        }
    }

    fn object(&mut self, value: &Value, object: &Object) -> Result<()> {
        match &object.kind {
            ObjectKind::VersionSet(_, versions) => {
                self.array(&versions.iter().map(|version| Value::string(version)).collect::<Vec<_>>())
            }
            ObjectKind::Semver(version) => self.push(&quoted(version.as_bytes())),
            ObjectKind::Duration(nanoseconds) => self.push(&quoted(duration::printed(*nanoseconds).as_bytes())),
            ObjectKind::Time { .. } => {
                let moment = Moment::of(&object.kind).unwrap_or_else(Moment::zero);
                self.push(moment.format("2006-01-02T15:04:05.999999999Z07:00").as_bytes())
            }
            ObjectKind::Number(_, number) => self.push(number.to_string().as_bytes()),
            ObjectKind::Values(_)
            | ObjectKind::Files(_)
            | ObjectKind::Certificate
            | ObjectKind::KubeVersion(..)
            | ObjectKind::Struct(_) => self.inline(value),
        }
    }

    fn array(&mut self, items: &[Value]) -> Result<()> {
        self.enter()?;
        self.push(b"[")?;
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                self.push(b", ")?;
            }
            self.element(item)?;
        }
        self.depth -= 1;
        self.push(b"]")
    }

    /// Writes a table in braces. A nil at the end leaves its comma, as in Go.
    fn inline(&mut self, value: &Value) -> Result<()> {
        self.enter()?;
        let (direct, tables) = self.sorted(members(value))?;
        self.push(b"{")?;
        let last = direct.len() + tables.len();
        for (index, (name, value)) in direct.iter().chain(&tables).enumerate() {
            if self.shape(value)? == Shape::Nil {
                continue;
            }
            self.push(&[quoted_key(name).as_slice(), b" = "].concat())?;
            self.element(value)?;
            if index + 1 < last {
                self.push(b", ")?;
            }
        }
        self.depth -= 1;
        self.push(b"}")
    }

    fn shape(&mut self, value: &Value) -> Result<Shape> {
        self.shape_at(value, self.depth)
    }

    fn shape_at(&mut self, value: &Value, depth: usize) -> Result<Shape> {
        self.looks += 1;
        if self.looks / LOOKS_A_BYTE > self.limit {
            return Err(too_large(self.limit));
        }
        match &value.data {
            Data::Nil => Ok(Shape::Nil),
            Data::List(list, _) if list.is_nil() => Ok(Shape::Nil),
            Data::Map(map, _) if map.is_nil() => Ok(Shape::Nil),
            Data::Map(..) => Ok(Shape::Table),
            Data::List(list, _) => {
                check_depth(depth)?;
                let items = list.items();
                let mut tables = !items.is_empty();
                for item in &items {
                    match self.shape_at(item, depth + 1)? {
                        Shape::Nil => return Err(Unwritten::Go("toml: cannot encode array with nil element".to_owned())),
                        shape => tables &= shape == Shape::Table,
                    }
                }
                Ok(if tables { Shape::Tables } else { Shape::Array })
            }
            Data::Object(object) => match object.kind {
                ObjectKind::Values(_)
                | ObjectKind::Files(_)
                | ObjectKind::Certificate
                | ObjectKind::KubeVersion(..)
                | ObjectKind::Struct(_) => Ok(Shape::Table),
                ObjectKind::VersionSet(..) => Ok(Shape::Array),
                ObjectKind::Semver(_) | ObjectKind::Time { .. } | ObjectKind::Duration(_) | ObjectKind::Number(..) => {
                    Ok(Shape::Scalar)
                }
            },
            Data::Bytes(_) => Ok(Shape::Array),
            Data::Bool(_) | Data::Int(_) | Data::Int64(_) | Data::Float(_) | Data::String(_) => Ok(Shape::Scalar),
        }
    }

    fn enter(&mut self) -> Result<()> {
        check_depth(self.depth)?;
        self.depth += 1;
        Ok(())
    }

    fn indent(&mut self, level: usize) -> Result<()> {
        self.push(&b"  ".repeat(level.saturating_sub(1)))
    }

    /// Ends a line, but for the first of a document.
    fn newline(&mut self) -> Result<()> {
        if self.out.is_empty() { Ok(()) } else { self.push(b"\n") }
    }

    fn push(&mut self, bytes: &[u8]) -> Result<()> {
        if self.out.len().saturating_add(bytes.len()) > self.limit {
            return Err(too_large(self.limit));
        }
        self.out.extend_from_slice(bytes);
        Ok(())
    }
}

/// Entries of a table with their names.
type Entries = Vec<(Vec<u8>, Value)>;

/// Returns what a table holds: a map by its keys, a struct in the order its type declares, those of an embedded one in its place.
fn members(value: &Value) -> Entries {
    let by_key = |map: &Map| map.entries().into_iter().map(|(key, slot)| (key.to_vec(), slot.value)).collect();
    let declared = |structure: &StructType, fields: &Map| {
        let field = |field: &'static str| Some((field.as_bytes().to_vec(), fields.get(field.as_bytes())?));
        structure.written.iter().filter_map(|written| field(written.field)).collect()
    };
    match &value.data {
        Data::Map(map, _) => by_key(map),
        Data::Object(object) => match &object.kind {
            ObjectKind::Struct(structure) => declared(structure, &object.fields),
            ObjectKind::KubeVersion(..) => declared(&KUBE_VERSION, &object.fields),
            _ => by_key(&object.fields),
        },
        _ => Vec::new(),
    }
}

fn too_large(limit: usize) -> Unwritten {
    FunctionError::from(format!("the result is larger than {limit} bytes")).into()
}

fn check_depth(depth: usize) -> Computed<()> {
    if depth < NESTING { Ok(()) } else { Err(format!("the value nests deeper than {NESTING} levels").into()) }
}

/// Writes a float so that it is none of TOML's integers.
fn float(number: f64) -> String {
    if number.is_nan() {
        return "nan".to_owned();
    }
    if number.is_infinite() {
        return if number < 0.0 { "-inf" } else { "inf" }.to_owned();
    }
    let printed = gofmt::shortest(number);
    if printed.contains(['.', 'e']) { printed } else { format!("{printed}.0") }
}

fn quoted(text: &[u8]) -> Vec<u8> {
    let mut out = vec![b'"'];
    for byte in text {
        match byte {
            b'"' | b'\\' => out.extend([b'\\', *byte]),
            8 => out.extend_from_slice(b"\\b"),
            b'\t' => out.extend_from_slice(b"\\t"),
            b'\n' => out.extend_from_slice(b"\\n"),
            12 => out.extend_from_slice(b"\\f"),
            b'\r' => out.extend_from_slice(b"\\r"),
            0..=31 | 127 => out.extend_from_slice(format!("\\u{byte:04x}").as_bytes()),
            _ => out.push(*byte),
        }
    }
    out.push(b'"');
    out
}

fn quoted_key(name: &[u8]) -> Vec<u8> {
    let bare = name.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
    if bare && !name.is_empty() { name.to_vec() } else { quoted(name) }
}
