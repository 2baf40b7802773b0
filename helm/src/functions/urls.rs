//! URLs in templates: `urlParse`, `urlJoin`, and `getHostByName`, which answers nothing: a render reaches no network, as in helm.
//!
//! # Source
//! sprig v3.3.0 `url.go`; helm v4.3.1 `pkg/engine/engine.go`, `initFunMap`; Go 1.26 `net/url/url.go`.

mod escape;
mod parse;

use super::signature::{Computed, Outcome, all_leaves, bytes, fixed, map, string, text, within};
use super::{Environment, Function, FunctionError, Keeps, Parameter};
use crate::gofmt;
use crate::value::{Data, Map, Text, Value};
use escape::{Section, escape};
use parse::Url;

use Parameter::{Map as Dict, String as Str};

pub(super) const TABLE: &[Function] = &[
    fixed("urlParse", &[Str], Keeps::Derives, |_, values| url_parse(values)),
    fixed("urlJoin", &[Dict], Keeps::Derives, url_join),
    fixed("getHostByName", &[Str], Keeps::Derives, |_, _| Ok(bytes(b""))),
];

/// How many bytes one byte may become: `%20`.
const GROWTH: usize = 3;

fn url_parse(values: &[Value]) -> Outcome {
    let text = text(values, 0)?;
    let url = Url::parse(text.as_bytes()).map_err(|error| fail(values, &format!("unable to parse url: {error}")))?;
    let parts = Map::new();
    let entries: [(&[u8], &[u8]); 8] = [
        (b"scheme", &url.scheme),
        (b"host", &url.host),
        (b"hostname", url.hostname()),
        (b"path", &url.path),
        (b"query", &url.query),
        (b"opaque", &url.opaque),
        (b"fragment", &url.fragment),
        (b"userinfo", url.user.as_deref().unwrap_or_default()),
    ];
    for (name, part) in entries {
        parts.insert(name, bytes(part));
    }
    Ok(Value::map(parts))
}

fn url_join(environment: &mut Environment<'_>, values: &[Value]) -> Outcome {
    let parts = map(values, 0)?;
    let part = |name: &str| part(values, &parts, name);
    let user = part("userinfo")?;
    let user = if user.is_empty() {
        None
    } else {
        let url = Url::parse(&[b"proto://", user.as_slice(), b"@host"].concat());
        url.map_err(|error| fail(values, &format!("unable to parse userinfo in dict: {error}")))?.user
    };
    let url = Url {
        scheme: part("scheme")?,
        host: part("host")?,
        path: part("path")?,
        query: part("query")?,
        opaque: part("opaque")?,
        fragment: part("fragment")?,
        user,
    };
    let size =
        [&url.scheme, &url.host, &url.path, &url.query, &url.opaque, &url.fragment].iter().map(|part| part.len()).sum::<usize>();
    within(environment, size.saturating_add(url.user.as_ref().map_or(0, Vec::len)).saturating_mul(GROWTH))?;
    Ok(string(Text::plain(&joined(&url))))
}

/// Returns a part of a map that `urlParse` might have made; nothing where it is absent.
fn part(values: &[Value], parts: &Map, name: &str) -> Computed<Vec<u8>> {
    match parts.get(name.as_bytes()) {
        None => Ok(Vec::new()),
        Some(Value { data: Data::String(text), .. }) => Ok(text.as_bytes().to_vec()),
        Some(Value { data: Data::Nil, .. }) => {
            Err(fail(values, "runtime error: invalid memory address or nil pointer dereference"))
        }
        Some(other) => {
            let kind = super::kinds::kind(&other);
            Err(fail(values, &format!("unable to parse {name} key, must be of type string, but {kind} found")))
        }
    }
}

/// Go `net/url/url.go`, `URL.String`.
fn joined(url: &Url) -> Vec<u8> {
    let mut out = Vec::new();
    if !url.scheme.is_empty() {
        out.extend_from_slice(&url.scheme);
        out.push(b':');
    }
    if url.opaque.is_empty() {
        authority(url, &mut out);
        let path = if url.path == b"*" { url.path.clone() } else { escape(&url.path, Section::Path) };
        if !path.is_empty() && !path.starts_with(b"/") && !url.host.is_empty() {
            out.push(b'/');
        }
        // RFC 3986, section 4.2: what is before a colon would be taken for a scheme.
        if out.is_empty() && path.split(|byte| *byte == b'/').next().is_some_and(|first| first.contains(&b':')) {
            out.extend_from_slice(b"./");
        }
        out.extend_from_slice(&path);
    } else {
        out.extend_from_slice(&url.opaque);
    }
    if !url.query.is_empty() {
        out.push(b'?');
        out.extend_from_slice(&url.query);
    }
    if !url.fragment.is_empty() {
        out.push(b'#');
        out.extend_from_slice(&escape(&url.fragment, Section::Fragment));
    }
    out
}

fn authority(url: &Url, out: &mut Vec<u8>) {
    if url.scheme.is_empty() && url.host.is_empty() && url.user.is_none() {
        return;
    }
    if !url.host.is_empty() || !url.path.is_empty() || url.user.is_some() {
        out.extend_from_slice(b"//");
    }
    if let Some(user) = &url.user {
        out.extend_from_slice(user);
        out.push(b'@');
    }
    out.extend_from_slice(&escape(&url.host, Section::Host));
}

fn fail(values: &[Value], message: &str) -> FunctionError {
    FunctionError { message: Text::from(message).derived_from(&all_leaves(values)) }
}

/// Quotes bytes as `%q`.
fn quoted(bytes: &[u8]) -> String {
    let value = Value::plain(Data::String(Text::plain(bytes)));
    let quoted = gofmt::sprintf(&Text::from("%q"), &[value]);
    quoted.map(|quoted| String::from_utf8_lossy(quoted.as_bytes()).into_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests;
