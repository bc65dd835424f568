//! Networks that see the whole frame, at about their training size or at their only accepted size: the
//! picture is resized to that size, and the output is resized to the full picture part by part.

use super::geometry::Geometry;
use super::model::Model;
use super::optional::ColorHint;
use super::process::{Estimate, TileEvent, checked_size};
use super::scheduler::Scheduler;
use super::source::ScaledSource;
use super::tiling::nearest_first;
use crate::error::{Error, Result};
use crate::image::filter::{Filter, Interpolation, Resize};
use crate::image::planar::{self, Channels};
use crate::image::{Chroma, ClassScores, Picture, Rect};
use crate::tensor::Tensor;

/// Maximum enlargement of small pictures.
const MAX_ENLARGEMENT: f64 = 4.0;
/// Maximum longer side of the frame, as a multiple of the target for the shorter side.
const MAX_ASPECT: f64 = 16.0;
/// Side of a part of the result, in pixels.
const PART: u32 = 512;

fn bicubic(width: u32, height: u32) -> Resize {
    Resize::to(width, height, Interpolation::Bicubic)
}

/// RGBA bytes of the picture resized to `[height, width]`.
fn reduce(picture: &Picture, [height, width]: [usize; 2]) -> Result<Vec<u8>> {
    let (width, height) = (width as u32, height as u32);
    bicubic(width, height).region(picture, Rect::new(0, 0, width, height))
}

/// The whole frame at the network's size.
pub(super) struct Reduced {
    /// `[height, width]`
    size: [usize; 2],
    rgba: Vec<u8>,
}

impl Reduced {
    /// Reduces the frame to `size`, `[height, width]`.
    ///
    /// # Errors
    /// `TooLarge` if a run on it would exceed the memory.
    pub(super) fn new(model: &Model, picture: &Picture, size: [usize; 2]) -> Result<Self> {
        model.whole(model.geometry()?, size)?;
        Ok(Self { size, rgba: reduce(picture, size)? })
    }

    /// The network's input.
    pub(super) fn tensor(&self, model: &Model) -> Result<Tensor> {
        let encoding = model.task()?.input(model.geometry()?.in_channels)?;
        planar::read(&self.rgba, self.size[1], encoding)
    }
}

/// Output of a network for the whole frame.
pub(super) enum Frame {
    Picture(Picture),
    Chroma(Chroma),
    Scores(ClassScores),
}

impl Model {
    /// Size, `[height, width]`, to which a whole picture is resized for the network: if its file declares a
    /// side, or if it accepts a single size and every output pixel depends on all of it. `None` if it sees
    /// the picture at its own size or in tiles.
    ///
    /// # Errors
    /// As for [`Model::geometry`] and [`Geometry::fixed_frame`].
    pub fn frame(&self, size: [u32; 2]) -> Result<Option<[usize; 2]>> {
        let (geometry, task) = (self.geometry()?, self.task()?);
        match task.side() {
            Some(side) => Ok(Some(frame_size(geometry, side, size))),
            None => geometry.fixed_frame(size.map(|side| side as usize * task.scale() as usize)),
        }
    }

    /// Ratio of the whole frame's result size to the picture's.
    pub(super) fn frame_scale(&self) -> Result<u32> {
        let task = self.task()?;
        Ok(if task.side().is_some() { 1 } else { task.scale() * self.geometry()?.enlargement() })
    }

    /// Estimate for a picture whose frame has `size` for the network.
    pub(super) fn estimate_frame(&self, size: [usize; 2], (width, height): (u32, u32)) -> Result<Estimate> {
        let (flops, peak_bytes) = self.whole(self.geometry()?, size)?;
        let scale = self.frame_scale()? as usize;
        let (width, height) = checked_size([height, width].map(|side| side as usize * scale))?;
        let tiles = output_tiles(Rect::new(0, 0, width, height), None).len();
        let frame = Some([size[1] as u32, size[0] as u32]);
        let threads = 1;
        Ok(Estimate {
            width,
            height,
            tiles,
            flops,
            peak_bytes,
            threads,
            exact: self.task()?.side().is_some(),
            frame,
        })
    }
}

/// Network size for a picture of `[height, width]`: accepted sizes, with a shorter side of about `side`.
fn frame_size(geometry: &Geometry, side: u32, size: [u32; 2]) -> [usize; 2] {
    let [height, width] = size.map(f64::from);
    let side = f64::from(side);
    let factor = (side / height.min(width)).min(MAX_ENLARGEMENT).min(MAX_ASPECT * side / height.max(width));
    [geometry.axes[0].nearest(height * factor), geometry.axes[1].nearest(width * factor)]
}

/// Parts of a result in execution order.
pub(super) fn output_tiles(all: Rect, near: Option<[u32; 2]>) -> Vec<Rect> {
    let mut parts = Vec::new();
    for y in (0..all.height).step_by(PART as usize) {
        for x in (0..all.width).step_by(PART as usize) {
            parts.push(Rect::new(x, y, PART.min(all.width - x), PART.min(all.height - y)));
        }
    }
    nearest_first(parts, near, |part| [part.x + part.width / 2, part.y + part.height / 2].map(u64::from))
}

impl Frame {
    /// Takes the network's output for the reduced picture.
    pub(super) fn new(model: &Model, picture: &Picture, reduced: &Reduced, output: Tensor) -> Result<Self> {
        let geometry = model.geometry()?;
        let encoding = model.task()?.output(geometry.out_channels)?;
        let &[_, _, out_height, out_width] = output.shape() else {
            return Err(Error::InvalidInput("the model's first output is not a picture".into()));
        };
        if let Some(scores) = encoding.scores(&output) {
            return Ok(Self::Scores(ClassScores::new(scores?)?));
        }
        match encoding.channels {
            Channels::Chroma if [out_height, out_width] == reduced.size => {
                Ok(Self::Chroma(Chroma::new(&output, encoding, &reduced.rgba)?))
            }
            Channels::Chroma => {
                let rgba = reduce(picture, [out_height, out_width])?;
                Ok(Self::Chroma(Chroma::new(&output, encoding, &rgba)?))
            }
            _ => {
                let mut small = Picture::new(out_width as u32, out_height as u32)?;
                let mut rgba = planar::opaque(small.rect())?;
                planar::paint(&mut rgba, &output, small.rect(), encoding)?;
                small.write(small.rect(), &rgba)?;
                Ok(Self::Picture(small))
            }
        }
    }

    /// Sets the hinted pixels of a picture of `size`, width and height, to exactly their colors: networks follow hints only
    /// approximately.
    pub(super) fn hint(&mut self, hints: &[ColorHint], size: (u32, u32)) {
        if let (Self::Chroma(chroma), false) = (self, hints.is_empty()) {
            chroma.hint(size, hints.iter().map(|&ColorHint { x, y, a, b }| ([x, y], [a, b])));
        }
    }

    /// The chroma, for a result whose lightness comes from elsewhere.
    pub(super) fn into_chroma(self) -> Result<Option<Chroma>> {
        Ok(match self {
            Self::Picture(small) => Some(Chroma::of(&small.region(small.rect())?, small.width() as usize)?),
            Self::Chroma(chroma) => Some(chroma),
            Self::Scores(_) => None,
        })
    }

    /// The result at `scale` times the picture's size.
    pub(super) async fn finish(
        &self,
        picture: &Picture,
        scale: u32,
        near: Option<[u32; 2]>,
        scheduler: &impl Scheduler,
        on_tile: &mut dyn FnMut(TileEvent),
    ) -> Result<Picture> {
        let source = ScaledSource { picture, scale };
        let size = checked_size(source.size())?;
        let mut result = Picture::new(size.0, size.1)?;
        let parts = output_tiles(result.rect(), near.map(|point| point.map(|at| at.saturating_mul(scale))));
        let tiles = parts.len();
        for (i, rect) in parts.into_iter().enumerate() {
            let mut rgba = source.region(rect)?;
            match self {
                Self::Chroma(chroma) => chroma.color(size, rect, &mut rgba),
                Self::Scores(scores) => scores.label(size, rect, &mut rgba),
                Self::Picture(small) => {
                    planar::set_colors(&mut rgba, &bicubic(size.0, size.1).region(small, rect)?)
                }
            }
            result.write(rect, &rgba)?;
            on_tile(TileEvent { rect, picture: &result, done: i + 1, tiles });
            scheduler.pause().await;
            if scheduler.stopped() {
                return Err(Error::Aborted);
            }
        }
        Ok(result)
    }
}
