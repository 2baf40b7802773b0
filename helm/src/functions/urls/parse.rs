//! URLs, read.
//!
//! # Source
//! Go 1.26 `net/url/url.go`, `Parse`, `parseAuthority`, `parseHost`, `getScheme`, `Hostname`.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::escape::{Section, escape, unescape};
use super::quoted;

/// A URL's parts, escapes undone where Go undoes them.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Url {
    pub(super) scheme: Vec<u8>,
    /// What follows the scheme where it does not begin with a slash.
    pub(super) opaque: Vec<u8>,
    /// User and password, escaped.
    pub(super) user: Option<Vec<u8>>,
    /// Host and port.
    pub(super) host: Vec<u8>,
    pub(super) path: Vec<u8>,
    /// What follows `?`, as it is.
    pub(super) query: Vec<u8>,
    pub(super) fragment: Vec<u8>,
}

impl Url {
    /// Reads a URL. An error is Go's message.
    pub(super) fn parse(text: &[u8]) -> Result<Self, String> {
        let (before, fragment) = cut(text, b'#');
        let wrong = |text: &[u8], error: &str| format!("parse {}: {error}", quoted(text));
        let mut url = Self::without_fragment(before).map_err(|error| wrong(before, &error))?;
        url.fragment = unescape(fragment.unwrap_or(&[]), Section::Fragment).map_err(|error| wrong(text, &error))?;
        Ok(url)
    }

    fn without_fragment(text: &[u8]) -> Result<Self, String> {
        if text.iter().any(u8::is_ascii_control) {
            return Err("net/url: invalid control character in URL".to_owned());
        }
        if text == b"*" {
            return Ok(Self { path: text.to_vec(), ..Self::default() });
        }
        let (scheme, rest) = scheme(text)?;
        let (rest, query) = cut(rest, b'?');
        let mut url = Self { scheme: scheme.to_ascii_lowercase(), query: query.unwrap_or(&[]).to_vec(), ..Self::default() };
        if !rest.starts_with(b"/") {
            if !url.scheme.is_empty() {
                url.opaque = rest.to_vec();
                return Ok(url);
            }
            if cut(rest, b'/').0.contains(&b':') {
                return Err("first path segment in URL cannot contain colon".to_owned());
            }
        }
        let mut path = rest;
        if let Some(authority) = rest.strip_prefix(b"//")
            && (!url.scheme.is_empty() || !authority.starts_with(b"/"))
        {
            let end = authority.iter().position(|byte| *byte == b'/').unwrap_or(authority.len());
            let (authority, after) = authority.split_at_checked(end).unwrap_or((authority, &[]));
            path = after;
            url.authority(authority)?;
        }
        url.path = unescape(path, Section::Path)?;
        Ok(url)
    }

    fn authority(&mut self, authority: &[u8]) -> Result<(), String> {
        let (user, host) = match authority.iter().rposition(|byte| *byte == b'@') {
            Some(place) => (authority.get(..place), authority.get(place + 1..).unwrap_or(&[])),
            None => (None, authority),
        };
        self.host = read_host(&self.scheme, host)?;
        let Some(user) = user else { return Ok(()) };
        if !user.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-._:~!$&'()*+,;=%@".contains(byte)) {
            return Err("net/url: invalid userinfo".to_owned());
        }
        let (name, password) = cut(user, b':');
        let mut written = escape(&unescape(name, Section::User)?, Section::User);
        if let Some(password) = password {
            written.push(b':');
            written.extend_from_slice(&escape(&unescape(password, Section::User)?, Section::User));
        }
        self.user = Some(written);
        Ok(())
    }

    /// Returns the host without port and brackets.
    pub(super) fn hostname(&self) -> &[u8] {
        let host = self.host.as_slice();
        let port = host.iter().rposition(|byte| *byte == b':').and_then(|place| host.split_at_checked(place));
        let host = match port {
            Some((name, port)) if is_port(port) => name,
            _ => host,
        };
        host.strip_prefix(b"[").and_then(|inner| inner.strip_suffix(b"]")).unwrap_or(host)
    }
}

/// Returns what is before and after the first `separator`.
fn cut(text: &[u8], separator: u8) -> (&[u8], Option<&[u8]>) {
    match text.iter().position(|byte| *byte == separator) {
        Some(place) => (text.get(..place).unwrap_or(text), text.get(place + 1..)),
        None => (text, None),
    }
}

/// Returns the scheme, empty where there is none, and what follows it.
fn scheme(text: &[u8]) -> Result<(&[u8], &[u8]), String> {
    let is_scheme = |byte: &u8| byte.is_ascii_alphanumeric() || b"+-.".contains(byte);
    let (scheme, rest) = cut(text, b':');
    match (rest, scheme.first()) {
        (Some(_), None) => Err("missing protocol scheme".to_owned()),
        (Some(rest), Some(first)) if first.is_ascii_alphabetic() && scheme.iter().all(is_scheme) => Ok((scheme, rest)),
        _ => Ok((&[], text)),
    }
}

/// Says whether it is nothing or a colon and digits.
fn is_port(text: &[u8]) -> bool {
    match text.split_first() {
        None => true,
        Some((colon, digits)) => *colon == b':' && digits.iter().all(u8::is_ascii_digit),
    }
}

fn check_port(text: &[u8]) -> Result<(), String> {
    if is_port(text) { Ok(()) } else { Err(format!("invalid port {} after host", quoted(text))) }
}

fn read_host(scheme: &[u8], host: &[u8]) -> Result<Vec<u8>, String> {
    match host.iter().rposition(|byte| *byte == b'[') {
        Some(0) => return bracketed(host),
        Some(_) => return Err("invalid IP-literal".to_owned()),
        None => {}
    }
    let colon = |byte: &u8| *byte == b':';
    // Databases list several hosts with ports: only HTTP is strict.
    let strict = matches!(scheme, b"http" | b"https");
    let place = if strict { host.iter().position(colon) } else { host.iter().rposition(colon) };
    check_port(place.and_then(|place| host.get(place..)).unwrap_or(&[]))?;
    unescape(host, Section::Host)
}

/// Reads an address in brackets and a port.
fn bracketed(host: &[u8]) -> Result<Vec<u8>, String> {
    let end = host.iter().rposition(|byte| *byte == b']').ok_or("missing ']' in host")?;
    let (inner, port) = (host.get(1..end).unwrap_or(&[]), host.get(end + 1..).unwrap_or(&[]));
    check_port(port)?;
    let zone = inner.windows(3).position(|bytes| bytes == b"%25").unwrap_or(inner.len());
    let (address, zone) = inner.split_at_checked(zone).unwrap_or((inner, &[]));
    let name = [unescape(address, Section::Host)?, unescape(zone, Section::Zone)?].concat();
    let words = String::from_utf8_lossy(&name);
    let (address, zone) = words.split_once('%').map_or((&*words, None), |(address, zone)| (address, Some(zone)));
    if address.parse::<Ipv4Addr>().is_ok() && zone.is_none() {
        return Err("invalid IP-literal".to_owned());
    }
    if address.parse::<Ipv6Addr>().is_err() || zone == Some("") {
        return Err(format!("invalid host: ParseAddr({}): unable to parse IP", quoted(&name)));
    }
    Ok([b"[", name.as_slice(), b"]", port].concat())
}
