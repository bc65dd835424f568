//! Simulation of an old photo print.
//!
//! Damage is applied in its order of occurrence: a soft lens, film grain, fading and browning of the print,
//! then scratches, specks and tears, and finally the JPEG file of a scan. Its positions depend on the seed
//! and the picture's size alone, so that any region shows the same as in the whole. Lengths scale with the
//! picture: a unit is its shorter side over 512.
//!
//! Uniformly distributed numbers come from pcg4d, as in [`crate::noise`], of (number, mark, kind of mark,
//! seed). `training/degrade.py` has the same filter, `old_photo`.

use super::color::luma;
use super::convolve::convolved;
use super::jpeg::Jpeg;
use super::kernel::Kernel;
use super::{Filter, byte, within};
use crate::encode_jpeg::Subsampling;
use crate::noise::{MAX_SIGMA, normal, uniform};
use crate::{Picture, RGBA, Rect};
use std::f32::consts::{PI, TAU};
use unet_kernels::error::{Error, Result};

/// Shorter side of a picture whose unit is one pixel.
const SIDE: f32 = 512.0;
/// Number of marks at a wear of 1.
const SCRATCHES: f64 = 16.0;
const SPECKS: f64 = 220.0;
const TEARS: f64 = 4.0;
/// Black and white of a completely faded print.
const FADED: [f32; 2] = [90.0, 225.0];
/// Black and white of a sepia print, whose silver has turned brown.
const SEPIA: [[f32; 3]; 2] = [[24.0, 12.0, 2.0], [255.0, 243.0, 214.0]];
/// Gray level of the paper under the picture.
const PAPER: f32 = 238.0;
/// Grain is wider than a pixel: weights along each axis, whose squares sum to 3/8.
const GRAIN: [f64; 3] = [0.25, 0.5, 0.25];

/// Options of [`OldPhoto`].
#[derive(Debug, Clone, Copy)]
pub struct Age {
    /// Scratches, specks and tears, 0 to 1.
    pub wear: f64,
    /// Loss of contrast, 0 to 1.
    pub fading: f64,
    /// Share of brown, 0 (original colors) to 1 (no color left).
    pub sepia: f64,
    /// Sigma of a Gaussian, 0 to 20 pixels.
    pub blur: f64,
    /// Standard deviation of the grain, 0 to 255, of 255.
    pub grain: f64,
}

/// A scanned old print. Alpha is unchanged.
#[derive(Debug, Clone)]
pub struct OldPhoto {
    age: Age,
    lens: Option<Kernel>,
    saved: Option<Jpeg>,
    seed: u32,
}

/// A mark along a line.
#[derive(Debug, Clone, Copy)]
struct Mark {
    /// Start, and direction of its length.
    start: [f32; 2],
    along: [f32; 2],
    length: f32,
    /// Half of its width at the start and at the end.
    half: [f32; 2],
    /// Offset of its middle, and amplitude of its wavering.
    bend: f32,
    waver: f32,
    phase: f32,
    tone: f32,
    opacity: f32,
}

/// Random numbers of one mark.
struct Dice {
    seed: u32,
    kind: u32,
    mark: u32,
    next: u32,
}

impl Dice {
    /// Uniformly distributed in 0–1.
    fn roll(&mut self) -> f32 {
        self.next += 1;
        uniform(self.seed, self.next, self.mark, self.kind) as f32
    }

    fn between(&mut self, low: f32, high: f32) -> f32 {
        between(low, high, self.roll())
    }

    /// Tone of the bare paper, or of dirt on it.
    fn tone(&mut self, light: f32) -> f32 {
        if self.roll() < light { self.between(205.0, 250.0) } else { self.between(10.0, 60.0) }
    }
}

fn between(low: f32, high: f32, share: f32) -> f32 {
    low + (high - low) * share
}

impl OldPhoto {
    /// Makes the filter. `quality` is that of the scan's JPEG file (4:2:0), `None` for lossless.
    ///
    /// # Errors
    /// `InvalidInput` if a value is out of range.
    pub fn new(age: Age, quality: Option<u8>, seed: u32) -> Result<Self> {
        within("the wear of an old photo", age.wear, 0.0, 1.0)?;
        within("the fading of an old photo", age.fading, 0.0, 1.0)?;
        within("the sepia of an old photo", age.sepia, 0.0, 1.0)?;
        within("the grain of an old photo", age.grain, 0.0, MAX_SIGMA)?;
        let lens = if age.blur > 0.0 { Some(Kernel::gaussian(age.blur)?) } else { None };
        let saved = quality.map(|quality| Jpeg::new(quality, Subsampling::Half)).transpose()?;
        Ok(Self { age, lens, saved, seed })
    }

    /// The scanned print before compression.
    fn scanned(&self, source: &Picture, rect: Rect) -> Result<Vec<u8>> {
        let mut rgba = source.region(rect)?;
        let soft = self.lens.as_ref().map(|lens| convolved(source, rect, 0, lens)).transpose()?;
        let size = [source.width() as f32, source.height() as f32];
        let mut stain = Dice { seed: self.seed, kind: 0, mark: 0, next: 0 };
        let (turns, phase) = ([stain.between(-1.5, 1.5), stain.between(-1.5, 1.5)], stain.between(0.0, TAU));
        let stride = rect.width as usize;
        let mut print = Vec::new();
        print.try_reserve_exact(rgba.len() / RGBA).map_err(|_| Error::OutOfMemory(rgba.len() as u64 * 3))?;
        for (i, pixel) in rgba.as_chunks::<RGBA>().0.iter().enumerate() {
            let (x, y) = (rect.x + (i % stride) as u32, rect.y + (i / stride) as u32);
            let [r, g, b, _] = soft.as_ref().map_or(pixel.map(f32::from), |soft| soft[i]);
            let grain = self.grain(x, y);
            let uneven = TAU * (turns[0] * x as f32 / size[0] + turns[1] * y as f32 / size[1]) + phase;
            let fading = (self.age.fading as f32 * (1.0 + 0.25 * uneven.sin())).min(1.0);
            let gray = luma([r, g, b]) + grain;
            print.push(std::array::from_fn(|channel| {
                let value = [r, g, b][channel] + grain;
                let brown = between(SEPIA[0][channel], SEPIA[1][channel], gray / 255.0);
                let toned = between(value, brown, self.age.sepia as f32);
                between(toned, between(FADED[0], FADED[1], toned / 255.0), fading)
            }));
        }
        for mark in self.marks(size) {
            mark.draw(&mut print, rect);
        }
        for (pixel, print) in rgba.as_chunks_mut::<RGBA>().0.iter_mut().zip(&print) {
            pixel[..3].copy_from_slice(&print.map(byte));
        }
        Ok(rgba)
    }

    /// Grain of a pixel: equal in all channels, and slightly correlated between neighbors.
    fn grain(&self, x: u32, y: u32) -> f32 {
        if self.age.grain == 0.0 {
            return 0.0;
        }
        let mut sum = 0.0;
        for (v, down) in (0..).zip(GRAIN) {
            for (u, across) in (0..).zip(GRAIN) {
                // Noise positions wrap around.
                sum += across * down * normal(self.seed, x.wrapping_add(u), y.wrapping_add(v), 0);
            }
        }
        (sum * self.age.grain * 8.0 / 3.0) as f32
    }

    /// All marks of a picture of this size, bottom to top.
    fn marks(&self, [width, height]: [f32; 2]) -> Vec<Mark> {
        let unit = (width.min(height) / SIDE).max(0.25);
        let many = |most: f64| (most * self.age.wear).round() as u32;
        let dice = |kind: u32| move |mark: u32| Dice { seed: self.seed, kind, mark, next: 0 };
        let specks = (0..many(SPECKS)).map(dice(1)).map(|mut dice| speck(&mut dice, unit, width, height));
        let scratches =
            (0..many(SCRATCHES)).map(dice(2)).map(|mut dice| scratch(&mut dice, unit, width, height));
        let tears = (0..many(TEARS)).map(dice(3)).map(|mut dice| tear(&mut dice, unit, width, height));
        specks.chain(scratches).chain(tears).collect()
    }
}

/// A speck of dust, mostly small, seldom round.
fn speck(dice: &mut Dice, unit: f32, width: f32, height: f32) -> Mark {
    let (start, angle) = ([dice.between(0.0, width), dice.between(0.0, height)], dice.between(0.0, PI));
    let (size, long) = (dice.roll(), dice.roll());
    let radius = unit * (0.5 + 2.5 * size * size * size);
    Mark {
        start,
        along: [angle.cos(), angle.sin()],
        length: radius * 3.0 * long * long,
        half: [radius, radius * 0.7],
        bend: 0.0,
        waver: 0.0,
        phase: 0.0,
        tone: dice.tone(0.6),
        opacity: dice.between(0.5, 1.0),
    }
}

/// A scratch, mostly along the film.
fn scratch(dice: &mut Dice, unit: f32, width: f32, height: f32) -> Mark {
    let lean = if dice.roll() < 0.7 { dice.between(-0.12, 0.12) } else { dice.between(-PI / 2.0, PI / 2.0) };
    let length = height * dice.between(0.15, 1.1);
    let start = [dice.between(0.0, width), dice.between(-0.2, 0.8) * height];
    let half = unit * dice.between(0.3, 0.9);
    Mark {
        start,
        along: [lean.sin(), lean.cos()],
        length,
        half: [half, half * 0.5],
        bend: length * dice.between(-0.03, 0.03),
        waver: unit * dice.between(0.0, 1.0),
        phase: dice.between(0.0, TAU),
        tone: dice.tone(0.8),
        opacity: dice.between(0.35, 0.95),
    }
}

/// A tear from the border inward, which exposes the paper.
fn tear(dice: &mut Dice, unit: f32, width: f32, height: f32) -> Mark {
    let (side, at, lean) = (dice.roll() * 4.0, dice.roll(), dice.between(-0.5, 0.5));
    let (start, inward) = match side as u32 {
        0 => ([at * width, 0.0], PI / 2.0),
        1 => ([at * width, height], -PI / 2.0),
        2 => ([0.0, at * height], 0.0),
        _ => ([width, at * height], PI),
    };
    let angle = inward + lean;
    Mark {
        start,
        along: [angle.cos(), angle.sin()],
        length: unit * SIDE * dice.between(0.06, 0.3),
        half: [unit * dice.between(1.5, 5.0), 0.0],
        bend: unit * SIDE * dice.between(-0.03, 0.03),
        waver: unit * dice.between(1.0, 3.0),
        phase: dice.between(0.0, TAU),
        tone: PAPER,
        opacity: 1.0,
    }
}

impl Mark {
    /// Coverage of a pixel, 0 to 1.
    fn cover(&self, [x, y]: [f32; 2]) -> f32 {
        let [dx, dy] = [x - self.start[0], y - self.start[1]];
        let along = dx * self.along[0] + dy * self.along[1];
        let across = dy * self.along[0] - dx * self.along[1];
        let at = if self.length > 0.0 { (along / self.length).clamp(0.0, 1.0) } else { 0.0 };
        let waver = (at * 23.0 + self.phase).sin() + 0.5 * (at * 57.0 + 2.0 * self.phase).sin();
        let middle = self.bend * (PI * at).sin() + self.waver * waver;
        let beyond = along - at * self.length;
        let distance = beyond.hypot(across - middle);
        let half = between(self.half[0], self.half[1], at);
        (half + 0.5 - distance).clamp(0.0, (2.0 * half).min(1.0)) * self.opacity
    }

    /// Draws the mark over the pixels of a rectangle.
    fn draw(&self, pixels: &mut [[f32; 3]], rect: Rect) {
        let margin = self.half[0].max(self.half[1]) + self.bend.abs() + 1.5 * self.waver + 1.0;
        let reached = |axis: usize, first: u32, len: u32| {
            let end = self.start[axis] + self.along[axis] * self.length;
            let low = (self.start[axis].min(end) - margin).max(first as f32) as u32;
            let high = (self.start[axis].max(end) + margin).min((first + len) as f32) as u32;
            low..high
        };
        for y in reached(1, rect.y, rect.height) {
            for x in reached(0, rect.x, rect.width) {
                let cover = self.cover([x as f32 + 0.5, y as f32 + 0.5]);
                let pixel = &mut pixels[((y - rect.y) * rect.width + x - rect.x) as usize];
                *pixel = pixel.map(|value| between(value, self.tone, cover));
            }
        }
    }
}

impl Filter for OldPhoto {
    fn region(&self, source: &Picture, rect: Rect) -> Result<Vec<u8>> {
        match &self.saved {
            Some(jpeg) => jpeg.of_region(source, rect, |around| self.scanned(source, around)),
            None => self.scanned(source, rect),
        }
    }
}
