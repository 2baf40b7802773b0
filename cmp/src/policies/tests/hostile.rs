//! Guests that mean harm, as text: each limit is kept by one and broken by another.
//!
//! In: the body of a check and what the guest has in its memory, written around one frame. Out: what the host makes of it.

use std::collections::BTreeMap;

use engine::metadata::WORLD;
use wasmtime::Engine;

use super::super::artefact::load;
use super::super::failure::Reason;
use super::super::guest::Guest;
use super::super::limits::{
    ANSWER_LIMIT_BYTES, Exceeded, FACT_LIMIT, FINDING_LIMIT, LOG_LIMIT_LINES, MEMORY_LIMIT_BYTES, MESSAGE_LIMIT_BYTES,
    PATH_LIMIT_BYTES, TABLE_LIMIT, TABLE_LIMIT_ELEMENTS,
};
use super::super::{Fact, Facts, Policy, PolicySet, Review, built_in, settings};
use super::{context, documents, layer};

/// A module of the contract's shape. `{DECLARED}` stands for what else it declares, `{JUDGE}` for what it does when asked:
/// it leaves the address of its answer. The host is given memory from 128 KiB on.
const FRAME: &str = include_str!("hostile.wat");

/// Where answers are planted in the memory of a guest.
const ANSWER_ADDRESS: usize = 1024;

/// What a guest says that means no harm.
const GOOD: Said<'static> = Said { rule: b"rule", severity: 0, subject: None, path: b"/a", message: b"message", help: b"help" };

/// A finding as it lies in a guest's memory, texts not yet known to be texts.
#[derive(Clone, Copy)]
struct Said<'a> {
    rule: &'a [u8],
    severity: u8,
    subject: Option<u32>,
    path: &'a [u8],
    message: &'a [u8],
    help: &'a [u8],
}

/// Builds a policy of a module's text and has it loaded as a built-in one is.
fn policy(text: &str) -> Result<PolicySet, Reason> {
    policy_for("tape", text)
}

/// Builds one that is given its documents in this encoding.
fn policy_for(encoding: &str, text: &str) -> Result<PolicySet, Reason> {
    let metadata = format!(
        r#"{{"name": "hostile", "version": "1.0.0", "world": "{WORLD}", "description": "A guest that means harm.", "encoding": "{encoding}",
            "stages": ["layer", "values", "manifests", "fleet"], "rules": [{{"name": "rule", "description": "d"}}], "settings": {{}}}}"#
    );
    let artefact = compiler::compile(&wat::parse_str(text).unwrap(), &metadata, built_in::TARGET).unwrap();
    let engine = Engine::new(&engine::configuration(built_in::TARGET).unwrap()).unwrap();
    let component = load(&engine, &artefact.compiled, &artefact.compiled_sha256())?;
    let component_sha256 = artefact.component_sha256();
    let guest = Guest::link(&engine, &component)?;
    Ok(PolicySet {
        policies: vec![Policy { metadata: artefact.metadata, component_sha256, guest, settings: settings::NONE.to_owned() }],
    })
}

fn frame(declared: &str, judge: &str) -> String {
    FRAME.replace("{DECLARED}", declared).replace("{JUDGE}", judge)
}

/// Asks a guest about one object.
fn ask(declared: &str, judge: &str) -> Review {
    policy(&frame(declared, judge)).unwrap().check_manifests(&context("production"), &documents(&["{}"]))
}

fn failure(review: Review) -> Reason {
    assert!(review.is_denied() && review.findings.is_empty(), "{review:?}");
    review.failures.into_iter().next().unwrap().reason
}

/// A fact as it lies in a guest's memory.
#[derive(Clone, Copy)]
struct Remembered<'a> {
    key: &'a [u8],
    value: &'a [u8],
    subject: Option<u32>,
    path: &'a [u8],
}

const FACT: Remembered<'static> = Remembered { key: b"host", value: b"a.example.com", subject: Some(0), path: b"/spec" };

/// Declares memory that holds a report of these facts and no finding.
fn remembers(facts: &[Remembered<'_>]) -> String {
    const RECORD_BYTES: usize = 32;
    let list = ANSWER_ADDRESS + 20;
    let mut texts = list + facts.len() * RECORD_BYTES;
    let (mut bytes, mut after) = (Vec::new(), Vec::new());
    let word = |bytes: &mut Vec<u8>, number: usize| bytes.extend(u32::try_from(number).unwrap().to_le_bytes());
    for number in [0, 0, 0, list, facts.len()] {
        word(&mut bytes, number);
    }
    for fact in facts {
        let mut text = |bytes: &mut Vec<u8>, text: &[u8]| {
            word(bytes, texts);
            word(bytes, text.len());
            after.extend_from_slice(text);
            texts += text.len();
        };
        text(&mut bytes, fact.key);
        text(&mut bytes, fact.value);
        word(&mut bytes, fact.subject.is_some().into());
        word(&mut bytes, fact.subject.unwrap_or_default().try_into().unwrap());
        text(&mut bytes, fact.path);
    }
    bytes.extend(after);
    let escaped: String = bytes.iter().map(|byte| format!("\\{byte:02x}")).collect();
    format!("(data (i32.const {ANSWER_ADDRESS}) \"{escaped}\")")
}

/// Declares memory that holds an answer of these findings.
fn says(findings: &[Said<'_>]) -> String {
    const RECORD_BYTES: usize = 44;
    let list = ANSWER_ADDRESS + 20;
    let mut texts = list + findings.len() * RECORD_BYTES;
    let mut bytes = Vec::new();
    let word = |bytes: &mut Vec<u8>, number: usize| bytes.extend(u32::try_from(number).unwrap().to_le_bytes());
    // The answer: it is a verdict, its findings and how many, and of objects its facts and how many.
    for number in [0, list, findings.len(), 0, 0] {
        word(&mut bytes, number);
    }
    let mut after: Vec<u8> = Vec::new();
    for said in findings {
        let mut text = |bytes: &mut Vec<u8>, text: &[u8]| {
            word(bytes, texts);
            word(bytes, text.len());
            after.extend(text);
            texts += text.len();
        };
        text(&mut bytes, said.rule);
        word(&mut bytes, said.severity.into());
        word(&mut bytes, said.subject.is_some().into());
        word(&mut bytes, said.subject.unwrap_or_default().try_into().unwrap());
        for field in [said.path, said.message, said.help] {
            text(&mut bytes, field);
        }
    }
    bytes.extend(after);
    let escaped: String = bytes.iter().map(|byte| format!("\\{byte:02x}")).collect();
    format!("(data (i32.const {ANSWER_ADDRESS}) \"{escaped}\")")
}

const ANSWER: &str = "(i32.const 1024)";

fn check_finding_obeyed(said: Said<'_>) -> super::super::Finding {
    let review = ask(&says(&[said]), ANSWER);
    assert!(review.failures.is_empty(), "{review:?}");
    review.findings.into_iter().next().unwrap()
}

fn check_finding_violated(said: Said<'_>, want: &str) {
    let reason = failure(ask(&says(&[GOOD, said]), ANSWER));
    assert!(matches!(reason, Reason::Finding { number: 1, problem } if problem == want), "{reason:?}");
}

fn check_contract_broken(declared: &str, judge: &str) {
    let reason = failure(ask(declared, judge));
    assert!(matches!(reason, Reason::Contract(_)), "{reason:?}");
}

/// A guest that keeps to the contract is heard at every stage.
#[test]
fn a_harmless_guest_is_heard() {
    let policies = policy(&frame(&says(&[GOOD]), ANSWER)).unwrap();
    let reviews = [
        policies.check_layers(&context("production"), &[layer("operations")], &documents(&["{}"])),
        policies.check_values(&context("production"), &documents(&["{}"])),
        policies.check_manifests(&context("production"), &documents(&["{}"])),
    ];
    let subjects = reviews.map(|review| {
        assert!(review.failures.is_empty(), "{review:?}");
        review.findings.iter().map(|finding| (finding.rule.clone(), finding.subject)).collect::<Vec<_>>()
    });
    let rule = || "rule".to_owned();
    assert_eq!(subjects, [vec![(rule(), None)], vec![(rule(), None)], vec![(rule(), None)]]);
}

/// A guest is given its documents in the encoding that its metadata names, and its answer counts the same.
#[test]
fn encodings() {
    // What is asked lies in its memory: a context of 120 bytes, which encoding it is, and the address of the tape or of the list of texts.
    let asked = |encoding: &str, number: u8, first: u8, address: &str| {
        let judge = format!(
            "(if (i32.ne (i32.load8_u offset=120 (local.get $asked)) (i32.const {number})) (then (unreachable)))
            (if (i32.ne (i32.load8_u {address}) (i32.const {first})) (then (unreachable))) {ANSWER}"
        );
        policy_for(encoding, &frame(&says(&[GOOD]), &judge)).unwrap().check_manifests(&context("production"), &documents(&["{}"]))
    };
    let text = "(i32.load (i32.load offset=124 (local.get $asked)))";
    let tape = "(i32.load offset=124 (local.get $asked))";
    assert_eq!(asked("json", 1, b'{', text).findings.len(), 1);
    assert_eq!(asked("tape", 0, b'T', tape).findings.len(), 1);
    assert!(matches!(failure(asked("json", 0, b'T', tape)), Reason::Trap(_)));
    assert!(matches!(failure(asked("tape", 1, b'{', text)), Reason::Trap(_)));
}

/// A guest that works long is waited for; one that never ends is ended, wherever it loops.
#[test]
fn fuel() {
    let works = "(local $left i32) (local.set $left (i32.const 1000000))
        (loop $again (local.set $left (i32.sub (local.get $left) (i32.const 1))) (br_if $again (local.get $left)))";
    assert!(!ask(&says(&[]), &format!("{works} {ANSWER}")).is_denied());
    assert!(matches!(failure(ask("", "(loop $again (br $again)) (unreachable)")), Reason::Fuel));
    assert!(matches!(failure(ask("(func $begin (loop $again (br $again))) (start $begin)", ANSWER)), Reason::Fuel));
}

/// A guest may call itself, but not without end.
#[test]
fn stack() {
    let deep = |depth: u32| {
        let declared = "(func $deeper (param $left i32) (if (local.get $left) (then (call $deeper (i32.sub (local.get $left) (i32.const 1))))))";
        ask(&format!("{declared} {}", says(&[])), &format!("(call $deeper (i32.const {depth})) {ANSWER}"))
    };
    assert!(!deep(1000).is_denied());
    assert!(matches!(failure(deep(u32::MAX)), Reason::Stack));
}

/// A guest gets memory up to the limit, and is ended when it asks for a page more.
#[test]
fn memory() {
    let pages = MEMORY_LIMIT_BYTES / 65536;
    let grow = |pages: usize| ask(&says(&[]), &format!("(drop (memory.grow (i32.const {pages}))) {ANSWER}"));
    // The frame declares 16 pages.
    assert!(!grow(pages - 16).is_denied());
    assert!(matches!(failure(grow(pages - 15)), Reason::Exceeded(Exceeded::Memory)));
    let declares = frame(&says(&[]), ANSWER)
        .replace("(memory (export \"memory\") 16)", &format!("(memory (export \"memory\") {})", pages + 1));
    let review = policy(&declares).unwrap().check_values(&context("production"), &documents(&["{}"]));
    assert!(matches!(failure(review), Reason::Exceeded(Exceeded::Memory)));
}

/// A guest's table grows up to the limit, its tables are few.
#[test]
fn tables() {
    let grow = |elements: usize| {
        ask(
            &format!("(table $table 0 funcref) {}", says(&[])),
            &format!("(drop (table.grow $table (ref.null func) (i32.const {elements}))) {ANSWER}"),
        )
    };
    assert!(!grow(TABLE_LIMIT_ELEMENTS).is_denied());
    assert!(matches!(failure(grow(TABLE_LIMIT_ELEMENTS + 1)), Reason::Exceeded(Exceeded::Table)));
    let several = |count: usize| ask(&format!("{} {}", "(table 1 funcref)".repeat(count), says(&[])), ANSWER);
    // One joins the module to `log`.
    assert!(!several(TABLE_LIMIT - 1).is_denied());
    assert!(several(TABLE_LIMIT).is_denied());
}

/// A guest logs a bounded number of lines of a bounded length, and they cannot steer a terminal.
#[test]
fn log() {
    let logs = |lines: usize, bytes: usize| {
        let judge = format!(
            "(local $left i32) (local.set $left (i32.const {lines}))
            (loop $again (call $log (i32.const 1) (i32.const 65536) (i32.const {bytes}))
                (local.set $left (i32.sub (local.get $left) (i32.const 1))) (br_if $again (local.get $left)))
            {ANSWER}"
        );
        ask(&format!("(data (i32.const 65536) \"\\1b[31m{}\") {}", "a".repeat(MESSAGE_LIMIT_BYTES), says(&[])), &judge)
    };
    let review = logs(LOG_LIMIT_LINES, MESSAGE_LIMIT_BYTES);
    assert!(!review.is_denied() && review.log.len() == LOG_LIMIT_LINES, "{review:?}");
    assert!(
        review
            .log
            .iter()
            .all(|(policy, line)| policy == "hostile" && line.level == "info" && line.message.starts_with("\u{FFFD}[31maaa"))
    );
    assert!(matches!(failure(logs(LOG_LIMIT_LINES + 1, 1)), Reason::Exceeded(Exceeded::LogLines)));
    assert!(matches!(failure(logs(1, MESSAGE_LIMIT_BYTES + 1)), Reason::Exceeded(Exceeded::LogLine)));
}

/// A guest finds a bounded number of things.
#[test]
fn findings() {
    let found = ask(&says(&vec![GOOD; FINDING_LIMIT]), ANSWER);
    assert!(found.failures.is_empty() && found.findings.len() == FINDING_LIMIT);
    assert!(matches!(failure(ask(&says(&vec![GOOD; FINDING_LIMIT + 1]), ANSWER)), Reason::TooManyFindings));
}

/// Messages are short, are there, and cannot steer a terminal or turn the reading direction.
#[test]
fn messages() {
    let longest = "m".repeat(MESSAGE_LIMIT_BYTES);
    let finding = check_finding_obeyed(Said { message: longest.as_bytes(), help: longest.as_bytes(), ..GOOD });
    assert_eq!((finding.message, finding.help), (longest.clone(), longest.clone()));
    let too_long = format!("{longest}m");
    let problem = "a message that is empty, or a message or help that is too long";
    check_finding_violated(Said { message: too_long.as_bytes(), ..GOOD }, problem);
    check_finding_violated(Said { help: too_long.as_bytes(), ..GOOD }, problem);
    check_finding_violated(Said { message: b"", ..GOOD }, problem);
    let steering = "\u{1b}]0;title\u{7}\u{202e}drow\nerror: ";
    let finding = check_finding_obeyed(Said { message: steering.as_bytes(), help: steering.as_bytes(), ..GOOD });
    let cleaned = "\u{FFFD}]0;title\u{FFFD}\u{FFFD}drow\u{FFFD}error: ";
    assert_eq!((finding.message.as_str(), finding.help.as_str()), (cleaned, cleaned));
}

/// Rules are names, paths are pointers, subjects were given.
#[test]
fn places() {
    let longest = format!("/{}", "p".repeat(PATH_LIMIT_BYTES - 1));
    assert_eq!(check_finding_obeyed(Said { path: longest.as_bytes(), ..GOOD }).path, longest);
    assert_eq!(check_finding_obeyed(Said { subject: Some(0), path: b"", ..GOOD }).subject, Some(0));
    let problem = "a path that is no JSON pointer";
    check_finding_violated(Said { path: format!("{longest}p").as_bytes(), ..GOOD }, problem);
    check_finding_violated(Said { path: b"spec.replicas", ..GOOD }, problem);
    check_finding_violated(Said { path: b"/~", ..GOOD }, problem);
    check_finding_violated(Said { rule: b"A rule", ..GOOD }, "a rule that its metadata does not name");
    check_finding_violated(Said { rule: b"", ..GOOD }, "a rule that its metadata does not name");
    check_finding_violated(Said { subject: Some(1), ..GOOD }, "a subject that was not given");
    check_finding_violated(Said { subject: Some(u32::MAX), ..GOOD }, "a subject that was not given");
    // The values are no list of objects; the layers are a list.
    let policies = policy(&frame(&says(&[Said { subject: Some(0), ..GOOD }]), ANSWER)).unwrap();
    let review = policies.check_values(&context("production"), &documents(&["{}"]));
    assert!(matches!(failure(review), Reason::Finding { number: 0, problem: "a subject that was not given" }));
    let review = policies.check_layers(&context("production"), &[layer("operations")], &documents(&["{}"]));
    assert_eq!(review.findings[0].subject, Some(0));
}

/// An answer that lies about itself is none: no text, no such severity, out of memory, more than it may hand over.
#[test]
fn lies() {
    check_contract_broken(&says(&[Said { message: b"\xff\xfe", ..GOOD }]), ANSWER);
    check_contract_broken(&says(&[Said { severity: 9, ..GOOD }]), ANSWER);
    check_contract_broken("(data (i32.const 1024) \"\\07\")", ANSWER);
    check_contract_broken("", "(i32.const 1026)");
    check_contract_broken("", "(i32.const -4)");
    // A list, then a text, of 2 GiB.
    check_contract_broken("(data (i32.const 1024) \"\\00\\00\\00\\00\\00\\08\\00\\00\\00\\00\\00\\80\")", ANSWER);
    let message = "(i32.store (i32.const 1076) (i32.const 0x7fffffff))";
    check_contract_broken(&says(&[GOOD]), &format!("{message} {ANSWER}"));
    // A text that the guest does have, but that is more than the host takes.
    let pages = ANSWER_LIMIT_BYTES / 65536 + 16;
    check_contract_broken(
        &says(&[GOOD]),
        &format!(
            "(drop (memory.grow (i32.const {pages}))) (i32.store (i32.const 1076) (i32.const {ANSWER_LIMIT_BYTES})) {ANSWER}"
        ),
    );
}

/// What a guest remembers of an application is bounded and has a form.
#[test]
fn facts() {
    let review = ask(&remembers(&[FACT, FACT]), ANSWER);
    assert!(!review.is_denied(), "{review:?}");
    let fact = Fact { key: "host".to_owned(), value: "a.example.com".to_owned(), subject: Some(0), path: "/spec".to_owned() };
    assert_eq!(review.facts, BTreeMap::from([("hostile".to_owned(), vec![fact.clone(), fact])]));
    let longest = "v".repeat(MESSAGE_LIMIT_BYTES);
    assert!(!ask(&remembers(&[Remembered { value: longest.as_bytes(), ..FACT }]), ANSWER).is_denied());
    let too_long = format!("{longest}v");
    for (fact, want) in [
        (Remembered { key: b"a key", ..FACT }, "a key that is no name"),
        (Remembered { value: too_long.as_bytes(), ..FACT }, "a value that is too long"),
        (Remembered { path: b"spec", ..FACT }, "a path that is no JSON pointer"),
        (Remembered { subject: Some(1), ..FACT }, "a subject that was not given"),
    ] {
        let reason = failure(ask(&remembers(&[FACT, fact]), ANSWER));
        assert!(matches!(reason, Reason::Fact { number: 1, problem } if problem == want), "{reason:?}");
    }
    // One fact many times: all records point at the same texts, and the list is as long as the limit, or one longer.
    let many = |count: usize| {
        let judge = format!(
            "(local $left i32) (local $at i32)
            (drop (memory.grow (i32.const {pages})))
            (local.set $left (i32.const {count})) (local.set $at (i32.const 262144))
            (loop $again (memory.copy (local.get $at) (i32.const 1044) (i32.const 32))
                (local.set $at (i32.add (local.get $at) (i32.const 32)))
                (local.set $left (i32.sub (local.get $left) (i32.const 1))) (br_if $again (local.get $left)))
            (i32.store (i32.const 1036) (i32.const 262144)) (i32.store (i32.const 1040) (i32.const {count})) {ANSWER}",
            pages = FACT_LIMIT * 32 / 65536 + 2,
        );
        ask(&remembers(&[Remembered { key: b"k", value: b"", subject: None, path: b"" }]), &judge)
    };
    assert_eq!(many(FACT_LIMIT).facts["hostile"].len(), FACT_LIMIT);
    assert!(matches!(failure(many(FACT_LIMIT + 1)), Reason::TooManyFacts));
}

/// What a guest says of the fleet is of a member that was given.
#[test]
fn members() {
    // The record of a finding about the fleet begins with the number of the member.
    let said = |member: u32| {
        let text = |at: usize, length: usize| [at, length].map(|word| u32::try_from(word).unwrap().to_le_bytes()).concat();
        let texts = ANSWER_ADDRESS + 12 + 48;
        let mut bytes = [0_u32, 1036, 1, member].map(u32::to_le_bytes).concat();
        bytes.extend(text(texts, 4));
        bytes.extend([0_u32, 0, 0].map(u32::to_le_bytes).concat());
        bytes.extend([text(texts, 0), text(texts, 4), text(texts, 0)].concat());
        bytes.extend(b"rule");
        let escaped: String = bytes.iter().map(|byte| format!("\\{byte:02x}")).collect();
        let declared = format!("(data (i32.const {ANSWER_ADDRESS}) \"{escaped}\")");
        policy(&frame(&declared, ANSWER)).unwrap().check_fleet(&[(context("production"), Facts::new())])
    };
    let review = said(0);
    assert!(review.failures.is_empty(), "{review:?}");
    assert_eq!(
        review.findings.iter().map(|(member, finding)| (*member, finding.message.as_str())).collect::<Vec<_>>(),
        [(0, "rule")]
    );
    let reason = &said(1).failures[0].reason;
    assert!(matches!(reason, Reason::Finding { number: 0, problem: "a member that was not given" }), "{reason:?}");
}

/// A guest that stops on its own error, or says that it cannot judge, denies.
#[test]
fn no_verdict() {
    assert!(matches!(failure(ask("", "(unreachable)")), Reason::Trap(wasmtime::Trap::UnreachableCodeReached)));
    assert!(matches!(
        failure(ask("", "(i32.div_u (i32.const 1) (i32.const 0))")),
        Reason::Trap(wasmtime::Trap::IntegerDivisionByZero)
    ));
    // An error of the second case, with a text of `bytes` at 64 KiB.
    let declines = |bytes: usize| {
        let answer = "(data (i32.const 1024) \"\\01\\00\\00\\00\\01\\00\\00\\00\\00\\00\\01\\00\")";
        let text = format!("(data (i32.const 65536) \"\\1b[2J{}\")", "a".repeat(MESSAGE_LIMIT_BYTES));
        failure(ask(&format!("{answer} {text}"), &format!("(i32.store (i32.const 1036) (i32.const {bytes})) {ANSWER}")))
    };
    assert_eq!(declines(5).to_string(), "it says: \u{FFFD}[2Ja");
    assert_eq!(declines(MESSAGE_LIMIT_BYTES + 1).to_string(), "it says: (more than may stand in a report)");
}

/// Nothing that happened in one call is there in the next.
#[test]
fn every_call_starts_afresh() {
    let once = "(global $asked (mut i32) (i32.const 0))";
    let judge = format!("(if (global.get $asked) (then (unreachable))) (global.set $asked (i32.const 1)) {ANSWER}");
    let policies = policy(&frame(&format!("{once} {}", says(&[])), &judge)).unwrap();
    for _ in 0..2 {
        assert!(!policies.check_values(&context("production"), &documents(&["{}"])).is_denied());
    }
}

/// Machine code of which one byte changed is not loaded, whichever byte.
#[test]
fn a_flipped_byte_is_refused() {
    let engine = Engine::new(&engine::configuration(built_in::TARGET).unwrap()).unwrap();
    for embedded in built_in::BUILT_IN {
        assert!(load(&engine, embedded.compiled, &embedded.compiled_sha256).is_ok());
        for at in [0, embedded.compiled.len() / 2, embedded.compiled.len() - 1] {
            let mut flipped = embedded.compiled.to_vec();
            flipped[at] ^= 1;
            assert!(matches!(load(&engine, &flipped, &embedded.compiled_sha256), Err(Reason::Digest)), "{at}");
        }
    }
}
