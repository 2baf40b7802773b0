//! Instants that are read, and the words for those that are not.

use super::*;

fn check(layout: &str, text: &str, expected: &str) {
    match Moment::parse(layout, text) {
        Ok(moment) => assert_eq!(moment.printed(), expected, "{text}"),
        Err(message) => panic!("{message}"),
    }
}

fn check_refused(layout: &str, text: &str, expected: &str) {
    assert_eq!(Moment::parse(layout, text), Err(format!("parsing time {}{expected}", quote(text))), "{layout}");
}

// What is left out is zero, or one.
#[test]
fn dates() {
    check("2006-01-02", "2024-02-29", "2024-02-29 00:00:00 +0000 UTC");
    check("3:04PM", "12:05AM", "0000-01-01 00:05:00 +0000 UTC");
    check("3:04pm", "3:04pm", "0000-01-01 15:04:00 +0000 UTC");
    check("Mon Jan _2 15:04:05 2006", "tue  FEB  3 4:05:06 2009", "2009-02-03 04:05:06 +0000 UTC");
    check("Monday, January 2, 06", "Sunday, May 7, 69", "1969-05-07 00:00:00 +0000 UTC");
    check("2006 002", "2024 060", "2024-02-29 00:00:00 +0000 UTC");
    check("2006 __2", "2023   5", "2023-01-05 00:00:00 +0000 UTC");
}

// Fractions are read where the layout does not ask for them, too.
#[test]
fn fractions() {
    check("15:04:05", "01:02:03.4567", "0000-01-01 01:02:03.4567 +0000 UTC");
    check("15:04:05", "01:02:03,0000000019", "0000-01-01 01:02:03.000000001 +0000 UTC");
    check("05.000", "03.120", "0000-01-01 00:00:03.12 +0000 UTC");
    check("05.999Z", "03Z", "0000-01-01 00:00:03 +0000 UTC");
    check_refused("05.000", "03.12", " as \"05.000\": cannot parse \".12\" as \".000\"");
}

// Offsets shift the instant, names do not.
#[test]
fn zones() {
    check("2006-01-02T15:04:05Z07:00", "2023-11-14T22:13:20Z", "2023-11-14 22:13:20 +0000 UTC");
    check("2006-01-02T15:04:05Z07:00", "2023-11-14T22:13:20+02:00", "2023-11-14 22:13:20 +0200 +0200");
    check("15 -0700 MST", "22 -0530 IST", "0000-01-01 22:00:00 -0530 IST");
    check("15 MST", "22 CEST", "0000-01-01 22:00:00 +0000 CEST");
    check("15 MST", "22 GMT+3", "0000-01-02 01:00:00 +0300 GMT+3");
    check("15 -07", "22 +00", "0000-01-01 22:00:00 +0000 UTC");
    check_refused("15 MST", "22 cet", " as \"15 MST\": cannot parse \"cet\" as \"MST\"");
    check_refused("-07", "+25", ": time zone offset hour out of range");
}

// Errors are Go's: what does not fit, and what is out of range.
#[test]
fn refusals() {
    check_refused("2006-01-02", "2024-13-01", ": month out of range");
    check_refused("2006-01-02", "2023-02-29", ": day out of range");
    check_refused("2006-01-02", "2023-02-2", " as \"2006-01-02\": cannot parse \"2\" as \"02\"");
    check_refused("2006-01-02", "2023-02-28x", ": extra text: \"x\"");
    check_refused("2006 002", "2023 366", ": day-of-year out of range");
    check_refused("01 2006 002", "02 2023 005", ": day-of-year does not match month");
    check_refused("a 15", "b 15", " as \"a 15\": cannot parse \"b 15\" as \"a \"");
    check_refused("15:04", "25:00", ": hour out of range");
}
