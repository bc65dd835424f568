//! Transfer functions: from coded values to linear light.

use super::Chromaticities;

/// Light of reference white in high dynamic range, cd/m² (ITU-R BT.2408).
const REFERENCE_WHITE: f32 = 203.0;
/// Signal of that white in HLG.
const HLG_WHITE: f32 = 0.75;
/// `gAMA` that sRGB files state, which is not exactly their curve.
const SRGB_GAMMA: f32 = 0.45455;

/// Transfer function from coded values, 0–1, to linear light.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Transfer {
    /// Y = (a X + b)^g for X ≥ d, c X below.
    Parametric { g: f32, a: f32, b: f32, c: f32, d: f32 },
    /// Perceptual quantizer (SMPTE ST 2084); light above reference white is clipped.
    Pq,
    /// Hybrid log-gamma (ITU-R BT.2100); light above reference white is clipped.
    Hlg,
}

const SRGB: Transfer =
    Transfer::Parametric { g: 2.4, a: 1.0 / 1.055, b: 0.055 / 1.055, c: 1.0 / 12.92, d: 0.04045 };

impl Transfer {
    /// Transfer function of a `TransferCharacteristics` code point of ITU-T H.273, table 3; `None` if it
    /// defines none.
    pub(crate) fn of_code_point(code: u8) -> Option<Self> {
        Some(match code {
            1 | 6 | 14 | 15 => Self::Parametric {
                g: 1.0 / 0.45,
                a: 1.0 / 1.0993,
                b: 0.0993 / 1.0993,
                c: 1.0 / 4.5,
                d: 0.0813,
            },
            4 => Self::power(2.2),
            5 => Self::power(2.8),
            7 => Self::Parametric { g: 1.0 / 0.45, a: 1.0 / 1.1115, b: 0.1115 / 1.1115, c: 0.25, d: 0.0913 },
            8 => Self::power(1.0),
            13 => SRGB,
            16 => Self::Pq,
            18 => Self::Hlg,
            _ => return None,
        })
    }

    /// Transfer function of a `gAMA` chunk: light is the value to the power 1/gamma. `None` if no picture can
    /// have this gamma. The gamma of sRGB files means sRGB, unless the primaries differ.
    pub(crate) fn of_gamma(gamma: f32, primaries: Option<Chromaticities>) -> Option<Self> {
        if !(0.05..=20.0).contains(&gamma) {
            return None;
        }
        let is_srgb = (gamma - SRGB_GAMMA).abs() < 2e-3 && primaries.is_none_or(|p| p.are_srgb());
        Some(if is_srgb { SRGB } else { Self::power(1.0 / gamma) })
    }

    pub(crate) fn srgb() -> Self {
        SRGB
    }

    /// Whether values above white may occur, which are clipped.
    pub(crate) fn is_hdr(self) -> bool {
        match self {
            Self::Parametric { .. } => false,
            Self::Pq | Self::Hlg => true,
        }
    }

    fn power(g: f32) -> Self {
        Self::Parametric { g, a: 1.0, b: 0.0, c: 0.0, d: 0.0 }
    }

    /// Linear light of a coded value; white is 1, and high dynamic range exceeds it.
    pub(super) fn linear(self, x: f32) -> f32 {
        let x = x.max(0.0);
        match self {
            Self::Parametric { g, a, b, c, d } => {
                if x >= d {
                    (a * x + b).powf(g)
                } else {
                    c * x
                }
            }
            Self::Pq => {
                let root = x.powf(1.0 / 78.843_75);
                let light =
                    ((root - 0.835_937_5).max(0.0) / (18.851_563 - 18.687_5 * root)).powf(1.0 / 0.159_301_76);
                light * 10_000.0 / REFERENCE_WHITE
            }
            Self::Hlg => hlg(x) / hlg(HLG_WHITE),
        }
    }
}

fn hlg(x: f32) -> f32 {
    const A: f32 = 0.178_832_77;
    if x <= 0.5 { x * x / 3.0 } else { (((x - 0.559_910_7) / A).exp() + 0.284_668_9) / 12.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn curves_join_and_reach_white() {
        for code in [1, 4, 5, 7, 8, 13] {
            let transfer = Transfer::of_code_point(code).unwrap();
            assert!((transfer.linear(1.0) - 1.0).abs() < 1e-4, "{code}");
            let steps: Vec<f32> = (0..=1000).map(|i| transfer.linear(i as f32 / 1000.0)).collect();
            assert!(steps.windows(2).all(|w| w[1] >= w[0] && w[1] - w[0] < 4e-3), "{code}");
        }
    }

    #[test]
    fn reference_white_is_white() {
        // 203 cd/m² is coded as 0.5807 in PQ and 0.75 in HLG (BT.2408, table 1).
        assert!((Transfer::Pq.linear(0.5807) - 1.0).abs() < 5e-3);
        assert_eq!(Transfer::Hlg.linear(0.75), 1.0);
    }

    #[test]
    fn a_stated_gamma_is_a_power_unless_it_is_that_of_srgb() {
        assert_eq!(Transfer::of_gamma(0.45455, None), Some(SRGB));
        let wide = Chromaticities::of_code_point(9);
        assert_eq!(Transfer::of_gamma(0.5, wide), Some(Transfer::power(2.0)));
        assert_ne!(Transfer::of_gamma(0.45455, wide), Some(SRGB));
        assert_eq!(Transfer::of_gamma(0.0, None), None);
    }
}
