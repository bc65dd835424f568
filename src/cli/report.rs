//! Output of the command: tables on standard output, scores in a file, errors on standard error.

use super::Outcome;
use serde::Serialize;
use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::Path;

/// Prints rows of cells in aligned columns; the first row is the header. A closed pipe, as with `head`, is
/// not an error.
pub(super) fn print(table: &[Vec<String>]) -> Outcome<()> {
    let columns = table.iter().map(Vec::len).max().unwrap_or(0);
    let width = |c: usize| {
        table.iter().filter_map(|row| row.get(c)).map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).map(|(cell, &width)| {
            // Numbers are right-aligned, words left-aligned.
            let number = cell.parse::<f64>().is_ok();
            if number { format!("{cell:>width$}") } else { format!("{cell:<width$}") }
        });
        cells.collect::<Vec<_>>().join("  ").trim_end().into()
    };
    write(table.iter().map(line))
}

/// Prints rows as comma-separated values (RFC 4180).
pub(super) fn print_csv(table: &[Vec<String>]) -> Outcome<()> {
    let quoted = |cell: &String| {
        let special = cell.contains([',', '"', '\n', '\r']);
        if special { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell.clone() }
    };
    write(table.iter().map(|row| row.iter().map(quoted).collect::<Vec<_>>().join(",")))
}

fn write(lines: impl Iterator<Item = String>) -> Outcome<()> {
    let mut out = io::stdout().lock();
    let write = || {
        for line in lines {
            writeln!(out, "{line}")?;
        }
        out.flush()
    };
    match write() {
        Err(e) if e.kind() != ErrorKind::BrokenPipe => Err(format!("standard output: {e}")),
        _ => Ok(()),
    }
}

/// Prints an error on standard error. If that fails, the error is dropped and the work continues.
pub(super) fn complain(message: &str) {
    let _ = writeln!(io::stderr(), "error: {message}");
}

/// Prints a note on standard error.
pub(super) fn remark(message: &str) {
    let _ = writeln!(io::stderr(), "note: {message}");
}

/// Prints several notes.
pub(super) fn remarks(messages: &[String]) {
    messages.iter().for_each(|message| remark(message));
}

/// An error if there are complaints.
pub(super) fn all(complaints: &[String]) -> Outcome<()> {
    if complaints.is_empty() { Ok(()) } else { Err(lines(complaints)) }
}

/// Joins messages so that [`complain`] shows each as an error.
pub(super) fn lines(complaints: &[String]) -> String {
    complaints.join("\nerror: ")
}

/// A JSON file that is opened before the work begins, so that hours of work are not lost to an unwritable
/// file. Its old content is kept until then.
pub(super) struct Json<'a> {
    path: &'a Path,
    file: File,
}

impl<'a> Json<'a> {
    pub(super) fn open(path: &'a Path) -> Outcome<Self> {
        let file = OpenOptions::new().write(true).create(true).truncate(false).open(path);
        Ok(Self { path, file: file.map_err(|e| format!("{}: {e}", path.display()))? })
    }

    pub(super) fn write(mut self, value: &impl Serialize) -> Outcome<()> {
        let mut write = || {
            let text = serde_json::to_string_pretty(value)?;
            // A pipe has no length.
            if self.file.metadata()?.is_file() {
                self.file.set_len(0)?;
            }
            writeln!(self.file, "{text}")
        };
        write().map_err(|e| format!("{}: {e}", self.path.display()))
    }
}
