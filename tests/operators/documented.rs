//! `docs/operators.md`: written from the table of operators, ONNX's list of cases and what is refused.

use crate::files::{CASES, CONFORMANCE};
use crate::fixtures;
use crate::refused::refused;
use std::collections::BTreeMap;
use std::fmt::Write;
use unet_playground::ops::Op;

/// What becomes of an operator's cases.
#[derive(Default)]
struct Cases {
    run: usize,
    /// Cases by the words with which the engine refuses them, and by why they are no fixtures.
    refused: BTreeMap<String, Vec<String>>,
    left_out: BTreeMap<String, Vec<String>>,
}

fn cases() -> BTreeMap<String, Cases> {
    let mut all: BTreeMap<String, Cases> = BTreeMap::new();
    for (file, bytes) in CONFORMANCE {
        for case in fixtures::read(file, bytes) {
            let cases = all.entry((*file).into()).or_default();
            match refused(file, &case.name) {
                Some(words) => cases.refused.entry(words.into()).or_default().push(case.name),
                None => cases.run += 1,
            }
        }
    }
    for row in CASES.lines() {
        let [op, name, reason] = row.split('\t').collect::<Vec<_>>()[..] else { panic!("row {row:?}") };
        if !reason.is_empty() {
            let cases = all.entry(op.into()).or_default();
            cases.left_out.entry(reason.into()).or_default().push(name.into());
        }
    }
    all
}

/// What loading resolves: no such node is left in a graph.
const LOADED: [&str; 3] = ["CastLike", "Constant", "If"];

fn document() -> String {
    let names = Op::names();
    let cases = cases();
    let none = Cases::default();
    let total = CASES.lines().count();
    let count = |of: &BTreeMap<String, Vec<String>>| of.values().map(Vec::len).sum::<usize>();
    let run: usize = cases.values().map(|cases| cases.run).sum();
    let refused: usize = cases.values().map(|cases| count(&cases.refused)).sum();
    let mut text = String::from("# Operators\n\n");
    writeln!(
        text,
        "{} operators of ONNX run. Of ONNX's own {total} cases (`onnx.backend.test.case.node`, functions not written \
         out), {run} run on the plain reference, the CPU and WebGPU alike; {refused} more are right on the reference, \
         and an engine refuses them with the words given below. `training/conformance.py` brings the cases, and \
         `UPDATE_DOCS=1 cargo test --test operators documented` writes this page.\n",
        names.len() + LOADED.len()
    )
    .unwrap();
    text.push_str("| operator | cases run | refused | left out |\n| --- | --- | --- | --- |\n");
    let by_reason = |of: &BTreeMap<String, Vec<String>>| {
        let parts: Vec<String> =
            of.iter().map(|(reason, names)| format!("{} ({reason})", names.len())).collect();
        parts.join("; ")
    };
    let mut listed: Vec<&str> = names.iter().copied().chain(LOADED).collect();
    listed.sort_unstable();
    for name in listed {
        let Cases { run, refused, left_out } = cases.get(name).unwrap_or(&none);
        writeln!(text, "| `{name}` | {run} | {} | {} |", by_reason(refused), by_reason(left_out)).unwrap();
    }
    text.push_str("\n## Cases refused and left out\n\n");
    for (op, Cases { refused, left_out, .. }) in &cases {
        for (reason, names) in refused.iter().chain(left_out) {
            // Of operators that are not supported there is nothing more to say.
            if !reason.starts_with("operator ") && reason != "another domain" {
                writeln!(text, "* `{op}`, {reason}: {}", names.join(", ")).unwrap();
            }
        }
    }
    let missing: Vec<&str> = cases
        .iter()
        .filter(|(_, cases)| cases.left_out.keys().any(|reason| reason.starts_with("operator ")))
        .map(|(op, _)| op.as_str())
        .collect();
    writeln!(text, "\n## Operators that do not run\n\n{}.", missing.join(", ")).unwrap();
    text
}

#[test]
fn operators_are_documented() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/operators.md");
    let text = document();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(path, &text).expect("docs can be written");
    }
    let found = std::fs::read_to_string(path).unwrap_or_default().replace("\r\n", "\n");
    assert_eq!(found, text, "docs/operators.md is not current; run with UPDATE_DOCS=1");
}
