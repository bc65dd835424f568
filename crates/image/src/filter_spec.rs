//! Named filters: degradations, classical restoration, and adjustments of a result. The page, the command and
//! the tests name filters by these values.
//!
//! `CONTRIBUTING.md` lists the other steps for adding a degradation.

use serde::{Deserialize, Serialize};

use super::Picture;
use super::encode_jpeg::Subsampling;
use super::filter::{
    Age, Autocontrast, BackProjection, Bilateral, Blur, Edges, Filter, Gray, Interpolation, Jpeg, Kernel,
    Median, NOISE, NonLocalMeans, OldPhoto, Resize, Saturation, Sensor, Unsharp, apply,
};
use super::multi_frame::MultiFrame;
use super::noise::Noise;
use super::noise_level::noise_level;
use unet_kernels::error::{Error, Result};

/// A filter's name with its options. Equal seeds (whole numbers) give equal damage, and a region is damaged
/// like the same region of the whole picture.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
#[allow(missing_docs, reason = "a variant's summary names its fields, with their ranges and units")]
pub enum FilterSpec {
    /// x + n; `sigma` 0–255, of 255. `alike`: the same noise in all channels, here and below.
    GaussianNoise {
        sigma: f64,
        #[serde(default, skip_serializing_if = "is_false")]
        alike: bool,
        #[serde(default)]
        seed: u32,
    },
    /// Photon noise; white corresponds to `peak` photons, 1–255.
    Poisson {
        peak: f64,
        #[serde(default, skip_serializing_if = "is_false")]
        alike: bool,
        #[serde(default)]
        seed: u32,
    },
    /// Pixels turn white or black, each with half of `probability`, 0–1.
    SaltAndPepper {
        probability: f64,
        #[serde(default)]
        seed: u32,
    },
    /// x + x n; `sigma` 0–1.
    Speckle {
        sigma: f64,
        #[serde(default, skip_serializing_if = "is_false")]
        alike: bool,
        #[serde(default)]
        seed: u32,
    },
    /// A camera's sensor with demosaicing and tone curve; `iso` 50–102,400. `quality` of its JPEG file
    /// (4:2:0).
    Sensor {
        iso: f64,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        quality: Option<u8>,
        #[serde(default)]
        seed: u32,
    },
    /// JPEG compression; `quality` 1–100, on libjpeg's scale.
    Jpeg {
        quality: u8,
        #[serde(default)]
        subsampling: Subsampling,
    },
    /// An old print, scanned. `wear` (scratches, specks, tears), `fading` and `sepia` 0–1; `blur` 0–20
    /// pixels; `grain` 0–255, of 255; `quality` of the scan's JPEG file (4:2:0).
    OldPhoto {
        wear: f64,
        #[serde(default)]
        fading: f64,
        #[serde(default)]
        sepia: f64,
        #[serde(default)]
        blur: f64,
        #[serde(default)]
        grain: f64,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        quality: Option<u8>,
        #[serde(default)]
        seed: u32,
    },
    /// Gaussian blur. `sigma` 0.1–20 pixels; `noise` is the sigma of additional Gaussian noise, here and
    /// below.
    GaussianBlur {
        sigma: f64,
        #[serde(default)]
        noise: f64,
        #[serde(default)]
        seed: u32,
    },
    /// Motion blur. `length` 1–60 pixels; `angle` in degrees, counterclockwise from the right.
    Motion {
        length: f64,
        angle: f64,
        #[serde(default)]
        noise: f64,
        #[serde(default)]
        seed: u32,
    },
    /// Defocus by a disk of `radius` 0.5–20 pixels.
    Defocus {
        radius: f64,
        #[serde(default)]
        noise: f64,
        #[serde(default)]
        seed: u32,
    },
    /// Antialiased bicubic reduction by `scale` 1–8. Remaining pixels at the right and the bottom are
    /// cropped.
    Downscale { scale: u32 },
    /// Luma in all channels.
    Gray {},
    /// Edges as black lines on white. `side`: shorter side of the frame whose edges are drawn at the
    /// picture's size.
    Edges {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        side: Option<u32>,
    },
    /// The mean of `side` × `side` pixels; odd, 1–31.
    Mean { side: u32 },
    /// The median of `side` × `side` pixels; odd, 1–31.
    Median { side: u32 },
    /// Bilateral filter. `sigma` of the noise to remove, 1–100, of 255, here and below; estimated by default.
    Bilateral {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sigma: Option<f64>,
    },
    /// Non-local means.
    NonLocalMeans {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sigma: Option<f64>,
    },
    /// Stretches luma to the full range, with the same linear map for all channels.
    Autocontrast {},
    /// Unsharp mask. `sigma` 0.1–20 pixels, `amount` 0–10.
    Unsharp { sigma: f64, amount: f64 },
    /// Enlargement by `scale` 1–8.
    Upscale { scale: u32, interpolation: Interpolation },
    /// Enlargement by `scale` 1–8 with iterative back-projection.
    BackProjection { scale: u32 },
    /// Multi-frame super-resolution from `frames` (1–16) simulated reductions of the picture by `scale`
    /// (1–8), each shifted by a fraction of a pixel.
    MultiFrame {
        scale: u32,
        frames: u32,
        #[serde(default)]
        seed: u32,
    },
    /// Resizing to exactly this size, in pixels; antialiased when smaller.
    Resize { width: u32, height: u32, interpolation: Interpolation },
    /// Scales chroma of CIE L\*a\*b\* by `factor`, 0–4.
    Saturation { factor: f64 },
}

fn is_false(flag: &bool) -> bool {
    !flag
}

/// Sigma of the noise to remove: the given one, or the estimate clamped to the valid range; the minimum if a
/// picture is too small to estimate.
fn known_noise(sigma: Option<f64>, picture: &Picture) -> Result<f64> {
    if let Some(sigma) = sigma {
        return Ok(sigma);
    }
    match noise_level(picture) {
        Ok(level) => Ok(f64::from(level.sigma).clamp(*NOISE.start(), *NOISE.end())),
        Err(Error::InvalidInput(_)) => Ok(*NOISE.start()),
        Err(error) => Err(error),
    }
}

/// A filter, and its source if that is not the picture itself.
pub(crate) type Prepared = (Box<dyn Filter>, Option<Picture>);

impl FilterSpec {
    /// Prepares the filter for a picture.
    ///
    /// # Errors
    /// `InvalidInput` for numbers out of range; for the edges of a frame also `OutOfMemory`.
    pub fn filter(&self, picture: &Picture) -> Result<Prepared> {
        let blur = |kernel: Kernel, noise: f64, seed: u32| Blur::new(kernel).with_noise(noise, seed);
        let filter: Box<dyn Filter> = match *self {
            Self::GaussianNoise { sigma, alike, seed } => {
                Box::new(Noise::gaussian(sigma, seed)?.alike(alike))
            }
            Self::Poisson { peak, alike, seed } => Box::new(Noise::poisson(peak, seed)?.alike(alike)),
            Self::SaltAndPepper { probability, seed } => Box::new(Noise::salt_and_pepper(probability, seed)?),
            Self::Speckle { sigma, alike, seed } => Box::new(Noise::speckle(sigma, seed)?.alike(alike)),
            Self::Sensor { iso, quality, seed } => Box::new(Sensor::new(iso, quality, seed)?),
            Self::Jpeg { quality, subsampling } => Box::new(Jpeg::new(quality, subsampling)?),
            Self::OldPhoto { wear, fading, sepia, blur, grain, quality, seed } => {
                let age = Age { wear, fading, sepia, blur, grain };
                Box::new(OldPhoto::new(age, quality, seed)?)
            }
            Self::GaussianBlur { sigma, noise, seed } => {
                Box::new(blur(Kernel::gaussian(sigma)?, noise, seed)?)
            }
            Self::Motion { length, angle, noise, seed } => {
                Box::new(blur(Kernel::motion(length, angle)?, noise, seed)?)
            }
            Self::Defocus { radius, noise, seed } => Box::new(blur(Kernel::defocus(radius)?, noise, seed)?),
            Self::Downscale { scale } => Box::new(Resize::down(scale, Interpolation::Bicubic)?),
            Self::Gray {} => Box::new(Gray),
            Self::Edges { side: None } => Box::new(Edges::new()?),
            Self::Edges { side: Some(side) } => {
                let (drawn, enlarge) = Edges::of_frame(picture, side)?;
                return Ok((Box::new(enlarge), Some(drawn)));
            }
            Self::Mean { side } => Box::new(Blur::new(Kernel::mean(side)?)),
            Self::Median { side } => Box::new(Median::new(side)?),
            Self::Bilateral { sigma } => Box::new(Bilateral::new(known_noise(sigma, picture)?)?),
            Self::NonLocalMeans { sigma } => Box::new(NonLocalMeans::new(known_noise(sigma, picture)?)?),
            Self::Autocontrast {} => Box::new(Autocontrast::of(picture)?),
            Self::Unsharp { sigma, amount } => Box::new(Unsharp::new(sigma, amount)?),
            Self::Upscale { scale, interpolation } => Box::new(Resize::up(scale, interpolation)?),
            Self::MultiFrame { scale, frames, seed } => {
                let fusion = MultiFrame::simulated(picture, scale, frames, seed)?;
                let first = fusion.first().clone();
                return Ok((Box::new(fusion), Some(first)));
            }
            Self::BackProjection { scale } => Box::new(BackProjection::new(scale)?),
            Self::Resize { width, height, interpolation } => {
                Box::new(Resize::to(width, height, interpolation))
            }
            Self::Saturation { factor } => Box::new(Saturation::new(factor)?),
        };
        Ok((filter, None))
    }

    /// Applies the filter to the whole picture.
    ///
    /// # Errors
    /// As for [`Self::filter`] and [`apply`].
    pub fn apply(&self, picture: &Picture) -> Result<Picture> {
        let (filter, source) = self.filter(picture)?;
        apply(&*filter, source.as_ref().unwrap_or(picture))
    }

    /// The seed, if the filter has one.
    pub fn seed_mut(&mut self) -> Option<&mut u32> {
        match self {
            Self::GaussianNoise { seed, .. }
            | Self::Poisson { seed, .. }
            | Self::SaltAndPepper { seed, .. }
            | Self::Speckle { seed, .. }
            | Self::Sensor { seed, .. }
            | Self::OldPhoto { seed, .. }
            | Self::GaussianBlur { seed, .. }
            | Self::Motion { seed, .. }
            | Self::Defocus { seed, .. }
            | Self::MultiFrame { seed, .. } => Some(seed),
            Self::Jpeg { .. }
            | Self::Downscale { .. }
            | Self::Gray {}
            | Self::Edges { .. }
            | Self::Mean { .. }
            | Self::Median { .. }
            | Self::Bilateral { .. }
            | Self::NonLocalMeans { .. }
            | Self::Autocontrast {}
            | Self::Unsharp { .. }
            | Self::Upscale { .. }
            | Self::BackProjection { .. }
            | Self::Resize { .. }
            | Self::Saturation { .. } => None,
        }
    }

    /// Whether the filter reads the original picture before any damage, because it simulates its own.
    pub fn sees_original(&self) -> bool {
        matches!(self, Self::MultiFrame { .. })
    }

    /// The option for equal noise in all channels, if the filter has it.
    pub fn alike_mut(&mut self) -> Option<&mut bool> {
        match self {
            Self::GaussianNoise { alike, .. } | Self::Poisson { alike, .. } | Self::Speckle { alike, .. } => {
                Some(alike)
            }
            Self::SaltAndPepper { .. }
            | Self::Sensor { .. }
            | Self::OldPhoto { .. }
            | Self::GaussianBlur { .. }
            | Self::Motion { .. }
            | Self::Defocus { .. }
            | Self::MultiFrame { .. }
            | Self::Jpeg { .. }
            | Self::Downscale { .. }
            | Self::Gray {}
            | Self::Edges { .. }
            | Self::Mean { .. }
            | Self::Median { .. }
            | Self::Bilateral { .. }
            | Self::NonLocalMeans { .. }
            | Self::Autocontrast {}
            | Self::Unsharp { .. }
            | Self::Upscale { .. }
            | Self::BackProjection { .. }
            | Self::Resize { .. }
            | Self::Saturation { .. } => None,
        }
    }
}
