//! Base64 as Go's `base64.StdEncoding` decodes it: padding is required, line breaks are skipped.

/// Returns the bytes; nothing where the text is not base64.
pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> = text.bytes().filter(|byte| !matches!(byte, b'\r' | b'\n')).collect();
    let (groups, rest) = digits.as_chunks::<4>();
    if !rest.is_empty() {
        return None;
    }
    let mut bytes = Vec::with_capacity(groups.len() * 3);
    let (last, whole) = groups.split_last().map_or((None, groups), |(last, whole)| (Some(last), whole));
    for &[a, b, c, d] in whole {
        bytes.extend(three(sextet(a)?, sextet(b)?, sextet(c)?, sextet(d)?));
    }
    match last {
        None => {}
        Some(&[a, b, b'=', b'=']) => bytes.extend(three(sextet(a)?, sextet(b)?, 0, 0).into_iter().take(1)),
        Some(&[a, b, c, b'=']) => bytes.extend(three(sextet(a)?, sextet(b)?, sextet(c)?, 0).into_iter().take(2)),
        Some(&[a, b, c, d]) => bytes.extend(three(sextet(a)?, sextet(b)?, sextet(c)?, sextet(d)?)),
    }
    Some(bytes)
}

fn three(a: u8, b: u8, c: u8, d: u8) -> [u8; 3] {
    [(a << 2) | (b >> 4), (b << 4) | (c >> 2), (c << 6) | d]
}

fn sextet(digit: u8) -> Option<u8> {
    match digit {
        b'A'..=b'Z' => Some(digit - b'A'),
        b'a'..=b'z' => Some(digit - b'a' + 26),
        b'0'..=b'9' => Some(digit - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    }
}
