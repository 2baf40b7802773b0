//! Frames: byte strings one after another on a pipe, each behind its length.
//!
//! In: a reader or a writer. Out: the strings.
//! Rules: a length is believed only up to a limit, and memory is taken as bytes arrive, not as they are announced.

use std::io::{Error, ErrorKind, Read, Result, Write};

/// Writes one string.
pub(crate) fn write(to: &mut impl Write, bytes: &[u8]) -> Result<()> {
    let length = u64::try_from(bytes.len()).map_err(Error::other)?;
    to.write_all(&length.to_le_bytes())?;
    to.write_all(bytes)
}

/// Reads one string of at most `limit_bytes`.
pub(crate) fn read(from: &mut impl Read, limit_bytes: usize) -> Result<Vec<u8>> {
    let mut length = [0; size_of::<u64>()];
    from.read_exact(&mut length)?;
    let length = u64::from_le_bytes(length);
    if usize::try_from(length).is_ok_and(|length| length <= limit_bytes) {
        let mut bytes = Vec::new();
        from.take(length).read_to_end(&mut bytes)?;
        if u64::try_from(bytes.len()).is_ok_and(|read| read == length) {
            return Ok(bytes);
        }
        return Err(ErrorKind::UnexpectedEof.into());
    }
    Err(Error::new(ErrorKind::InvalidData, format!("a part of {length} bytes, more than the limit of {limit_bytes}")))
}

#[cfg(test)]
mod tests {
    use super::{read, write};

    /// Strings come back in order, up to the limit; a longer one and a cut one do not.
    #[test]
    fn a_round_trip() {
        let mut pipe = Vec::new();
        write(&mut pipe, b"one").unwrap();
        write(&mut pipe, b"").unwrap();
        let mut reader = pipe.as_slice();
        assert_eq!(read(&mut reader, 3).unwrap(), b"one");
        assert_eq!(read(&mut reader, 0).unwrap(), b"");
        assert!(read(&mut pipe.as_slice(), 2).is_err());
        assert!(read(&mut pipe.split_at(10).0, 3).is_err());
        assert!(read(&mut &b"\xff\xff\xff\xff\xff\xff\xff\xff"[..], usize::MAX - 1).is_err());
    }
}
