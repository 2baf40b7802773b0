//! The clock: the one place where the present enters. Everything below is given a time.

use jiff::civil::Date;

/// Returns the present time in seconds and nanoseconds since 1970.
pub(super) fn now() -> (i64, u32) {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::Realtime);
    (now.tv_sec, u32::try_from(now.tv_nsec).unwrap_or(0))
}

/// Returns today's day in UTC, whatever the time zone of the machine.
pub(super) fn today() -> Date {
    let (seconds, _) = now();
    // A clock beyond the year 9999 is broken; the last day of all lets every waiver expire.
    jiff::Timestamp::from_second(seconds).map_or(Date::MAX, |now| jiff::tz::TimeZone::UTC.to_datetime(now).date())
}
