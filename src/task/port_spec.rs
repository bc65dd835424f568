//! Input or output of a network, declared in its metadata.

use crate::error::{Error, Result};
use crate::image::labels::MAX_CLASSES;
use crate::image::planar::{Channels, Encoding};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Maximum `scale`.
const MAX_SCALE: u32 = 4;
/// Maximum `side`.
const MAX_SIDE: u32 = 4096;

/// JSON of `input` or `output`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default)]
pub(super) struct PortSpec {
    /// `None`: inferred from the number of channels.
    pub color: Option<Color>,
    pub range: [f32; 2],
    /// Inputs only: factor by which the picture is enlarged first.
    pub scale: u32,
    /// Inputs only: shorter side to which the frame is resized first, in pixels.
    pub side: Option<u32>,
    /// Outputs only: names of the classes.
    pub classes: Vec<String>,
}

impl Default for PortSpec {
    fn default() -> Self {
        Self { color: None, range: [0.0, 1.0], scale: 1, side: None, classes: vec![] }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Color {
    Rgb,
    Gray,
    LabL,
    LabAb,
    Edges,
    Classes,
    Mask,
    MaskLogits,
}

impl Color {
    fn name(self) -> &'static str {
        match self {
            Self::Rgb => "rgb",
            Self::Gray => "gray",
            Self::LabL => "lab-l",
            Self::LabAb => "lab-ab",
            Self::Edges => "edges",
            Self::Classes => "classes",
            Self::Mask => "mask",
            Self::MaskLogits => "mask-logits",
        }
    }

    /// Whether pictures can be converted to this color encoding, as inputs require.
    fn is_readable(self) -> bool {
        match self {
            Self::Rgb | Self::Gray | Self::LabL | Self::Edges => true,
            Self::LabAb | Self::Classes | Self::Mask | Self::MaskLogits => false,
        }
    }
}

pub(super) fn invalid(key: &str, reason: &str) -> Error {
    Error::InvalidModel(format!("its metadata entry {key:?} is wrong: {reason}"))
}

impl PortSpec {
    /// Reads the entry `key`; the default if absent.
    pub(super) fn of(metadata: &BTreeMap<String, String>, key: &str) -> Result<Self> {
        let Some(text) = metadata.get(key) else { return Ok(Self::default()) };
        let side: Self = serde_json::from_str(text).map_err(|e| invalid(key, &e.to_string()))?;
        let [low, high] = side.range;
        let wrong = if !(low.is_finite() && high.is_finite() && (high - low).is_finite()) || low == high {
            "the two ends of its range must be finite and differ"
        } else if key == "input" && side.color.is_some_and(|color| !color.is_readable()) {
            "a network takes rgb, gray, lab-l or edges"
        } else if side.scale == 0 || side.scale > MAX_SCALE {
            "its scale must be from 1 to 4"
        } else if side.side.is_some_and(|side| side == 0 || side > MAX_SIDE) {
            "its side must be from 1 to 4096 pixels"
        } else if side.side.is_some() && side.scale > 1 {
            "it has both a scale and a side; only one is allowed"
        } else {
            return Ok(side);
        };
        Err(invalid(key, wrong))
    }

    /// Color encoding for a number of channels; `verb` is what the model does with them.
    pub(super) fn color(&self, channels: usize, verb: &str) -> Result<Color> {
        let color = match (self.color, channels) {
            (Some(color), _) => color,
            (None, 3) => Color::Rgb,
            (None, 1) => Color::Gray,
            (None, _) => {
                let colors = r#" or, for a network that colors gray pictures, {"color": "lab-ab"}"#;
                let colors = if channels == 2 { colors } else { "" };
                return Err(Error::InvalidInput(format!(
                    "the model {verb} {channels} channels; a picture has 1 or 3. Others must be declared in the file, \
                     in the entry \"output\" of its metadata: for classes {{\"color\": \"classes\"}}{colors}"
                )));
            }
        };
        let fits = match color {
            Color::Rgb => channels == 3,
            Color::LabAb => channels == 2,
            Color::Gray | Color::LabL | Color::Edges | Color::Mask | Color::MaskLogits => channels == 1,
            Color::Classes => (2..=MAX_CLASSES).contains(&channels),
        };
        let name = color.name();
        if !fits {
            return Err(Error::InvalidModel(format!(
                "it {verb} {channels} channels, which cannot be {name:?} as its metadata says"
            )));
        }
        let classes = match color {
            Color::Classes => channels,
            Color::Mask | Color::MaskLogits => 2,
            Color::Rgb | Color::Gray | Color::LabL | Color::LabAb | Color::Edges => self.classes.len(),
        };
        if !self.classes.is_empty() && self.classes.len() != classes {
            let names = self.classes.len();
            return Err(Error::InvalidModel(format!(
                "it {verb} {channels} channels, {classes} classes, but its metadata name {names} classes"
            )));
        }
        Ok(color)
    }

    /// Encoding of a number of channels as colors.
    pub(super) fn encoding(&self, channels: usize, verb: &str) -> Result<Encoding> {
        let [low, high] = self.range;
        Ok(match self.color(channels, verb)? {
            Color::Rgb => Encoding { channels: Channels::Rgb, low, high },
            Color::Gray => Encoding { channels: Channels::Luma, low, high },
            Color::LabL => Encoding { channels: Channels::Lightness, low, high },
            Color::LabAb => Encoding { channels: Channels::Chroma, low, high },
            // Drawings are black on edges.
            Color::Edges => Encoding { channels: Channels::Luma, low: high, high: low },
            Color::Classes => Encoding { channels: Channels::Classes(channels), low, high },
            Color::Mask => Encoding { channels: Channels::Mask { logits: false }, low, high },
            Color::MaskLogits => Encoding { channels: Channels::Mask { logits: true }, low, high },
        })
    }
}
