//! Seed: the key that random values of charts come from, where an environment wants them and the tenant has a salt.
//!
//! In: [`Estate`], [`Context`], [`Keys`]. Out: [`Seed`].
//! Rules: a salt is a key like those that open files: it belongs to a customer and a class, and is read only for whom keys are granted. The
//! key of an application depends on the salt, its dimensions and its chart, so that one application's values say nothing of another's.
//! Not here: which call gets which value (`helm`), where the values may stand (`sealed`).

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use helm::render::Randomness;

use crate::configuration::{self, Dimension, Tenant};
use crate::context::{Context, Keys, class_name};
use crate::diagnostic::{Failure, StageError};
use crate::estate::Estate;
use crate::secrets::SecretsError;

/// Bytes a salt has at least: as many as the key that is made of it.
pub const SALT_BYTES: usize = 32;

/// What the key is for; a change of how it is made changes this.
const PURPOSE: &[u8] = b"tidegate/seeded/1";

/// Where random values of a chart come from.
#[derive(Debug)]
pub enum Seed {
    /// From nowhere: what depends on them is refused.
    Refused,
    /// From nowhere, though the configuration wants them: why.
    Withheld(String),
    /// From the tenant's salt.
    Salted(Salted),
}

/// The key of one application, and its time.
pub struct Salted {
    key: Zeroizing<[u8; 32]>,
    now: (i64, u32),
}

impl std::fmt::Debug for Salted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[salted]")
    }
}

impl Seed {
    /// Returns what the engine is told.
    #[must_use]
    pub fn randomness(&self) -> Randomness {
        match self {
            Self::Refused | Self::Withheld(_) => Randomness::Refuse,
            Self::Salted(Salted { key, now }) => Randomness::Seeded { key: **key, now: *now },
        }
    }

    /// Says whether random values are made, so that they are secrets.
    #[must_use]
    pub fn is_salted(&self) -> bool {
        matches!(self, Self::Salted(_))
    }
}

/// Returns the seed of an application whose chart is called `chart`.
///
/// # Errors
/// A [`Failure`]: a salt that is named but not there, cannot be read, or is too short.
pub fn seed(estate: &Estate, context: &Context, keys: &Keys, chart: &str) -> Result<Seed, Failure> {
    let charts = &estate.configuration.charts;
    let (configuration::Randomness::Seeded, Some(now)) = (charts.randomness, charts.now) else { return Ok(Seed::Refused) };
    let tenant = match keys {
        Keys::Granted(tenant) => tenant,
        Keys::Withheld(why) => return Ok(Seed::Withheld(why.to_string())),
    };
    let mut tenants = estate.configuration.secrets.tenants.iter();
    let row: Option<&Tenant> = tenants.find(|row| row.customer == tenant.customer && row.class == tenant.class);
    let (Some(path), Some(folder)) = (row.and_then(|row| row.salt.as_ref()), &estate.folder) else {
        let class = class_name(tenant.class);
        return Ok(Seed::Withheld(format!("no row of `secrets.tenants` has a `salt` for `{}` and {class}", tenant.customer)));
    };
    let missing = || failure(&SecretsError::NoSalt { path: path.clone() });
    let salt = Zeroizing::new(folder.read_mounted(path)?.ok_or_else(missing)?);
    let [customer, product, environment] = Dimension::ALL.map(|dimension| context.application.name.part(dimension));
    let key = key(path, &salt, &[customer, product, environment, chart]).map_err(|error| failure(&error))?;
    let nanoseconds = u32::try_from(now.subsec_nanosecond()).unwrap_or_default();
    Ok(Seed::Salted(Salted { key, now: (now.as_second(), nanoseconds) }))
}

/// Returns the key made of the salt in the file at `path`, for what the parts name together.
///
/// # Errors
/// [`SecretsError::ShortSalt`].
pub fn key(path: &str, salt: &[u8], parts: &[&str]) -> Result<Zeroizing<[u8; 32]>, SecretsError> {
    let salt = salt.trim_ascii();
    if salt.len() < SALT_BYTES {
        return Err(SecretsError::ShortSalt { path: path.to_owned(), bytes: salt.len() });
    }
    Ok(derived(salt, parts))
}

fn failure(error: &SecretsError) -> Failure {
    Failure::one(error.class(), error.diagnostic())
}

/// Returns HMAC-SHA256 of the parts with the salt as key, each part behind its length so that none runs into the next.
fn derived(salt: &[u8], parts: &[&str]) -> Zeroizing<[u8; 32]> {
    #[expect(clippy::expect_used, reason = "an HMAC key may have any length: RFC 2104, section 2")]
    let mut mac = Hmac::<Sha256>::new_from_slice(salt).expect("any length");
    mac.update(PURPOSE);
    for part in parts {
        mac.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_le_bytes());
        mac.update(part.as_bytes());
    }
    Zeroizing::new(mac.finalize().into_bytes().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SALT: &[u8] = b"test-only: a salt of 32 bytes ...";

    // The key depends on the salt and on every part, and parts do not run into one another.
    #[test]
    fn keys_differ() {
        let key = |salt, parts: &[&str]| *derived(salt, parts);
        let ours = key(SALT, &["acme", "shop", "dev", "web"]);
        assert_eq!(ours, key(SALT, &["acme", "shop", "dev", "web"]));
        for parts in [["acme", "shop", "prod", "web"], ["acm", "eshop", "dev", "web"], ["acme", "shop", "dev", "worker"]] {
            assert_ne!(ours, key(SALT, &parts), "{parts:?}");
        }
        assert_ne!(ours, key(b"test-only: another salt, 32 bytes.", &["acme", "shop", "dev", "web"]));
    }

    // A salt has a least length; white space around it does not count.
    #[test]
    fn salts_have_a_length() {
        let made = |salt: &str| key("salt.txt", salt.as_bytes(), &["a"]);
        let enough = "x".repeat(SALT_BYTES);
        assert_eq!(made(&enough).unwrap(), made(&format!(" {enough}\n")).unwrap());
        let short = format!("{}\n", "x".repeat(SALT_BYTES - 1));
        assert_eq!(made(&short).unwrap_err().to_string(), "salt.txt: the salt has 31 bytes; it needs 32");
    }

    // Nobody prints a key by accident.
    #[test]
    fn keys_are_not_printed() {
        let seed = Seed::Salted(Salted { key: derived(SALT, &[]), now: (0, 0) });
        assert_eq!(format!("{seed:?}"), "Salted([salted])");
    }
}
