//! Conversion between sRGB and CIE L\*a\*b\* (D65, 2° observer): `skimage.color.rgb2lab` and `lab2rgb`.
//!
//! L\* is 0–100; a\* and b\* of sRGB colors lie within ±108.

use std::sync::OnceLock;

/// Matrix from linear sRGB to XYZ, each row divided by its component of white.
const XYZ: [[f32; 3]; 3] = [
    [0.412_453 / 0.95047, 0.357_58 / 0.95047, 0.180_423 / 0.95047],
    [0.212_671, 0.715_16, 0.072_169],
    [0.019_334 / 1.08883, 0.119_193 / 1.08883, 0.950_227 / 1.08883],
];
/// The inverse of [`XYZ`].
const RGB: [[f32; 3]; 3] = [
    [3.240_481_3 * 0.95047, -1.537_151_5, -0.498_536_3 * 1.08883],
    [-0.969_255 * 0.95047, 1.875_990_2, 0.041_555_93 * 1.08883],
    [0.055_646_64 * 0.95047, -0.204_041_34, 1.057_311 * 1.08883],
];

/// Linear light of the 256 bytes, and of the boundaries between them: light from `border[b - 1]` to
/// `border[b]` rounds to byte `b`.
struct Curve {
    light: [f32; 256],
    border: [f32; 255],
}

fn curve() -> &'static Curve {
    static CURVE: OnceLock<Curve> = OnceLock::new();
    CURVE.get_or_init(|| Curve {
        light: std::array::from_fn(|byte| linear(byte as f32 / 255.0)),
        border: std::array::from_fn(|byte| linear((byte as f32 + 0.5) / 255.0)),
    })
}

fn linear(v: f32) -> f32 {
    if v > 0.04045 { ((v + 0.055) / 1.055).powf(2.4) } else { v / 12.92 }
}

fn root(t: f32) -> f32 {
    if t > 0.008856 { t.cbrt() } else { 7.787 * t + 16.0 / 116.0 }
}

/// Linear light of a byte, 0 to 1.
pub(super) fn to_light(byte: u8) -> f32 {
    curve().light[usize::from(byte)]
}

/// The byte nearest to linear light, which is clipped to 0 to 1.
pub(super) fn from_light(light: f32) -> u8 {
    curve().border.partition_point(|&border| border <= light) as u8
}

/// L\*, a\*, b\* of an sRGB pixel.
pub fn from_srgb(rgb: [u8; 3]) -> [f32; 3] {
    let light = rgb.map(to_light);
    let [x, y, z] = product(&XYZ, light).map(root);
    [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
}

/// L\* of an sRGB pixel, cheaper than [`from_srgb`].
pub fn lightness(rgb: [u8; 3]) -> f32 {
    let [r, g, b] = rgb.map(to_light);
    116.0 * root(XYZ[1][0] * r + XYZ[1][1] * g + XYZ[1][2] * b) - 16.0
}

/// The sRGB pixel nearest to a color; colors outside sRGB are clipped channel by channel.
pub fn to_srgb([l, a, b]: [f32; 3]) -> [u8; 3] {
    let y = (l + 16.0) / 116.0;
    let white = [y + a / 500.0, y, (y - b / 200.0).max(0.0)];
    let xyz = white.map(|t| if t > 0.206_896_6 { t * t * t } else { (t - 16.0 / 116.0) / 7.787 });
    product(&RGB, xyz).map(from_light)
}

fn product(matrix: &[[f32; 3]; 3], v: [f32; 3]) -> [f32; 3] {
    matrix.each_ref().map(|row| row[0] * v[0] + row[1] * v[1] + row[2] * v[2])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `skimage.color.rgb2lab` 0.26.
    const KNOWN: [([u8; 3], [f32; 3]); 6] = [
        ([0, 0, 0], [0.0, 0.0, 0.0]),
        ([255, 255, 255], [100.0, -0.0024, 0.0046]),
        ([255, 0, 0], [53.2405, 80.0923, 67.2027]),
        ([0, 0, 255], [32.2956, 79.1855, -107.8573]),
        ([1, 2, 3], [0.5098, -0.1224, -0.4704]),
        ([12, 200, 190], [72.9580, -42.6482, -6.6931]),
    ];

    #[test]
    fn agrees_with_scikit_image() {
        for (rgb, lab) in KNOWN {
            for (ours, theirs) in from_srgb(rgb).iter().zip(lab) {
                assert!((ours - theirs).abs() < 1e-3, "{rgb:?}: {ours} is not {theirs}");
            }
        }
    }

    #[test]
    fn every_byte_round_trips() {
        for step in 0..1 << 15 {
            // All byte values in each channel, in varying combinations.
            let rgb = [step as u8, ((step * 7) >> 3) as u8, ((step * 31) >> 5) as u8];
            assert_eq!(to_srgb(from_srgb(rgb)), rgb);
        }
    }

    #[test]
    fn colors_outside_of_srgb_are_clipped() {
        // Values of skimage.color.lab2rgb, rounded to bytes.
        assert_eq!(to_srgb([50.0, 128.0, 128.0]), [255, 0, 0]);
        assert_eq!(to_srgb([100.0, -128.0, -128.0]), [0, 255, 255]);
        assert_eq!(to_srgb([-10.0, 0.0, 0.0]), [0, 0, 0]);
        assert_eq!(to_srgb([200.0, 0.0, 0.0]), [255, 255, 255]);
        assert_eq!(to_srgb([f32::NAN; 3]), [0, 0, 0]);
    }
}
