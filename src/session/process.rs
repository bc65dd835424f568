//! From picture to picture: sizes, tiles, and going on where a GPU gives up.

use super::geometry::Geometry;
use super::host::Host;
use super::model::{Model, peak_bytes, shapes_for};
use crate::error::{Error, Result};
use crate::image::planar::{self, Encoding};
use crate::image::{Picture, Rect};
use crate::plan::{Prepared, Selection};
use crate::tensor::Tensor;
use crate::tile::{Span, spans};

/// Longest sides of tiles that are tried, in input pixels, from the largest. Larger ones waste less
/// on the halo, smaller ones take less memory.
const LADDER: [usize; 9] = [1024, 768, 512, 384, 256, 192, 128, 96, 64];
/// Memory for the buffers of one tile, in bytes, where the network can be tiled.
const TILE_BYTES: u64 = 320 << 20;
/// What one run may take where the whole frame is needed: a browser tab gets little more.
const FRAME_BYTES: u64 = 3 << 30;

/// What processing a picture takes, known before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Estimate {
    /// Size of the result.
    pub width: u32,
    pub height: u32,
    pub tiles: usize,
    /// Multiplications and additions of all tiles with their halos.
    pub flops: u64,
    /// Buffers of one tile and the weights, in bytes, on the CPU.
    pub peak_bytes: u64,
    /// Whether tiles show exactly what the whole picture would. Not so where a model of fixed size
    /// sees its whole frame and the picture is larger.
    pub exact: bool,
}

/// How [`Model::process`] cuts a picture.
#[derive(Debug, Clone, Copy, Default)]
pub struct Cut {
    /// Bounds the sides of tiles, in input pixels; `None`: as large as memory allows.
    pub side: Option<usize>,
    /// Tiles nearest to this point of the input, `[x, y]`, come first; `None`: row by row.
    pub near: Option<[u32; 2]>,
}

impl From<Option<usize>> for Cut {
    fn from(side: Option<usize>) -> Self {
        Self { side, near: None }
    }
}

/// A finished tile of the result.
#[derive(Debug, Clone, Copy)]
pub struct TileEvent<'a> {
    pub rect: Rect,
    /// The result so far.
    pub picture: &'a Picture,
    pub done: usize,
    pub tiles: usize,
}

/// A result, and whether it was finished on the CPU because the GPU gave up.
#[derive(Debug)]
pub struct Processed {
    pub picture: Picture,
    pub fallback: Option<Error>,
}

/// Tiles of one picture.
struct Tiling {
    rows: Vec<Span>,
    columns: Vec<Span>,
    /// `[height, width]` of every tile.
    tile: [usize; 2],
    flops: u64,
    peak_bytes: u64,
}

impl Tiling {
    fn count(&self) -> usize {
        self.rows.len() * self.columns.len()
    }

    /// All tiles, `[row, column]`, in the order in which they are made.
    fn order(&self, near: Option<[u32; 2]>) -> Vec<[&Span; 2]> {
        let row_by_row =
            self.rows.iter().flat_map(|row| self.columns.iter().map(move |column| [row, column]));
        let mut order: Vec<_> = row_by_row.collect();
        if let Some([x, y]) = near {
            let off = |span: &Span, len: usize, at: u32| (span.start + len / 2).abs_diff(at as usize) as u64;
            order.sort_by_key(|[row, column]| {
                let (dy, dx) = (off(row, self.tile[0], y), off(column, self.tile[1], x));
                dy.saturating_mul(dy).saturating_add(dx.saturating_mul(dx))
            });
        }
        order
    }
}

impl Model {
    /// What [`Model::process`] would take. `tile` bounds the sides of tiles, in input pixels.
    ///
    /// # Errors
    /// Those of [`Model::geometry`], and `TooLarge` when the picture cannot be processed in the
    /// memory there is.
    pub fn estimate(&self, width: u32, height: u32, tile: Option<usize>) -> Result<Estimate> {
        let geometry = self.geometry()?;
        let tiling = self.tiling(geometry, [height as usize, width as usize], tile)?;
        let [h, w] = geometry.output_size([height as usize, width as usize]);
        Ok(Estimate {
            width: w as u32,
            height: h as u32,
            tiles: tiling.count(),
            flops: tiling.flops * tiling.count() as u64,
            peak_bytes: tiling.peak_bytes,
            exact: geometry.axes[0].exact(height as usize) && geometry.axes[1].exact(width as usize),
        })
    }

    /// Runs the model on a picture: tile by tile where it is large, each as exact as the whole.
    /// `on_tile` sees every tile as it is finished. Alpha is carried over.
    ///
    /// When the GPU is lost or out of memory, the CPU goes on from the last finished tile.
    ///
    /// # Errors
    /// Those of [`Model::estimate`] and [`Model::run`].
    pub async fn process(
        &self,
        picture: &Picture,
        cut: impl Into<Cut>,
        host: &impl Host,
        mut on_tile: impl FnMut(TileEvent),
    ) -> Result<Processed> {
        let cut = cut.into();
        let geometry = self.geometry()?;
        let size = [picture.height() as usize, picture.width() as usize];
        let tiling = self.tiling(geometry, size, cut.side)?;
        let [out_height, out_width] = geometry.output_size(size);
        let side = |v: usize| u32::try_from(v).unwrap_or(u32::MAX);
        let mut result = Picture::new(side(out_width), side(out_height))?;
        let mut fallback = None;
        let (mut done, tiles) = (0, tiling.count());
        for [row, column] in tiling.order(cut.near) {
            let part = Part::new(row, column, [out_height, out_width]);
            if let Some(part) = part {
                let steps = Steps { host, done, tiles };
                let output = self.tile(picture, &tiling, [row, column], &steps, &mut fallback).await?;
                self.write(picture, &mut result, &output, &part)?;
                done += 1;
                on_tile(TileEvent { rect: part.place, picture: &result, done, tiles });
            } else {
                done += 1;
            }
        }
        Ok(Processed { picture: result, fallback })
    }

    async fn tile(
        &self,
        picture: &Picture,
        tiling: &Tiling,
        [row, column]: [&Span; 2],
        host: &impl Host,
        fallback: &mut Option<Error>,
    ) -> Result<Tensor> {
        let task = self.task()?;
        let encoding = task.input(self.geometry()?.in_channels)?;
        let on_gpu = self.device().uses_gpu();
        loop {
            let input = padded(picture, [row.start, column.start], tiling.tile, encoding)?;
            let on_gpu = on_gpu && fallback.is_none();
            let result = self.run_ordered(vec![input], &Selection::default(), host, on_gpu).await;
            match result {
                Ok(mut outputs) => return Ok(outputs.swap_remove(0)),
                Err(error @ (Error::DeviceLost(_) | Error::GpuOutOfMemory(_))) if on_gpu => {
                    self.device().give_up(&error);
                    *fallback = Some(error);
                }
                Err(error) => return Err(error),
            }
        }
    }

    fn write(&self, source: &Picture, result: &mut Picture, output: &Tensor, part: &Part) -> Result<()> {
        let geometry = self.geometry()?;
        let encoding = self.task()?.output(geometry.out_channels)?;
        // Alpha follows where the result has the source's size or a whole multiple of it.
        let scale = result.width() / source.width().max(1);
        let follows = scale > 0
            && u64::from(result.width()) == u64::from(source.width()) * u64::from(scale)
            && u64::from(result.height()) == u64::from(source.height()) * u64::from(scale);
        let alpha = if follows { planar::scaled_alpha(source, part.place, scale)? } else { None };
        planar::write(result, (part.place.x, part.place.y), output, part.within, alpha.as_deref(), encoding)
    }

    fn tiling(&self, geometry: &Geometry, size: [usize; 2], tile: Option<usize>) -> Result<Tiling> {
        let padded = [0, 1].map(|i| geometry.axes[i].accept(size[i]));
        let longest = padded[0].max(padded[1]);
        let sides: Vec<usize> = match tile {
            Some(side) => vec![side],
            None => LADDER.to_vec(),
        };
        // Where no axis can be cut there is but one way.
        let whole = geometry.axes.iter().all(|axis| axis.reach.extent.is_none() || axis.fixed);
        let mut refused = None;
        for side in if whole { vec![longest] } else { sides } {
            let attempt = || -> Result<Tiling> {
                let rows = spans(&geometry.axes[0], padded[0], side)?;
                let columns = spans(&geometry.axes[1], padded[1], side)?;
                let tile = [rows[0].len, columns[0].len];
                let (flops, peak_bytes) = self.cost(geometry, tile)?;
                Ok(Tiling { rows, columns, tile, flops, peak_bytes })
            };
            match attempt() {
                Ok(tiling) if whole && tiling.peak_bytes > FRAME_BYTES => {
                    return Err(Error::TooLarge {
                        what: format!(
                            "this model sees the whole frame at once: {} × {} pixels",
                            size[1], size[0]
                        ),
                        needed: tiling.peak_bytes,
                        limit: FRAME_BYTES,
                    });
                }
                Ok(tiling) if whole || tile.is_some() || tiling.peak_bytes <= TILE_BYTES => {
                    return Ok(tiling);
                }
                Ok(tiling) => {
                    let what = format!("a tile of {} × {} pixels", tiling.tile[1], tiling.tile[0]);
                    refused = Some(Error::TooLarge { what, needed: tiling.peak_bytes, limit: TILE_BYTES });
                }
                Err(error) => refused = refused.or(Some(error)),
            }
        }
        Err(refused.unwrap_or_else(|| Error::InvalidInput("no size of tiles fits this model".into())))
    }

    /// FLOPs and bytes of one tile; refuses what a GPU in use cannot bind.
    fn cost(&self, geometry: &Geometry, [h, w]: [usize; 2]) -> Result<(u64, u64)> {
        let shapes = shapes_for(self.graph(), self.task()?.port, [1, geometry.in_channels, h, w]);
        let facts = self.graph().facts(&shapes)?;
        let prepared = Prepared::new(self.graph(), &facts, &Selection::default())?;
        #[cfg(feature = "gpu")]
        if let Some(gpu) = self.device().gpu().filter(|_| self.device().uses_gpu()) {
            let (needed, limit) = (prepared.plan.largest_value_bytes(), gpu.max_value_bytes());
            if needed > limit {
                return Err(Error::TooLarge {
                    what: format!("a tile of {w} × {h} pixels on this GPU"),
                    needed,
                    limit,
                });
            }
        }
        Ok((prepared.plan.flops(), peak_bytes(&prepared.plan)?))
    }
}

/// Which part of a tile's output is kept, and where it goes.
struct Part {
    within: Rect,
    place: Rect,
}

impl Part {
    /// `None` where all of the tile lies in the padding.
    fn new(row: &Span, column: &Span, [height, width]: [usize; 2]) -> Option<Self> {
        let (bottom, right) = (row.output.end.min(height), column.output.end.min(width));
        let h = bottom.checked_sub(row.output.start).filter(|&n| n > 0)? as u32;
        let w = right.checked_sub(column.output.start).filter(|&n| n > 0)? as u32;
        Some(Self {
            within: Rect::new(column.skip as u32, row.skip as u32, w, h),
            place: Rect::new(column.output.start as u32, row.output.start as u32, w, h),
        })
    }
}

/// The region at `[y, x]` of exactly this size, `[height, width]`; beyond the right and lower border
/// the last pixels repeat (`torch.nn.functional.pad(mode="replicate")`).
fn padded(picture: &Picture, [y, x]: [usize; 2], [h, w]: [usize; 2], encoding: Encoding) -> Result<Tensor> {
    let (inner_h, inner_w) = (h.min(picture.height() as usize - y), w.min(picture.width() as usize - x));
    let rect = Rect::new(x as u32, y as u32, inner_w as u32, inner_h as u32);
    let inside = planar::read(picture, rect, encoding)?;
    if (inner_h, inner_w) == (h, w) {
        return Ok(inside);
    }
    let channels = inside.shape()[1];
    let values = inside.as_f32().unwrap_or(&[]);
    let mut all = Vec::new();
    let len = channels * h * w;
    all.try_reserve_exact(len).map_err(|_| Error::OutOfMemory(4 * len as u64))?;
    for plane in values.chunks_exact(inner_h * inner_w) {
        for row in 0..h {
            let line = &plane[row.min(inner_h - 1) * inner_w..][..inner_w];
            all.extend_from_slice(line);
            all.extend(std::iter::repeat_n(line[inner_w - 1], w - inner_w));
        }
    }
    Tensor::f32([1, channels, h, w], all)
}

/// Progress of one tile as a share of all.
struct Steps<'a, H> {
    host: &'a H,
    done: usize,
    tiles: usize,
}

impl<H: Host> Host for Steps<'_, H> {
    fn now(&self) -> f64 {
        self.host.now()
    }

    async fn pause(&self) {
        self.host.pause().await;
    }

    fn stopped(&self) -> bool {
        self.host.stopped()
    }

    fn progress(&self, fraction: f32) {
        self.host.progress((self.done as f32 + fraction) / self.tiles.max(1) as f32);
    }
}
