//! TOML, read.
//!
//! In: text. Out: a map. Rules: integers are `int64`, dates with an offset are times. The crate `toml` bounds nesting itself.

use toml::{Table, Value as Toml};

use super::fail;
use crate::functions::dates;
use crate::functions::signature::{Computed, Outcome, text};
use crate::time::Moment;
use crate::value::{Data, Map, Value};

/// Bytes of a text: a configuration file is far below, and its tree takes up to a hundred times as many.
pub(super) const TEXT_BYTES: usize = 256 << 10;

/// How `toml` prints dates with an offset.
const LAYOUT: &str = "2006-01-02T15:04:05.999999999Z07:00";

/// Reads a document; what is wrong with it stands under `Error`.
pub(super) fn from_toml(values: &[Value]) -> Outcome {
    let text = text(values, 0)?;
    if text.as_bytes().len() > TEXT_BYTES {
        return Err(fail(values, &format!("a TOML text may have {TEXT_BYTES} bytes")));
    }
    let document = String::from_utf8_lossy(text.as_bytes());
    let table = match document.parse::<Table>() {
        Ok(table) => table,
        Err(error) => {
            let before = error.span().and_then(|span| document.get(..span.start)).unwrap_or("");
            let line = before.matches('\n').count() + 1;
            let map = Map::new();
            map.insert(b"Error", Value::string(&format!("toml: line {line}: {}", error.message())));
            return Ok(Value::map(map));
        }
    };
    converted_table(values, table).map(Value::map)
}

fn converted_table(values: &[Value], table: Table) -> Computed<Map> {
    let map = Map::new();
    for (key, value) in table {
        map.insert(key.as_bytes(), converted(values, value)?);
    }
    Ok(map)
}

fn converted(values: &[Value], value: Toml) -> Outcome {
    Ok(match value {
        Toml::String(text) => Value::string(&text),
        Toml::Integer(number) => Value::plain(Data::Int64(number)),
        Toml::Float(number) => Value::plain(Data::Float(number)),
        Toml::Boolean(on) => Value::plain(Data::Bool(on)),
        Toml::Datetime(date) => match Moment::parse(LAYOUT, &date.to_string()) {
            Ok(moment) if date.offset.is_some() => dates::object(moment),
            _ => return Err(fail(values, "dates without an offset from UTC are not read")),
        },
        Toml::Array(items) => {
            let items: Computed<Vec<Value>> = items.into_iter().map(|item| converted(values, item)).collect();
            Value::list(items?)
        }
        Toml::Table(table) => Value::map(converted_table(values, table)?),
    })
}
