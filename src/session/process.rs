//! Processing of pictures: sizes, tiles, and fallback to the CPU when a GPU fails.

use super::crew::Job;
use super::frame::{Frame, Reduced, output_tiles};
use super::geometry::Geometry;
use super::model::Model;
use super::optional::OptionalValues;
use super::scheduler::Scheduler;
use super::source::ScaledSource;
use super::stem::with_inputs;
use super::tile_progress::TileProgress;
use crate::error::{Error, Result};
use crate::image::planar::{self, Channels};
use crate::image::{Chroma, MAX_PIXELS, MAX_SIDE, Picture, Rect};
use crate::plan::Selection;
use crate::task::Tiling;
use crate::tensor::Tensor;
use crate::tile::Span;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// The cost of processing a picture, known in advance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Estimate {
    /// Width of the result.
    pub width: u32,
    /// Height of the result.
    pub height: u32,
    /// Number of parts in which the result is made.
    pub tiles: usize,
    /// Multiplications and additions of all tiles with their halos.
    pub flops: u64,
    /// Memory on the CPU in bytes: buffers of concurrent tiles, and weights.
    pub peak_bytes: u64,
    /// Number of concurrent tiles.
    pub threads: usize,
    /// Whether the network sees the picture at full size; false for a fixed-size network that sees the whole
    /// frame.
    pub exact: bool,
    /// Width and height to which the whole picture is resized for the network; `None` if it sees the
    /// picture at its own size or in tiles.
    pub frame: Option<[u32; 2]>,
}

/// Options of [`Model::process`].
#[derive(Debug, Clone, Default)]
pub struct ProcessOptions {
    /// Maximum side of tiles, in pixels of the network's view; `None`: as large as memory allows. Ignored if
    /// the task resizes the frame.
    pub tile: Option<usize>,
    /// Tiles nearest to this point of the picture, `[x, y]`, come first; `None`: row by row.
    pub near: Option<[u32; 2]>,
    /// Values for the network's optional inputs. With any, tiles run on one thread.
    pub values: OptionalValues,
}

impl From<Option<usize>> for ProcessOptions {
    fn from(tile: Option<usize>) -> Self {
        Self { tile, ..Self::default() }
    }
}

/// A finished tile of the result.
#[derive(Debug, Clone, Copy)]
pub struct TileEvent<'a> {
    /// Region of the result.
    pub rect: Rect,
    /// The result so far.
    pub picture: &'a Picture,
    /// Number of finished tiles, including this one.
    pub done: usize,
    /// Total number of tiles.
    pub tiles: usize,
}

/// A result, and the GPU's error if the CPU had to take over.
#[derive(Debug)]
pub struct Processed {
    /// The result at full size.
    pub picture: Picture,
    /// Error of the GPU, if the CPU finished the run.
    pub fallback: Option<Error>,
}

impl Model {
    /// Estimates the cost of [`Model::process`]. `tile` is the maximum side of tiles, in pixels of the
    /// network's view; it is ignored if the model sees the whole frame.
    ///
    /// # Errors
    /// As for [`Model::geometry`]; `PictureTooLarge` if the result would exceed the limits of pictures, and
    /// `TooLarge` if there is not enough memory.
    pub fn estimate(&self, width: u32, height: u32, tile: Option<usize>) -> Result<Estimate> {
        let geometry = self.geometry()?;
        let size = self.frame([height, width])?;
        let frame = size.map(|size| self.estimate_frame(size, (width, height))).transpose()?;
        if let (Some(frame), Tiling::Whole | Tiling::Tiles) = (&frame, self.task()?.tiling) {
            return Ok(frame.clone());
        }
        let scale = self.task()?.scale() as usize;
        let size = [height as usize * scale, width as usize * scale];
        let (width, height) = result_size(geometry, size)?;
        let tiling = self.tiling(geometry, size, tile)?;
        let threads = self.device().threads().min(tiling.count());
        Ok(Estimate {
            width,
            height,
            tiles: tiling.count(),
            flops: tiling.flops * tiling.count() as u64 + frame.as_ref().map_or(0, |frame| frame.flops),
            peak_bytes: (threads as u64 * tiling.peak_bytes).max(frame.map_or(0, |frame| frame.peak_bytes)),
            threads,
            exact: true,
            frame: None,
        })
    }

    /// Runs the model on a picture according to its task ([`crate::task`]): a large picture tile by tile,
    /// with the same result as in one piece. `on_tile` receives every finished tile. Alpha is carried over,
    /// and the colors of transparent pixels are replaced first ([`Picture::bled`]); classes give a label
    /// picture ([`crate::image::labels`]).
    ///
    /// If the GPU is lost or out of memory, the CPU continues after the last finished tile. On the CPU,
    /// [`super::Engine::threads`] tiles run at once.
    ///
    /// # Errors
    /// As for [`Model::estimate`] and [`Model::run`].
    pub async fn process(
        &self,
        picture: &Picture,
        options: impl Into<ProcessOptions>,
        scheduler: &impl Scheduler,
        mut on_tile: impl FnMut(TileEvent),
    ) -> Result<Processed> {
        let ProcessOptions { tile, near, values } = options.into();
        let geometry = self.geometry()?;
        let picture = &*picture.bled()?;
        let (mut fallback, mut chroma) = (None, None);
        let selection = Selection::default();
        let frame = self.frame([picture.height(), picture.width()])?;
        let told = self.told(&values, picture, frame)?;
        if let Some(size) = frame {
            let steps = TileProgress {
                scheduler,
                done: &Cell::new(0),
                tiles: output_tiles(picture.rect(), None).len(),
            };
            let reduced = Reduced::new(self, picture, size)?;
            let input = || Ok(vec![reduced.tensor(self)?]);
            let output = self
                .frame_outputs(told.clone(), &input, &selection, &steps, &mut fallback)
                .await?
                .swap_remove(0);
            let mut frame = Frame::new(self, picture, &reduced, output)?;
            frame.hint(&values.hints, picture.size());
            if self.task()?.tiling != Tiling::Both {
                let scale = self.frame_scale()?;
                let picture = frame.finish(picture, scale, near, scheduler, &mut on_tile).await?;
                return Ok(Processed { picture, fallback });
            }
            chroma = frame.into_chroma()?;
        }
        let graph = with_inputs(self.pictures(), told)?;
        let source = ScaledSource { picture, scale: self.task()?.scale() };
        let tiling = self.tiling(geometry, source.size(), tile)?;
        let (width, height) = result_size(geometry, source.size())?;
        let mut result = Picture::new(width, height)?;
        let near = near.map(|point| point.map(|at| at.saturating_mul(source.scale)));
        let place = |[row, column]: [&Span; 2]| {
            Some((Part::new(row, column, [height, width])?, [row.start, column.start]))
        };
        let parts: Vec<_> = tiling.order(near).into_iter().filter_map(place).collect();
        let encoding = self.task()?.input(geometry.in_channels)?;
        // Tiles that lie completely in the padding are skipped.
        let (tiles, done) = (tiling.count(), Cell::new(tiling.count() - parts.len()));
        // Helpers load the file without optional values.
        let alone = self.device().uses_gpu() || !Rc::ptr_eq(&graph, self.pictures());
        let job = Job {
            tiles: &parts,
            helpers: if alone { &RefCell::default() } else { self.device().helpers() },
            input: |(_, start): &(Part, [usize; 2])| source.padded(*start, tiling.tile, encoding),
            finish: |(part, _): &(Part, [usize; 2]), output| {
                let rgba = self.painted(&source, (width, height), &output, part, chroma.as_ref())?;
                result.write(part.place, &rgba)?;
                done.set(done.get() + 1);
                on_tile(TileEvent { rect: part.place, picture: &result, done: done.get(), tiles });
                Ok(())
            },
        };
        let steps = TileProgress { scheduler, done: &done, tiles };
        let here = async |input: &dyn Fn() -> Result<Tensor>| {
            let inputs = || Ok(vec![input()?]);
            Ok(self.outputs_of(&graph, &inputs, &selection, &steps, &mut fallback).await?.swap_remove(0))
        };
        job.run(scheduler, here).await?;
        Ok(Processed { picture: result, fallback })
    }

    /// RGBA bytes of a tile of the result, whose total size is `(width, height)`.
    pub(super) fn painted(
        &self,
        source: &ScaledSource,
        (width, height): (u32, u32),
        output: &Tensor,
        part: &Part,
        chroma: Option<&Chroma>,
    ) -> Result<Vec<u8>> {
        let geometry = self.geometry()?;
        let encoding = self.task()?.output(geometry.out_channels)?;
        // Chroma colors the picture that the network saw; any other output replaces it.
        let mut rgba = if encoding.channels == Channels::Chroma {
            source.region(part.place)?
        } else {
            planar::opaque(part.place)?
        };
        // Alpha is carried over if the result's size is a multiple of the source's.
        let picture = source.picture;
        if let Some(scale) = multiple((width, height), picture)
            && let Some(alpha) = planar::scaled_alpha(picture, part.place, scale)?
        {
            planar::set_alpha(&mut rgba, &alpha);
        }
        planar::paint(&mut rgba, output, part.within, encoding)?;
        if let Some(chroma) = chroma {
            chroma.color((width, height), part.place, &mut rgba);
        }
        Ok(rgba)
    }
}

/// Ratio of the result's size to the picture's, if it is an integer.
pub(super) fn multiple((width, height): (u32, u32), picture: &Picture) -> Option<u32> {
    let scale = width / picture.width().max(1);
    let follows = |side: u32, of: u32| u64::from(side) == u64::from(of) * u64::from(scale);
    (scale > 0 && follows(width, picture.width()) && follows(height, picture.height())).then_some(scale)
}

/// Width and height of the result for a view of `[height, width]`.
pub(super) fn result_size(geometry: &Geometry, size: [usize; 2]) -> Result<(u32, u32)> {
    let made = geometry.output_size(size);
    if made.contains(&0) {
        let message = format!("the model leaves nothing of a picture of {} × {} pixels", size[1], size[0]);
        return Err(Error::InvalidInput(message));
    }
    checked_size(made)
}

/// Checks the size `[height, width]` of a picture; returns width and height.
///
/// # Errors
/// `PictureTooLarge` above the limits.
pub(super) fn checked_size(size: [usize; 2]) -> Result<(u32, u32)> {
    let [height, width] = size.map(|side| u32::try_from(side).unwrap_or(u32::MAX));
    if width > MAX_SIDE || height > MAX_SIDE || u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(Error::PictureTooLarge { width, height, max_side: MAX_SIDE, max_pixels: MAX_PIXELS });
    }
    Ok((width, height))
}

/// The valid part of a tile's output, and its destination.
pub(super) struct Part {
    pub within: Rect,
    pub place: Rect,
}

impl Part {
    /// `None` if the tile lies completely in the padding.
    pub(super) fn new(row: &Span, column: &Span, [height, width]: [u32; 2]) -> Option<Self> {
        let (bottom, right) = (row.output.end.min(height as usize), column.output.end.min(width as usize));
        let h = bottom.checked_sub(row.output.start).filter(|&n| n > 0)? as u32;
        let w = right.checked_sub(column.output.start).filter(|&n| n > 0)? as u32;
        Some(Self {
            within: Rect::new(column.skip as u32, row.skip as u32, w, h),
            place: Rect::new(column.output.start as u32, row.output.start as u32, w, h),
        })
    }
}
