//! Primaries and white points of color spaces.

use super::Matrix;

/// CIE xy of white, red, green and blue.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Chromaticities(pub [[f32; 2]; 4]);

/// XYZ → cone responses (Bradford).
const BRADFORD: Matrix = [[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]];
/// White of the profile connection space.
pub(super) const D50: [f32; 3] = [0.96422, 1.0, 0.82521];
const D65: [f32; 2] = [0.3127, 0.3290];
const ILLUMINANT_C: [f32; 2] = [0.310, 0.316];

impl Chromaticities {
    /// Chromaticities of a `ColourPrimaries` code point of ITU-T H.273, table 2; `None` if it defines none.
    pub(crate) fn of_code_point(code: u8) -> Option<Self> {
        let (white, red, green, blue) = match code {
            1 => (D65, [0.640, 0.330], [0.300, 0.600], [0.150, 0.060]),
            4 => (ILLUMINANT_C, [0.67, 0.33], [0.21, 0.71], [0.14, 0.08]),
            5 => (D65, [0.64, 0.33], [0.29, 0.60], [0.15, 0.06]),
            6 | 7 => (D65, [0.630, 0.340], [0.310, 0.595], [0.155, 0.070]),
            8 => (ILLUMINANT_C, [0.681, 0.319], [0.243, 0.692], [0.145, 0.049]),
            9 => (D65, [0.708, 0.292], [0.170, 0.797], [0.131, 0.046]),
            10 => ([1.0 / 3.0; 2], [1.0, 0.0], [0.0, 1.0], [0.0, 0.0]),
            11 => ([0.314, 0.351], [0.680, 0.320], [0.265, 0.690], [0.150, 0.060]),
            12 => (D65, [0.680, 0.320], [0.265, 0.690], [0.150, 0.060]),
            22 => (D65, [0.630, 0.340], [0.295, 0.605], [0.155, 0.077]),
            _ => return None,
        };
        Some(Self([white, red, green, blue]))
    }

    /// Whether they are those of sRGB, within the rounding of files.
    pub(crate) fn are_srgb(&self) -> bool {
        let srgb = Self::of_code_point(1).unwrap_or(*self);
        self.0.iter().flatten().zip(srgb.0.iter().flatten()).all(|(a, b)| (a - b).abs() < 2e-3)
    }

    /// Matrix from linear light of red, green and blue to XYZ under D50. `None` if they are degenerate.
    pub(super) fn to_xyz_d50(self) -> Option<Matrix> {
        let [white, primaries @ ..] = self.0;
        let white = xyz(white)?;
        // Columns of red, green and blue, scaled so that they sum to white.
        let directions = primaries.map(|[x, y]| [x, y, 1.0 - x - y]);
        let columns = transposed(&directions);
        let strengths = times(&inverse(&columns)?, white);
        let to_xyz = columns.map(|row| std::array::from_fn(|i| row[i] * strengths[i]));
        let (from, to) = (times(&BRADFORD, white), times(&BRADFORD, D50));
        let scaled: Matrix = std::array::from_fn(|i| BRADFORD[i].map(|v| v * to[i] / from[i]));
        let adapted = super::product(&inverse(&BRADFORD)?, &scaled);
        let matrix = super::product(&adapted, &to_xyz);
        matrix.iter().flatten().all(|v| v.is_finite()).then_some(matrix)
    }
}

/// XYZ of a chromaticity at luminance 1.
fn xyz([x, y]: [f32; 2]) -> Option<[f32; 3]> {
    (x >= 0.0 && y > 0.0).then(|| [x / y, 1.0, (1.0 - x - y) / y])
}

fn times(matrix: &Matrix, v: [f32; 3]) -> [f32; 3] {
    matrix.map(|row| row[0] * v[0] + row[1] * v[1] + row[2] * v[2])
}

fn transposed(m: &Matrix) -> Matrix {
    std::array::from_fn(|i| std::array::from_fn(|j| m[j][i]))
}

/// Inverse by cofactors; `None` for a singular matrix.
fn inverse(m: &Matrix) -> Option<Matrix> {
    let cofactor = |i: usize, j: usize| {
        let (a, b, c, d) = ((i + 1) % 3, (i + 2) % 3, (j + 1) % 3, (j + 2) % 3);
        m[a][c] * m[b][d] - m[a][d] * m[b][c]
    };
    let determinant: f32 = (0..3).map(|j| m[0][j] * cofactor(0, j)).sum();
    (determinant.abs() > 1e-6)
        .then(|| std::array::from_fn(|i| std::array::from_fn(|j| cofactor(j, i) / determinant)))
}
