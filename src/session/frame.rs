//! Networks that see the whole frame at about the size they were trained at: the picture is reduced,
//! and what comes out is brought back to full size part by part.

use super::geometry::Geometry;
use super::host::Host;
use super::model::Model;
use super::process::{Estimate, TileEvent};
use super::tiling::nearest_first;
use crate::error::{Error, Result};
use crate::image::filter::{Filter, Interpolation, Resize};
use crate::image::planar::{self, Channels};
use crate::image::{Chroma, ClassScores, Picture, Rect};
use crate::tensor::Tensor;
use crate::tile::Axis;

/// Small pictures are enlarged at most by this.
const MAX_ENLARGEMENT: f64 = 4.0;
/// The longer side of the frame is at most this many times what the shorter one should be.
const MAX_ASPECT: f64 = 16.0;
/// Side of a part of the result, in pixels.
const PART: u32 = 512;

fn bicubic(width: u32, height: u32) -> Resize {
    Resize::to(width, height, Interpolation::Bicubic)
}

/// RGBA bytes of the picture at another size, `[height, width]`.
fn reduce(picture: &Picture, [height, width]: [usize; 2]) -> Result<Vec<u8>> {
    let (width, height) = (width as u32, height as u32);
    bicubic(width, height).region(picture, Rect::new(0, 0, width, height))
}

/// The whole frame as the network sees it.
pub(super) struct Reduced {
    /// `[height, width]`
    size: [usize; 2],
    rgba: Vec<u8>,
}

impl Reduced {
    /// # Errors
    /// `TooLarge` where a run on it would take more memory than there is.
    pub fn new(model: &Model, picture: &Picture, side: u32) -> Result<Self> {
        let geometry = model.geometry()?;
        let size = frame_size(geometry, side, [picture.height(), picture.width()]);
        model.whole(geometry, size)?;
        Ok(Self { size, rgba: reduce(picture, size)? })
    }

    /// The network's input.
    pub fn tensor(&self, model: &Model) -> Result<Tensor> {
        let encoding = model.task()?.input(model.geometry()?.in_channels)?;
        planar::read(&self.rgba, self.size[1], encoding)
    }
}

/// What a network made of the whole frame.
pub(super) enum Frame {
    Picture(Picture),
    Chroma(Chroma),
    Scores(ClassScores),
}

impl Model {
    pub(super) fn estimate_frame(
        &self,
        geometry: &Geometry,
        side: u32,
        [height, width]: [u32; 2],
    ) -> Result<Estimate> {
        let size = frame_size(geometry, side, [height, width]);
        let (flops, peak_bytes) = self.whole(geometry, size)?;
        let tiles = parts(Rect::new(0, 0, width, height), None).len();
        Ok(Estimate { width, height, tiles, flops, peak_bytes, exact: true })
    }
}

/// Height and width at which the network sees a picture of `[height, width]`: the shorter side is
/// about `side`, both are what the network accepts.
fn frame_size(geometry: &Geometry, side: u32, size: [u32; 2]) -> [usize; 2] {
    let [height, width] = size.map(f64::from);
    let side = f64::from(side);
    let factor = (side / height.min(width)).min(MAX_ENLARGEMENT).min(MAX_ASPECT * side / height.max(width));
    let nearest = |axis: &Axis, length: f64| {
        let length = length.round() as usize;
        let (below, above) = (axis.accept_below(length), axis.accept(length));
        if axis.fixed {
            axis.base.0
        } else if above.abs_diff(length) <= length.abs_diff(below) {
            above
        } else {
            below
        }
    };
    [nearest(&geometry.axes[0], height * factor), nearest(&geometry.axes[1], width * factor)]
}

/// Parts of a result in the order in which they are made.
pub(super) fn parts(all: Rect, near: Option<[u32; 2]>) -> Vec<Rect> {
    let mut parts = Vec::new();
    for y in (0..all.height).step_by(PART as usize) {
        for x in (0..all.width).step_by(PART as usize) {
            parts.push(Rect::new(x, y, PART.min(all.width - x), PART.min(all.height - y)));
        }
    }
    nearest_first(parts, near, |part| [part.x + part.width / 2, part.y + part.height / 2].map(u64::from))
}

impl Frame {
    /// Of what the network made of the reduced picture.
    pub fn new(model: &Model, picture: &Picture, reduced: &Reduced, output: Tensor) -> Result<Self> {
        let geometry = model.geometry()?;
        let encoding = model.task()?.output(geometry.out_channels)?;
        let &[_, _, out_height, out_width] = output.shape() else {
            return Err(Error::InvalidInput("the model's first output is not a picture".into()));
        };
        match encoding.channels {
            Channels::Chroma if [out_height, out_width] == reduced.size => {
                Ok(Self::Chroma(Chroma::new(&output, encoding, &reduced.rgba)?))
            }
            Channels::Chroma => {
                let rgba = reduce(picture, [out_height, out_width])?;
                Ok(Self::Chroma(Chroma::new(&output, encoding, &rgba)?))
            }
            Channels::Classes(_) => Ok(Self::Scores(ClassScores::new(output)?)),
            _ => {
                let mut small = Picture::new(out_width as u32, out_height as u32)?;
                let mut rgba = planar::opaque(small.rect())?;
                planar::paint(&mut rgba, &output, small.rect(), encoding)?;
                small.write(small.rect(), &rgba)?;
                Ok(Self::Picture(small))
            }
        }
    }

    /// Colours alone, for a result whose lightness comes from elsewhere.
    pub fn into_chroma(self) -> Result<Option<Chroma>> {
        Ok(match self {
            Self::Picture(small) => Some(Chroma::of(&small.region(small.rect())?, small.width() as usize)?),
            Self::Chroma(chroma) => Some(chroma),
            Self::Scores(_) => None,
        })
    }

    /// The result at the picture's own size.
    pub async fn finish(
        &self,
        picture: &Picture,
        near: Option<[u32; 2]>,
        host: &impl Host,
        on_tile: &mut dyn FnMut(TileEvent),
    ) -> Result<Picture> {
        let size = (picture.width(), picture.height());
        let mut result = Picture::new(size.0, size.1)?;
        let parts = parts(picture.rect(), near);
        let tiles = parts.len();
        for (i, rect) in parts.into_iter().enumerate() {
            let mut rgba = picture.region(rect)?;
            match self {
                Self::Chroma(chroma) => chroma.color(size, rect, &mut rgba),
                Self::Scores(scores) => scores.label(size, rect, &mut rgba),
                Self::Picture(small) => {
                    planar::set_colors(&mut rgba, &bicubic(size.0, size.1).region(small, rect)?)
                }
            }
            result.write(rect, &rgba)?;
            on_tile(TileEvent { rect, picture: &result, done: i + 1, tiles });
            host.pause().await;
            if host.stopped() {
                return Err(Error::Aborted);
            }
        }
        Ok(result)
    }
}
