//! Box means over the cells of a small frame.

/// Replaces each cell by the mean of the square around it that extends `reach` cells each way, clipped to the
/// frame.
pub(super) fn means<const N: usize>(cells: &mut [[f32; N]], [width, height]: [usize; 2], reach: usize) {
    let mut line = Vec::new();
    for row in cells.chunks_exact_mut(width) {
        line.clear();
        line.extend_from_slice(row);
        slide(&line, reach, |at, mean| row[at] = mean);
    }
    for x in 0..width {
        line.clear();
        line.extend((0..height).map(|y| cells[y * width + x]));
        slide(&line, reach, |at, mean| cells[at * width + x] = mean);
    }
}

/// Sliding-window means along a line. Sums are kept in double precision, because their differences are small.
fn slide<const N: usize>(line: &[[f32; N]], reach: usize, mut put: impl FnMut(usize, [f32; N])) {
    let mut sum = [0f64; N];
    let add = |sum: &mut [f64; N], cell: &[f32; N], sign: f64| {
        for (sum, value) in sum.iter_mut().zip(cell) {
            *sum += sign * f64::from(*value);
        }
    };
    line.iter().take(reach).for_each(|cell| add(&mut sum, cell, 1.0));
    for at in 0..line.len() {
        if let Some(cell) = line.get(at + reach) {
            add(&mut sum, cell, 1.0);
        }
        if at > reach {
            add(&mut sum, &line[at - reach - 1], -1.0);
        }
        let count = (at + reach).min(line.len() - 1) - at.saturating_sub(reach) + 1;
        put(at, sum.map(|sum| (sum / count as f64) as f32));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sliding_means_equal_means_of_their_windows() {
        let line: Vec<[f32; 1]> = (0..7).map(|i| [(i * i) as f32]).collect();
        let mut found = [0.0; 7];
        slide(&line, 2, |at, [mean]| found[at] = mean);
        for (at, mean) in found.iter().enumerate() {
            let window = &line[at.saturating_sub(2)..(at + 3).min(7)];
            let wanted = window.iter().map(|v| v[0]).sum::<f32>() / window.len() as f32;
            assert!((mean - wanted).abs() < 1e-5, "{mean} is not {wanted}");
        }
        let mut short = vec![];
        slide(&[[1.0f32], [3.0]], 5, |_, [mean]| short.push(mean));
        assert_eq!(short, [2.0, 2.0]);
    }
}
