//! Time zones by name.
//!
//! In: a name of the zone database, an instant. Out: the offset that holds there and then, with its abbreviation.
//! Rules: the database is bundled, never the machine's; names are exact; what is no name of a zone is UTC, as sprig has it; the local zone
//! is UTC. Not here: zones inside of text that is parsed (`read`).
//!
//! # Source
//! Go 1.26 `time/zoneinfo.go`, `LoadLocation`; sprig v3.3.0 `date.go`, `dateInZone`.

use jiff::Timestamp;
use jiff::tz::TimeZoneDatabase;

use super::{DAY, Zone};

/// Seconds after which the calendar, and with it every zone's last rule, repeats: 400 years.
const CYCLE: i64 = 146_097 * DAY;

impl Zone {
    /// Returns the zone called `name` as it is `seconds` after the epoch.
    pub(crate) fn named(name: &str, seconds: i64) -> Self {
        let known = TimeZoneDatabase::bundled().get(name).ok();
        // Names are found in any case, which no file system of a container does.
        let Some(zone) = known.filter(|zone| zone.iana_name() == Some(name)) else { return Self::utc() };
        let info = zone.to_offset_info(within(seconds));
        Self { offset: info.offset().seconds(), name: info.abbreviation().to_owned() }
    }
}

/// Returns the instant, or the one in the first or last 400 years of the database's range where the same rules hold.
fn within(seconds: i64) -> Timestamp {
    let (first, last) = (Timestamp::MIN.as_second(), Timestamp::MAX.as_second());
    let folded = if seconds > last {
        last - CYCLE + (seconds - last).rem_euclid(CYCLE)
    } else if seconds < first {
        first + (seconds.saturating_sub(first)).rem_euclid(CYCLE)
    } else {
        seconds
    };
    Timestamp::from_second(folded).unwrap_or(Timestamp::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, seconds: i64, offset: i32, abbreviation: &str) {
        assert_eq!(Zone::named(name, seconds), Zone { offset, name: abbreviation.to_owned() }, "{name} {seconds}");
    }

    // A zone has the offset of the instant: in summer, in winter, before and after rules changed.
    #[test]
    fn offsets_change() {
        check("Europe/Zurich", 1_700_000_000, 3600, "CET");
        check("Europe/Zurich", 1_690_000_000, 7200, "CEST");
        check("Europe/Zurich", -4_000_000_000, 2048, "LMT");
        check("America/Sao_Paulo", 1_545_000_000, -7200, "-02");
        check("America/Sao_Paulo", 1_700_000_000, -10_800, "-03");
        check("Asia/Kathmandu", 0, 19_800, "+0530");
    }

    // Rules go on for ever; 400 years later they are the same.
    #[test]
    fn the_far_future_has_rules() {
        let summer = 1_690_000_000;
        check("Europe/Zurich", summer + 30 * CYCLE, 7200, "CEST");
        assert!(["CET", "CEST"].contains(&Zone::named("Europe/Zurich", i64::MAX).name.as_str()));
        check("Europe/Zurich", i64::MIN, 2048, "LMT");
    }

    // What names no zone is UTC, also in another case.
    #[test]
    fn unknown_zones_are_utc() {
        for name in ["", "UTC", "Local", "europe/zurich", "Europe", "../etc/passwd", "Mars/Olympus"] {
            check(name, 1_690_000_000, 0, "UTC");
        }
        check("Etc/GMT+5", 0, -18_000, "-05");
    }
}
