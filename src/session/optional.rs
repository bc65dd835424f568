//! Values for a network's optional inputs, and the likely colors of a network with color classes.

use super::frame::Reduced;
use super::model::Model;
use super::scheduler::Scheduler;
use super::tile_progress::TileProgress;
use crate::error::{Error, Result};
use crate::image::planar::Encoding;
use crate::image::{Picture, Rect, cell, lab, noise_level};
use crate::order::ascending;
use crate::plan::Selection;
use crate::task::{Likely, OptionalInput};
use crate::tensor::Tensor;
use serde::{Deserialize, Serialize};
use std::cell::Cell;
use std::collections::BTreeMap;

/// Maximum number of colors returned for one pixel.
const MOST_COLORS: usize = 6;
/// Classes closer than this to a likelier one, in a\*b\*, are merged with it.
const APART: f32 = 18.0;
/// Colors less likely than this are omitted.
const LEAST: f32 = 0.004;
/// Maximum number of hints per picture.
const MOST_HINTS: usize = 1000;

/// Values for a network's optional inputs; unnamed inputs keep the file's default.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OptionalValues {
    /// Values of single-number inputs, such as a noise level, by name; see [`crate::task::OptionalInput`].
    pub numbers: BTreeMap<String, f32>,
    /// Color hints, if the network takes them. Each hinted pixel has exactly this color in the result, and the region around
    /// it follows up to the picture's edges ([`crate::image::Chroma::hint`]).
    pub hints: Vec<ColorHint>,
}

/// Color of one pixel of a picture (Zhang et al. 2017).
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
pub struct ColorHint {
    /// Column of the pixel, from the left.
    pub x: u32,
    /// Row of the pixel, from the top.
    pub y: u32,
    /// CIE a\*, −128 to 128: red (positive) against green.
    pub a: f32,
    /// CIE b\*, −128 to 128: yellow (positive) against blue.
    pub b: f32,
}

/// A color that a network considers likely at a pixel.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct LikelyColor {
    /// CIE a\*: red (positive) against green.
    pub a: f32,
    /// CIE b\*: yellow (positive) against blue.
    pub b: f32,
    /// sRGB at the pixel's lightness.
    pub rgb: [u8; 3],
    /// Probability of the color and similar ones, 0 to 1.
    pub probability: f32,
}

impl Model {
    /// Tensors of the optional inputs with these values, and of the estimated noise level if the network takes
    /// one. `frame` is the height and width of the network's view of the whole picture.
    ///
    /// # Errors
    /// `InvalidInput` for a name that is not an optional number, a number out of range, hints for a network
    /// without color hints, or hints outside the picture.
    pub(super) fn told(
        &self,
        values: &OptionalValues,
        picture: &Picture,
        frame: Option<[usize; 2]>,
    ) -> Result<BTreeMap<String, Tensor>> {
        let mut tensors = self.estimated(values, picture)?;
        for (name, &value) in &values.numbers {
            tensors.insert(name.clone(), self.number(name, value)?);
        }
        if !values.hints.is_empty() {
            let (name, stride, _) = self.hints_input()?;
            let frame = frame.ok_or_else(|| {
                Error::InvalidInput("color hints need a network that sees the whole frame".into())
            })?;
            let size = frame.map(|side| side / stride);
            tensors.insert(name.to_string(), hints(&values.hints, picture.size(), size, self.chroma()?)?);
        }
        Ok(tensors)
    }

    /// Estimates of the noise levels that are not among the values.
    fn estimated(&self, values: &OptionalValues, picture: &Picture) -> Result<BTreeMap<String, Tensor>> {
        let mut tensors = BTreeMap::new();
        for (name, input) in self.task()?.optional() {
            let OptionalInput::NoiseLevel { range: [low, high] } = *input else { continue };
            if values.numbers.contains_key(name) {
                continue;
            }
            match noise_level(picture) {
                Ok(level) => {
                    tensors.insert(name.to_string(), self.number(name, level.sigma.clamp(low, high))?);
                }
                // The picture is too small for an estimate.
                Err(Error::InvalidInput(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(tensors)
    }

    fn number(&self, name: &str, value: f32) -> Result<Tensor> {
        let numbers: BTreeMap<&str, [f32; 2]> = self
            .task()?
            .optional()
            .filter_map(|(own, input)| match input {
                OptionalInput::Number { range } | OptionalInput::NoiseLevel { range } => Some((own, *range)),
                OptionalInput::ColorHints { .. } => None,
            })
            .collect();
        let &[low, high] = numbers.get(name).ok_or_else(|| {
            let known: Vec<&str> = numbers.keys().copied().collect();
            let known =
                if known.is_empty() { "it has none".into() } else { format!("it has {}", known.join(", ")) };
            Error::InvalidInput(format!("the model has no optional number named {name:?}; {known}"))
        })?;
        if !(low..=high).contains(&value) {
            return Err(Error::InvalidInput(format!("{name:?} must be from {low} to {high}, not {value}")));
        }
        let port = self.pictures().optional.iter().find(|port| port.name == name);
        let default = port.and_then(|port| self.pictures().initializers.get(&port.edge));
        Tensor::f32(default.map_or(vec![], |tensor| tensor.shape().to_vec()), [value])
    }

    /// Name and stride of the color hints, and the network's value with likely colors.
    fn hints_input(&self) -> Result<(&str, usize, Option<&Likely>)> {
        let found = self.task()?.optional().find_map(|(name, input)| match input {
            OptionalInput::ColorHints { stride, likely } => Some((name, *stride, likely.as_ref())),
            OptionalInput::Number { .. } | OptionalInput::NoiseLevel { .. } => None,
        });
        found.ok_or_else(|| Error::InvalidInput("the model takes no color hints".into()))
    }

    fn chroma(&self) -> Result<Encoding> {
        self.task()?.output(self.geometry()?.out_channels)
    }

    /// Colors that the network considers likely at pixel `[x, y]` of a picture, the likeliest first: one to
    /// six distinct colors, each with the probability of similar ones. `values` are those of its optional
    /// inputs.
    ///
    /// # Errors
    /// `InvalidInput` if the file does not declare likely colors, or the pixel is outside; as for
    /// [`Model::process`].
    pub async fn likely_colors(
        &self,
        picture: &Picture,
        [x, y]: [u32; 2],
        values: &OptionalValues,
        scheduler: &impl Scheduler,
    ) -> Result<Vec<LikelyColor>> {
        let size = [picture.height(), picture.width()];
        let unknown = || Error::InvalidInput("the model does not declare how likely colors are".into());
        let (.., likely) = self.hints_input()?;
        let (likely, frame) = (likely.ok_or_else(unknown)?, self.frame(size)?.ok_or_else(unknown)?);
        if x >= picture.width() || y >= picture.height() {
            return Err(Error::InvalidInput(format!("the picture has no pixel at {x}, {y}")));
        }
        let colors = self.classes_of_color(likely)?;
        let reduced = Reduced::new(self, &*picture.bled()?, frame)?;
        let told = self.told(values, picture, Some(frame))?;
        let selection = Selection { outputs: vec![likely.probabilities.clone()], cut: vec![] };
        let scheduler = TileProgress { scheduler, done: &Cell::new(0), tiles: 1 };
        let inputs = || Ok(vec![reduced.tensor(self)?]);
        let output =
            self.frame_outputs(told, &inputs, &selection, &scheduler, &mut None).await?.swap_remove(0);
        let (&[1, classes, height, width], Some(output)) = (output.shape(), output.as_f32()) else {
            return Err(unknown());
        };
        if classes != colors.len() {
            return Err(unknown());
        }
        let cell = cell([x, y], picture.size(), [height, width]);
        let probabilities = (0..classes).map(|class| output[class * height * width + cell]);
        let pixel = picture.region(Rect::new(x, y, 1, 1))?;
        let lightness = lab::lightness([pixel[0], pixel[1], pixel[2]]);
        Ok(likeliest(colors.into_iter().zip(probabilities).collect(), lightness))
    }

    /// a\* and b\* of each color class.
    fn classes_of_color(&self, likely: &Likely) -> Result<Vec<[f32; 2]>> {
        let (graph, encoding) = (self.pictures(), self.chroma()?);
        let named = graph.initializers.iter().find(|(edge, _)| {
            let edge = &graph.edges[edge.0];
            edge.name == likely.colors
                || edge.origin.is_some_and(|of| graph.edges[of.0].name == likely.colors)
        });
        let wrong = || {
            Error::InvalidModel(format!("{:?} is not an initializer of 2 × Q × 1 × 1 floats", likely.colors))
        };
        let (_, tensor) = named.ok_or_else(wrong)?;
        let (&[2, classes, 1, 1], Some(values)) = (tensor.shape(), tensor.as_f32()) else {
            return Err(wrong());
        };
        Ok((0..classes).map(|i| [values[i], values[classes + i]].map(|v| encoding.chroma(v))).collect())
    }
}

/// Tensor of the hints; of two hints in a cell the last wins.
fn hints(
    hints: &[ColorHint],
    picture: (u32, u32),
    [height, width]: [usize; 2],
    encoding: Encoding,
) -> Result<Tensor> {
    let plane = height * width;
    if hints.len() > MOST_HINTS {
        return Err(Error::InvalidInput(format!("{} color hints are more than {MOST_HINTS}", hints.len())));
    }
    let mut values = vec![0.0; 3 * plane];
    for hint in hints {
        let &ColorHint { x, y, a, b } = hint;
        let (columns, rows) = picture;
        if x >= columns || y >= rows {
            let message = format!(
                "the color hint at {x}, {y} lies outside of the picture of {columns} × {rows} pixels"
            );
            return Err(Error::InvalidInput(message));
        }
        if ![a, b].iter().all(|v| (-128.0..=128.0).contains(v)) {
            let message =
                format!("the color hint at {x}, {y} has a* {a} and b* {b}; each is from −128 to 128");
            return Err(Error::InvalidInput(message));
        }
        let cell = cell([x, y], picture, [height, width]);
        values[cell] = encoding.of_chroma(a);
        values[plane + cell] = encoding.of_chroma(b);
        values[2 * plane + cell] = 1.0;
    }
    Tensor::f32([1, 3, height, width], values)
}

/// The likeliest classes that are distinct.
fn likeliest(classes: Vec<([f32; 2], f32)>, lightness: f32) -> Vec<LikelyColor> {
    let keys = classes
        .iter()
        .enumerate()
        .map(|(i, &(_, p))| [u64::from(u32::MAX - p.max(0.0).to_bits()), 0, i as u64]);
    let mut chosen: Vec<LikelyColor> = Vec::new();
    for [.., at] in ascending(keys.collect()) {
        let ([a, b], probability) = classes[at as usize];
        let near = |color: &&mut LikelyColor| (color.a - a).hypot(color.b - b) < APART;
        if let Some(color) = chosen.iter_mut().find(near) {
            color.probability += probability;
        } else if chosen.len() < MOST_COLORS && probability >= LEAST {
            chosen.push(LikelyColor { a, b, rgb: lab::to_srgb([lightness, a, b]), probability });
        }
    }
    chosen
}
