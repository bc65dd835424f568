//! Degradation of reference pictures for an evaluation.

use super::Outcome;
use super::damage::{self, label};
use super::tasks::{self, Measure};
use unet_playground::image::filter::{self, Gray, Interpolation, Resize, reflect};
use unet_playground::image::planar::{self, Channels};
use unet_playground::image::{FilterSpec, Picture, Rect, Subsampling, normal};
use unet_playground::plan::Selection;
use unet_playground::session::{Model, Scheduler};
use unet_playground::tensor::Tensor;
use unet_playground::{Error, Result};

/// Maximum memory for a picture that must be run whole, in bytes.
const WHOLE_BYTES: u64 = 4 << 30;

/// Ratio of luma noise to the noise of each of three channels: the root of the sum of the squared weights.
const LUMA_NOISE: f64 = 0.668_557;
/// Maximum noise on luma, of 255: that of three channels with maximum noise.
const MAX_LUMA_SIGMA: f64 = 255.0 * LUMA_NOISE;

/// Degradation options of the command.
#[derive(Debug, Clone, Default)]
pub(super) struct Damage {
    /// Sigma of Gaussian noise, of 255.
    pub sigma: f64,
    /// Replacement for the task's own degradation.
    pub instead: Vec<FilterSpec>,
    /// Whether pictures and references are gray.
    pub gray: bool,
    /// JPEG qualities to save with at the end, in order.
    pub saved: Vec<u8>,
    pub subsampling: Subsampling,
}

/// One way to degrade and score.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Protocol {
    pub name: String,
    /// Filters that make the network's input from the reference, rounded to 8 bits after every step.
    chain: Vec<FilterSpec>,
    /// Replaces the chain by Gaussian noise of this sigma on the network's float input, neither rounded nor
    /// clipped, as in papers.
    unclipped: Option<f64>,
    /// Whether the reference is gray.
    gray: bool,
}

impl Protocol {
    /// Protocols of a task.
    ///
    /// # Errors
    /// A sentence if the task has none, or none with this much noise or in gray.
    pub(super) fn of(task: &str, damage: &Damage) -> Outcome<Vec<Self>> {
        let protocols = if damage.instead.is_empty() {
            of_task(task, damage.sigma)?
        } else {
            let name = damage.instead.iter().map(label).collect::<Vec<_>>().join(", ");
            vec![Self { name, chain: damage.instead.clone(), unclipped: None, gray: false }]
        };
        if damage.gray && protocols.iter().any(|protocol| protocol.chain.contains(&FilterSpec::Gray {})) {
            return Err(
                "--gray is for tasks that keep a picture's colors; this one's pictures are gray".into()
            );
        }
        let as_files = damage.gray || !damage.saved.is_empty();
        let wanted = protocols.into_iter().filter(|protocol| !as_files || protocol.unclipped.is_none());
        Ok(wanted.map(|protocol| protocol.with(damage)).collect())
    }

    /// Applies the options for gray and JPEG.
    fn with(mut self, damage: &Damage) -> Self {
        if damage.gray {
            self.name = format!("gray, {}", self.name);
            self.gray = true;
            self.chain.iter_mut().filter_map(FilterSpec::alike_mut).for_each(|alike| *alike = true);
            self.chain.insert(0, FilterSpec::Gray {});
            self.chain.push(FilterSpec::Gray {});
        }
        for &quality in &damage.saved {
            let saved = FilterSpec::Jpeg { quality, subsampling: damage.subsampling };
            self.name = format!("{}, {}", self.name, label(&saved));
            self.chain.push(saved);
        }
        self
    }

    /// Whether the network's input is a picture rather than unrounded floats.
    pub(super) fn has_picture(&self) -> bool {
        self.unclipped.is_none()
    }

    /// Whether the only degradation is reduction.
    pub(super) fn only_reduces(&self) -> bool {
        !self.chain.is_empty() && self.chain.iter().all(|step| matches!(step, FilterSpec::Downscale { .. }))
    }

    /// Factor by which the pictures are reduced.
    fn scale(&self) -> u32 {
        self.chain
            .iter()
            .map(|step| if let FilterSpec::Downscale { scale } = step { *scale } else { 1 })
            .product()
    }

    /// Number of pixels at each side that luma scores ignore.
    pub(super) fn border(&self) -> u32 {
        let scale = self.scale();
        if scale > 1 { scale } else { 0 }
    }

    /// The reference, without what the protocol removes irrecoverably.
    pub(super) fn reference(&self, clean: Picture) -> Result<Picture> {
        let clean = if self.gray { filter::apply(&Gray, &clean)? } else { clean };
        let scale = self.scale();
        let (width, height) =
            (clean.width() - clean.width() % scale, clean.height() - clean.height() % scale);
        if (width, height) == (clean.width(), clean.height()) {
            return Ok(clean);
        }
        Picture::from_rgba(width, height, &clean.region(Rect::new(0, 0, width, height))?)
    }

    /// Makes the network's input.
    pub(super) fn degrade(&self, clean: &Picture, seed: u32) -> Result<Picture> {
        if let Some(sigma) = self.unclipped {
            return FilterSpec::GaussianNoise { sigma, alike: false, seed }.apply(clean);
        }
        let mut degraded = clean.clone();
        for (index, step) in (0..).zip(&self.chain) {
            let mut step = step.clone();
            if let Some(of_step) = step.seed_mut() {
                // Steps of the same kind need different seeds.
                *of_step = seed.wrapping_add(index * 0x9e37_79b9);
            }
            degraded = step.apply(&degraded)?;
        }
        Ok(degraded)
    }

    /// Result without a network, at the reference's size; `None` for unclipped noise, which no picture can
    /// represent.
    pub(super) fn baseline(&self, degraded: &Picture) -> Result<Option<Picture>> {
        Ok(match (self.unclipped, self.scale()) {
            (Some(_), _) => None,
            (None, 1) => Some(degraded.clone()),
            (None, scale) => Some(filter::apply(&Resize::up(scale, Interpolation::Bicubic)?, degraded)?),
        })
    }

    /// The model's result for the degraded picture; for unclipped noise, for the clean one.
    pub(super) async fn restore(
        &self,
        model: &Model,
        clean: &Picture,
        degraded: &Picture,
        seed: u32,
        tile: Option<usize>,
        scheduler: &impl Scheduler,
    ) -> Result<Picture> {
        match self.unclipped {
            Some(sigma) => unclipped(model, clean, sigma, seed, scheduler).await,
            None => Ok(model.process(degraded, tile, scheduler, |_| {}).await?.picture),
        }
    }
}

/// Degradation with which a task is evaluated.
fn of_task(task: &str, sigma: f64) -> Outcome<Vec<Protocol>> {
    let Some(facts) = tasks::find(task).filter(|facts| !facts.protocols.is_empty()) else {
        let why = if task.is_empty() {
            "it does not declare a task".into()
        } else {
            format!("there is no evaluation protocol for the task \"{task}\"")
        };
        let measured: Vec<&str> = tasks::measured().collect();
        return Err(format!("{why}; specify a task with --protocol: {}", measured.join(", ")));
    };
    facts.protocols.iter().map(|measure| of_measure(measure, sigma)).collect()
}

fn of_measure(measure: &Measure, sigma: f64) -> Outcome<Protocol> {
    let on_luma = measure.damage.iter().any(|step| step.contains("{luma_sigma}"));
    if on_luma && sigma > MAX_LUMA_SIGMA {
        return Err(format!("gray pictures allow a --sigma up to {MAX_LUMA_SIGMA:.0}"));
    }
    let [told, of_channels] = [sigma, sigma / LUMA_NOISE].map(|sigma| sigma.to_string());
    let filled = |text: &str| text.replace("{sigma}", &told).replace("{luma_sigma}", &of_channels);
    let chain = if measure.unclipped { &[][..] } else { &measure.damage };
    Ok(Protocol {
        name: filled(&measure.name),
        chain: chain.iter().map(|step| damage::parse(&filled(step))).collect::<Outcome<_>>()?,
        unclipped: measure.unclipped.then_some(sigma),
        gray: false,
    })
}

/// Runs the whole picture as floats with noise through the network.
async fn unclipped(
    model: &Model,
    clean: &Picture,
    sigma: f64,
    seed: u32,
    scheduler: &impl Scheduler,
) -> Result<Picture> {
    let (task, geometry) = (model.task()?, model.geometry()?);
    let input = task.input(geometry.in_channels)?;
    let [width, height] = [clean.width() as usize, clean.height() as usize];
    if task.scale() != 1 || task.side().is_some() || input.channels != Channels::Rgb {
        return Err(Error::InvalidInput(
            "unclipped noise is only for networks that see the RGB picture unchanged".into(),
        ));
    }
    let [h, w] = [geometry.axes[0].accept(height), geometry.axes[1].accept(width)];
    let needed = model.plan(&[vec![1, 3, h, w]])?.peak_bytes;
    if needed > WHOLE_BYTES {
        let what = format!("unclipped noise on {width} × {height} pixels, which must be run whole,");
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
    let output = model.run(inputs, &Selection::default(), scheduler).await?.swap_remove(0);
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

    fn of(task: &str, damage: &Damage) -> Vec<Protocol> {
        Protocol::of(task, damage).unwrap()
    }

    fn names(protocols: &[Protocol]) -> Vec<&str> {
        protocols.iter().map(|protocol| protocol.name.as_str()).collect()
    }

    #[test]
    fn every_listed_task_can_be_evaluated() {
        for task in tasks::measured() {
            assert!(!of(task, &Damage { sigma: 25.0, ..Damage::default() }).is_empty(), "{task}");
        }
    }

    #[test]
    fn gray_pictures_can_have_the_maximum_noise() {
        let clean = Picture::from_rgba(2, 1, &[7; 8]).unwrap();
        let noisy = |sigma| {
            let damage = Damage { sigma, ..Damage::default() };
            Protocol::of("denoise-colorize", &damage).map(|all| all[0].degrade(&clean, 0))
        };
        assert!(noisy(170.0).unwrap().is_ok());
        assert!(noisy(171.0).unwrap_err().contains("up to 170"));
    }

    #[test]
    fn references_are_cropped_like_the_degraded_pictures() {
        let clean = Picture::from_rgba(11, 9, &[7; 11 * 9 * 4]).unwrap();
        let saved = Damage { saved: vec![75], ..Damage::default() };
        for damage in [Damage::default(), saved] {
            let protocol = &of("super-resolve-x4", &damage)[0];
            let reference = protocol.reference(clean.clone()).unwrap();
            assert_eq!((reference.width(), reference.height(), protocol.border()), (8, 8, 4));
            let degraded = protocol.degrade(&clean, 0).unwrap();
            assert_eq!((degraded.width(), degraded.height()), (2, 2));
            let baseline = protocol.baseline(&degraded).unwrap().unwrap();
            assert_eq!((baseline.width(), baseline.height()), (8, 8));
        }
    }

    #[test]
    fn gray_files_have_one_noise_in_all_channels_and_are_saved_last() {
        let damage = Damage { sigma: 20.0, gray: true, saved: vec![90, 60], ..Damage::default() };
        let protocols = of("denoise", &damage);
        assert_eq!(names(&protocols)[0], "gray, sigma 20 8-bit, jpeg 90 420, jpeg 60 420");
        assert_eq!(protocols.len(), 4);
        let picture = Picture::from_rgba(64, 64, &[200, 100, 50, 255].repeat(64 * 64)).unwrap();
        for protocol in protocols {
            for made in [protocol.reference(picture.clone()).unwrap(), protocol.degrade(&picture, 3).unwrap()]
            {
                let rgba = made.region(made.rect()).unwrap();
                assert!(
                    rgba.as_chunks::<4>().0.iter().all(|[r, g, b, _]| r == g && g == b),
                    "{}",
                    protocol.name
                );
            }
        }
        assert!(Protocol::of("colorize", &damage).unwrap_err().contains("--gray"));
    }

    #[test]
    fn steps_of_one_kind_differ() {
        let noise = FilterSpec::GaussianNoise { sigma: 20.0, alike: false, seed: 0 };
        let spread = |instead: Vec<FilterSpec>| {
            let protocol = &of("", &Damage { instead, ..Damage::default() })[0];
            let picture = Picture::from_rgba(64, 64, &[128; 64 * 64 * 4]).unwrap();
            let rgba = protocol.degrade(&picture, 5).unwrap().region(picture.rect()).unwrap();
            rgba.iter().map(|&byte| (f64::from(byte) - 128.0).powi(2)).sum::<f64>() / (64.0 * 64.0 * 3.0)
        };
        let ratio = spread(vec![noise.clone(), noise.clone()]) / spread(vec![noise]);
        assert!((1.8..2.2).contains(&ratio), "{ratio}");
    }

    #[test]
    fn borders_reflect() {
        let picture = Picture::from_rgba(2, 1, &[1, 1, 1, 255, 2, 2, 2, 255]).unwrap();
        let bytes: Vec<u8> = reflected(&picture, [2, 3]).unwrap().iter().step_by(4).copied().collect();
        assert_eq!(bytes, [1, 2, 1, 1, 2, 1]);
    }
}
