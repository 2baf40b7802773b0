//! The data key of a file: one age file per recipient, opened with the identities that are held.
//!
//! Rules: identities whose public part the file names come first, then all others, since a name in the metadata proves nothing;
//! within a group any one recipient suffices; several groups are joined (`shamir`). The key is wiped when dropped.
//! Not here: keys of other kinds (PGP, KMS, Vault): they are named in the error and otherwise passed over.

use std::io::Read as _;

use age::armor::ArmoredReader;
use zeroize::Zeroizing;

use crate::metadata::{Group, Metadata, Recipient, Stanza};
use crate::open::{DATA_KEY_BYTES, DATA_KEYS, KEY_GROUPS};
use crate::sealed::KEY_BYTES;
use crate::{Identity, OpenError, shamir};

/// Bytes of a part of a data key: the key's own and the place of the part.
const PART_BYTES: usize = KEY_BYTES + 1;

/// Returns the data key of a file.
///
/// # Errors
/// [`OpenError::NoIdentity`] when no identity opens it, [`OpenError::TooFewGroups`] when too few parts open,
/// [`OpenError::DataKey`] when a stanza for a held identity is damaged, [`OpenError::DataKeyLimit`] for metadata beyond every use.
///
/// # Source
/// SOPS `sops.go`, `GetDataKeyWithKeyServices`; `age/keysource.go`, `Decrypt`.
pub(crate) fn recover(metadata: &Metadata, identities: &[Identity]) -> Result<Zeroizing<[u8; KEY_BYTES]>, OpenError> {
    within_limits(metadata)?;
    let mut parts = Vec::new();
    let mut damaged = None;
    for group in &metadata.groups {
        match open_group(group, identities) {
            Ok(part) => parts.extend(part),
            Err(error) => damaged = damaged.or(Some(error)),
        }
    }
    let needed = if metadata.groups.len() > 1 { metadata.threshold.max(2) } else { 1 };
    if parts.len() < needed {
        return Err(damaged.unwrap_or_else(|| missing(metadata, identities, parts.len(), needed)));
    }
    let wrong_length = || OpenError::DataKeyShape { at: metadata.span };
    let secret = match parts.pop() {
        Some(whole) if metadata.groups.len() == 1 => whole,
        last => {
            parts.extend(last);
            shamir::combine(&parts).ok_or_else(wrong_length)?
        }
    };
    let mut key = Zeroizing::new([0; KEY_BYTES]);
    if secret.len() != KEY_BYTES {
        return Err(wrong_length());
    }
    key.copy_from_slice(&secret);
    Ok(key)
}

fn within_limits(metadata: &Metadata) -> Result<(), OpenError> {
    let over = |what, limit| OpenError::DataKeyLimit { what, limit, at: metadata.span };
    if metadata.groups.len() > KEY_GROUPS {
        return Err(over("key groups", KEY_GROUPS));
    }
    let stanzas = || metadata.groups.iter().flat_map(|group| &group.stanzas);
    if stanzas().count() > DATA_KEYS {
        return Err(over("recipients", DATA_KEYS));
    }
    match stanzas().find(|stanza| stanza.age_file.as_ref().is_some_and(|file| file.len() > DATA_KEY_BYTES)) {
        Some(stanza) => Err(OpenError::DataKeyLimit {
            what: "bytes in the data key of one recipient",
            limit: DATA_KEY_BYTES,
            at: stanza.span,
        }),
        None => Ok(()),
    }
}

fn missing(metadata: &Metadata, identities: &[Identity], opened: usize, needed: usize) -> OpenError {
    let recipients: Vec<Recipient> = metadata.recipients().into_iter().cloned().collect();
    let held: Vec<String> = identities.iter().map(|identity| identity.recipient().to_owned()).collect();
    if needed > 1 {
        OpenError::TooFewGroups { opened, needed, recipients, held, at: metadata.span }
    } else {
        OpenError::NoIdentity { recipients, held, at: metadata.span }
    }
}

/// Returns the part of the data key that a group guards, or nothing when no identity opens it.
fn open_group(group: &Group, identities: &[Identity]) -> Result<Option<Zeroizing<Vec<u8>>>, OpenError> {
    let names_held = |stanza: &&Stanza| identities.iter().any(|identity| stanza.recipient.is(identity.recipient()));
    let (named, others): (Vec<&Stanza>, Vec<&Stanza>) = group.stanzas.iter().partition(names_held);
    let mut damaged = None;
    for (stanza, is_named) in named.iter().map(|stanza| (stanza, true)).chain(others.iter().map(|stanza| (stanza, false))) {
        let Some(file) = &stanza.age_file else { continue };
        match open_age_file(file, identities) {
            Ok(part) => return Ok(Some(part)),
            // What is sealed for others may be sealed in ways unknown here.
            Err(source) if is_named => {
                damaged =
                    damaged.or_else(|| Some(OpenError::DataKey { recipient: stanza.recipient.clone(), at: stanza.span, source }));
            }
            Err(_) => {}
        }
    }
    damaged.map_or(Ok(None), Err)
}

/// Opens an armored age file and reads all of it: age authenticates the end of a text only once it is reached.
fn open_age_file(file: &str, identities: &[Identity]) -> Result<Zeroizing<Vec<u8>>, age::DecryptError> {
    let decryptor = age::Decryptor::new_buffered(ArmoredReader::new(file.as_bytes()))?;
    let mut reader = decryptor.decrypt(identities.iter().map(Identity::as_age))?;
    // Room for one byte too many, so a longer text shows as such and nothing is ever moved.
    let mut part = Zeroizing::new(Vec::with_capacity(PART_BYTES + 1));
    reader.by_ref().take((PART_BYTES + 1) as u64).read_to_end(&mut part)?;
    Ok(part)
}
