//! What is done to a reference picture before it is restored.

use super::Outcome;
use unet_playground::image::filter::{
    self, Blur, Edges, Filter, Gray, Interpolation, Kernel, Resize, reflect,
};
use unet_playground::image::planar::{self, Channels};
use unet_playground::image::{Noise, Picture, Rect, normal};
use unet_playground::plan::Selection;
use unet_playground::session::{Host, Model};
use unet_playground::tensor::Tensor;
use unet_playground::{Error, Result};

/// Most memory for a picture that has to be run whole.
const WHOLE_BYTES: u64 = 4 << 30;
/// Noise upon blurred pictures, of 255.
const BLUR_NOISE: f64 = 2.0;
/// Direction of the motion that is measured, in degrees.
const ANGLE: f64 = 30.0;

/// Shorter side of the frames whose edges are drawn, in pixels.
const FRAME: u32 = 128;
/// Standard deviation of the luma of noise, of that of its three channels: the root of the sum of the weights' squares.
const LUMA_NOISE: f64 = 0.668_557;
/// Most noise on luma, of 255: that of three channels with the most noise that they can have.
const MAX_LUMA_SIGMA: f64 = 255.0 * LUMA_NOISE;

/// Tasks whose models can be measured.
pub const TASKS: [&str; 7] = [
    "denoise",
    "deblur",
    "colorize",
    "denoise-colorize",
    "edges-to-scene",
    "super-resolve-x2",
    "super-resolve-x4",
];

/// One way to degrade and to score.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Protocol {
    /// Gaussian noise of this sigma on the network's float input, neither rounded nor clipped, as
    /// papers have it.
    Unclipped(f64),
    /// The same noise in an 8-bit file.
    Clipped(f64),
    /// As part of the pixels, in an 8-bit file, as the next two are.
    SaltAndPepper(f64),
    Speckle(f64),
    Poisson(f64),
    /// Antialiased bicubic, so many times as small.
    Downscaled(u32),
    /// The middle of each range that the task was trained on.
    Gaussian(f64),
    Defocus(f64),
    Motion(f64),
    Gray,
    /// Gray, with noise of this sigma on its luma.
    NoisyGray(f64),
    Edges,
}

impl Protocol {
    /// Those of a task.
    ///
    /// # Errors
    /// A sentence where the task has none, or none with so much noise.
    pub fn of(task: &str, sigma: f64) -> Outcome<Vec<Self>> {
        Ok(match task {
            "denoise" => vec![
                Self::Unclipped(sigma),
                Self::Clipped(sigma),
                Self::SaltAndPepper(0.1),
                Self::Speckle(0.2),
                Self::Poisson(30.0),
            ],
            "deblur" => vec![Self::Gaussian(2.0), Self::Defocus(3.5), Self::Motion(10.0)],
            "colorize" => vec![Self::Gray],
            "denoise-colorize" if sigma > MAX_LUMA_SIGMA => {
                return Err(format!("gray pictures are measured with a --sigma up to {MAX_LUMA_SIGMA:.0}"));
            }
            "denoise-colorize" => vec![Self::NoisyGray(sigma)],
            "edges-to-scene" => vec![Self::Edges],
            "super-resolve-x2" => vec![Self::Downscaled(2)],
            "super-resolve-x4" => vec![Self::Downscaled(4)],
            other => {
                let why = if other.is_empty() {
                    "it does not say what it is for".into()
                } else {
                    format!("nothing is known of how to measure the task \"{other}\"")
                };
                return Err(format!("{why}; name a task with --protocol: {}", TASKS.join(", ")));
            }
        })
    }

    pub fn name(self) -> String {
        match self {
            Self::Unclipped(sigma) => format!("sigma {sigma} unclipped"),
            Self::Clipped(sigma) => format!("sigma {sigma} 8-bit"),
            Self::SaltAndPepper(part) => format!("salt-and-pepper {part} 8-bit"),
            Self::Speckle(sigma) => format!("speckle {sigma} 8-bit"),
            Self::Poisson(peak) => format!("poisson {peak} 8-bit"),
            Self::Downscaled(scale) => format!("bicubic x{scale}"),
            Self::Gaussian(sigma) => format!("gaussian {sigma}"),
            Self::Defocus(radius) => format!("defocus {radius}"),
            Self::Motion(length) => format!("motion {length}"),
            Self::Gray => "gray".into(),
            Self::NoisyGray(sigma) => format!("gray sigma {sigma}"),
            Self::Edges => "edges".into(),
        }
    }

    /// Pixels on each side that do not count for luma.
    pub fn border(self) -> u32 {
        if let Self::Downscaled(scale) = self { scale } else { 0 }
    }

    /// The reference without what the protocol cuts off.
    pub fn reference(self, clean: Picture) -> Result<Picture> {
        let Self::Downscaled(scale) = self else { return Ok(clean) };
        let (width, height) =
            (clean.width() - clean.width() % scale, clean.height() - clean.height() % scale);
        Picture::from_rgba(width, height, &clean.region(Rect::new(0, 0, width, height))?)
    }

    /// What the network gets.
    pub fn degrade(self, clean: &Picture, seed: u32) -> Result<Picture> {
        let blurred = |kernel: Kernel| -> Result<Box<dyn Filter>> {
            Ok(Box::new(Blur::new(kernel).with_noise(BLUR_NOISE, seed)?))
        };
        let filter: Box<dyn Filter> = match self {
            Self::Unclipped(sigma) | Self::Clipped(sigma) => Box::new(Noise::gaussian(sigma, seed)?),
            Self::SaltAndPepper(part) => Box::new(Noise::salt_and_pepper(part, seed)?),
            Self::Speckle(sigma) => Box::new(Noise::speckle(sigma, seed)?),
            Self::Poisson(peak) => Box::new(Noise::poisson(peak, seed)?),
            Self::Downscaled(scale) => Box::new(Resize::down(scale, Interpolation::Bicubic)?),
            Self::Gaussian(sigma) => blurred(Kernel::gaussian(sigma)?)?,
            Self::Defocus(radius) => blurred(Kernel::defocus(radius)?)?,
            Self::Motion(length) => blurred(Kernel::motion(length, ANGLE)?)?,
            Self::Gray | Self::NoisyGray(_) => Box::new(Gray),
            Self::Edges => return Edges::of_photo(clean, FRAME),
        };
        let degraded = filter::apply(&*filter, clean)?;
        match self {
            // Noise before gray would be of another strength.
            Self::NoisyGray(sigma) => {
                let noise = Noise::gaussian(sigma / LUMA_NOISE, seed)?;
                filter::apply(&Gray, &filter::apply(&noise, &degraded)?)
            }
            _ => Ok(degraded),
        }
    }

    /// What there is without a network, at the reference's size; of unclipped noise no picture can be made.
    pub fn baseline(self, degraded: &Picture) -> Result<Option<Picture>> {
        Ok(match self {
            Self::Unclipped(_) => None,
            Self::Downscaled(scale) => {
                Some(filter::apply(&Resize::up(scale, Interpolation::Bicubic)?, degraded)?)
            }
            _ => Some(degraded.clone()),
        })
    }

    /// What the model makes of the degraded picture; of unclipped noise, of the clean one.
    pub async fn restore(
        self,
        model: &Model,
        clean: &Picture,
        degraded: &Picture,
        seed: u32,
        tile: Option<usize>,
        host: &impl Host,
    ) -> Result<Picture> {
        match self {
            Self::Unclipped(sigma) => unclipped(model, clean, sigma, seed, host).await,
            _ => Ok(model.process(degraded, tile, host, |_| {}).await?.picture),
        }
    }
}

/// The whole picture as floats with noise, through the network.
async fn unclipped(
    model: &Model,
    clean: &Picture,
    sigma: f64,
    seed: u32,
    host: &impl Host,
) -> Result<Picture> {
    let (task, geometry) = (model.task()?, model.geometry()?);
    let input = task.input(geometry.in_channels)?;
    let [width, height] = [clean.width() as usize, clean.height() as usize];
    if task.scale() != 1 || task.side().is_some() || input.channels != Channels::Rgb {
        return Err(Error::InvalidInput(
            "unclipped noise is for networks that see the RGB picture as it is".into(),
        ));
    }
    let [h, w] = [geometry.axes[0].accept(height), geometry.axes[1].accept(width)];
    let needed = model.plan(&[vec![1, 3, h, w]])?.peak_bytes;
    if needed > WHOLE_BYTES {
        let what = format!("unclipped noise on {width} × {height} pixels, which are run whole,");
        return Err(Error::TooLarge { what, needed, limit: WHOLE_BYTES });
    }
    let mut tensor = planar::read(&reflected(clean, [h, w])?, w, input)?.into_parts();
    if let unet_playground::tensor::Data::F32(values) = &mut tensor.1 {
        let scale = sigma / 255.0 * f64::from(input.high - input.low);
        for (i, value) in values.iter_mut().enumerate() {
            let (x, y) =
                (reflect((i % w) as i64, clean.width()), reflect((i / w % h) as i64, clean.height()));
            *value += (scale * normal(seed, x, y, (i / (w * h)) as u32)) as f32;
        }
    }
    let inputs = [("x".to_string(), Tensor::new(tensor.0, tensor.1)?)].into();
    let output = model.run(inputs, &Selection::default(), host).await?.swap_remove(0);
    let mut rgba = planar::opaque(clean.rect())?;
    planar::paint(&mut rgba, &output, clean.rect(), task.output(geometry.out_channels)?)?;
    Picture::from_rgba(clean.width(), clean.height(), &rgba)
}

/// RGBA bytes at `[height, width]`, reflected beyond the right and lower border.
fn reflected(picture: &Picture, [h, w]: [usize; 2]) -> Result<Vec<u8>> {
    let (rgba, width) = (picture.region(picture.rect())?, picture.width());
    let pixels = rgba.as_chunks::<4>().0;
    let at = |i: usize| {
        let (x, y) = (reflect((i % w) as i64, width), reflect((i / w) as i64, picture.height()));
        pixels[y as usize * width as usize + x as usize]
    };
    Ok((0..h * w).flat_map(at).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_task_that_is_named_can_be_measured() {
        for task in TASKS {
            assert!(Protocol::of(task, 25.0).is_ok_and(|protocols| !protocols.is_empty()), "{task}");
        }
    }

    #[test]
    fn the_most_noise_of_gray_pictures_can_be_made() {
        let clean = Picture::from_rgba(2, 1, &[7; 8]).unwrap();
        let noisy = |sigma| Protocol::of("denoise-colorize", sigma).map(|all| all[0].degrade(&clean, 0));
        assert!(noisy(170.0).unwrap().is_ok());
        assert!(noisy(171.0).unwrap_err().contains("up to 170"));
    }

    #[test]
    fn references_are_cut_as_the_degraded_pictures_are() {
        let clean = Picture::from_rgba(11, 9, &[7; 11 * 9 * 4]).unwrap();
        let protocol = Protocol::Downscaled(4);
        let reference = protocol.reference(clean.clone()).unwrap();
        assert_eq!((reference.width(), reference.height()), (8, 8));
        let degraded = protocol.degrade(&clean, 0).unwrap();
        assert_eq!((degraded.width(), degraded.height()), (2, 2));
        let baseline = protocol.baseline(&degraded).unwrap().unwrap();
        assert_eq!((baseline.width(), baseline.height()), (8, 8));
    }

    #[test]
    fn borders_reflect() {
        let picture = Picture::from_rgba(2, 1, &[1, 1, 1, 255, 2, 2, 2, 255]).unwrap();
        let bytes: Vec<u8> = reflected(&picture, [2, 3]).unwrap().iter().step_by(4).copied().collect();
        assert_eq!(bytes, [1, 2, 1, 1, 2, 1]);
    }
}
