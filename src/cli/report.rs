//! Tables on standard output.

/// Prints rows of cells in columns; the first row is the head.
pub fn print(table: &[Vec<String>]) {
    let columns = table.iter().map(Vec::len).max().unwrap_or(0);
    let width = |c: usize| {
        table.iter().filter_map(|row| row.get(c)).map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    for row in table {
        let cells = row.iter().zip(&widths).map(|(cell, &width)| {
            // Numbers end in line, words begin in line.
            let number = cell.parse::<f64>().is_ok();
            if number { format!("{cell:>width$}") } else { format!("{cell:<width$}") }
        });
        println!("{}", cells.collect::<Vec<_>>().join("  ").trim_end());
    }
}
