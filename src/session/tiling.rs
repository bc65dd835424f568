//! Tile sizes whose buffers fit in memory.

use super::geometry::Geometry;
use super::model::{Model, peak_bytes};
use crate::error::{Error, Result};
use crate::order::ascending;
use crate::plan::{Prepared, Selection};
use crate::tile::{Span, spans};

/// Sides of tiles to try, in input pixels, from the largest. Larger tiles waste less on the halo, smaller
/// ones take less memory.
const LADDER: [usize; 10] = [1024, 896, 768, 512, 384, 256, 192, 128, 96, 64];
/// Memory for the buffers of one tile, in bytes, if the network can be tiled.
const TILE_BYTES: u64 = 224 << 20;
/// With several concurrent tiles: memory for all of them, and the minimum for each.
const TILES_BYTES: u64 = 320 << 20;
const LEAST_TILE_BYTES: u64 = 80 << 20;
/// Memory of a run that needs the whole frame: a browser tab gets little more.
const FRAME_BYTES: u64 = if cfg!(target_pointer_width = "32") { isize::MAX as u64 } else { 3 << 30 };

/// Tiling of one picture.
pub(super) struct Tiling {
    pub rows: Vec<Span>,
    pub columns: Vec<Span>,
    /// `[height, width]` of every tile.
    pub tile: [usize; 2],
    pub flops: u64,
    /// Memory of one tile, in bytes.
    pub peak_bytes: u64,
}

impl Tiling {
    pub(super) fn count(&self) -> usize {
        self.rows.len() * self.columns.len()
    }

    /// All tiles, `[row, column]`, in execution order.
    pub(super) fn order(&self, near: Option<[u32; 2]>) -> Vec<[&Span; 2]> {
        let row_by_row =
            self.rows.iter().flat_map(|row| self.columns.iter().map(move |column| [row, column]));
        let middle = |span: &Span, len: usize| (span.start + len / 2) as u64;
        nearest_first(row_by_row.collect(), near, |[row, column]| {
            [middle(column, self.tile[1]), middle(row, self.tile[0])]
        })
    }
}

/// Sorts parts by the distance of their center, `[x, y]`, from a point, if given.
pub(super) fn nearest_first<T: Copy>(
    parts: Vec<T>,
    near: Option<[u32; 2]>,
    middle: impl Fn(&T) -> [u64; 2],
) -> Vec<T> {
    let Some(near) = near else { return parts };
    let off = |part: &T| {
        let point = middle(part);
        let [dx, dy] = [0, 1].map(|i| point[i].abs_diff(near[i].into()));
        dx.saturating_mul(dx).saturating_add(dy.saturating_mul(dy))
    };
    let keys = parts.iter().enumerate().map(|(i, part)| [off(part), 0, i as u64]).collect();
    ascending(keys).into_iter().map(|[.., i]| parts[i as usize]).collect()
}

impl Model {
    pub(super) fn tiling(
        &self,
        geometry: &Geometry,
        size: [usize; 2],
        tile: Option<usize>,
    ) -> Result<Tiling> {
        let padded = [0, 1].map(|i| geometry.axes[i].accept(size[i]));
        let longest = padded[0].max(padded[1]);
        let sides: Vec<usize> = match tile {
            Some(side) => vec![side],
            None => LADDER.to_vec(),
        };
        let threads = self.device().threads();
        let limit =
            if threads == 1 { TILE_BYTES } else { (TILES_BYTES / threads as u64).max(LEAST_TILE_BYTES) };
        // If neither axis can be tiled, there is only one tiling.
        let whole = geometry.axes.iter().all(|axis| axis.sees_all() || axis.fixed);
        let mut refused = None;
        for side in if whole { vec![longest] } else { sides } {
            let attempt = || -> Result<Tiling> {
                let rows = spans(&geometry.axes[0], padded[0], side)?;
                let columns = spans(&geometry.axes[1], padded[1], side)?;
                let tile = [rows[0].len, columns[0].len];
                let cost = if whole { self.whole(geometry, tile) } else { self.cost(geometry, tile) };
                let (flops, peak_bytes) = cost?;
                Ok(Tiling { rows, columns, tile, flops, peak_bytes })
            };
            match attempt() {
                Ok(tiling) if whole || tile.is_some() => return Ok(tiling),
                Ok(tiling) if tiling.peak_bytes <= limit => {
                    return Ok(self.shared(geometry, padded, threads, &tiling).unwrap_or(tiling));
                }
                Ok(tiling) => {
                    let what = format!("a tile of {} × {} pixels", tiling.tile[1], tiling.tile[0]);
                    refused = Some(Error::TooLarge { what, needed: tiling.peak_bytes, limit });
                }
                Err(error) => refused = refused.or(Some(error)),
            }
        }
        Err(refused.unwrap_or_else(|| Error::InvalidInput("no size of tiles fits this model".into())))
    }

    /// Tiles no larger than those of `fitting` that several equally fast threads finish sooner.
    fn shared(
        &self,
        geometry: &Geometry,
        padded: [usize; 2],
        threads: usize,
        fitting: &Tiling,
    ) -> Option<Tiling> {
        if threads == 1 {
            return None;
        }
        let pixels = |rows: &[Span], columns: &[Span]| rows[0].len * columns[0].len;
        let each = |rows: &[Span], columns: &[Span]| {
            (rows.len() * columns.len()).div_ceil(threads) * pixels(rows, columns)
        };
        let room = pixels(&fitting.rows, &fitting.columns);
        let cut = |axis: usize| -> Vec<Vec<Span>> {
            let sides = (1..=2 * threads).map(|parts| padded[axis].div_ceil(parts)).chain(LADDER);
            sides.filter_map(|side| spans(&geometry.axes[axis], padded[axis], side).ok()).collect()
        };
        let (all_rows, all_columns) = (cut(0), cut(1));
        let pairs = all_rows.iter().flat_map(|rows| all_columns.iter().map(move |columns| (rows, columns)));
        let fit = pairs.filter(|(rows, columns)| pixels(rows, columns) <= room);
        let (rows, columns) = fit.min_by_key(|(rows, columns)| each(rows, columns))?;
        if each(rows, columns) >= each(&fitting.rows, &fitting.columns) {
            return None;
        }
        let tile = [rows[0].len, columns[0].len];
        let (flops, peak_bytes) = self.cost(geometry, tile).ok()?;
        Some(Tiling { rows: rows.clone(), columns: columns.clone(), tile, flops, peak_bytes })
    }

    /// FLOPs and bytes of a run on the whole frame, `[height, width]`; refuses frames that exceed any tab's
    /// memory. Frames that the GPU cannot bind run on the CPU.
    pub(super) fn whole(&self, geometry: &Geometry, size: [usize; 2]) -> Result<(u64, u64)> {
        let (flops, needed) = self.taken(&self.planned(geometry, size)?)?;
        if needed > FRAME_BYTES {
            let what = format!("this model sees the whole frame at once: {} × {} pixels", size[1], size[0]);
            return Err(Error::TooLarge { what, needed, limit: FRAME_BYTES });
        }
        Ok((flops, needed))
    }

    /// FLOPs and bytes of one tile; refuses tiles that the GPU in use cannot bind.
    pub(super) fn cost(&self, geometry: &Geometry, [h, w]: [usize; 2]) -> Result<(u64, u64)> {
        let prepared = self.planned(geometry, [h, w])?;
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
        self.taken(&prepared)
    }

    fn planned(&self, geometry: &Geometry, [h, w]: [usize; 2]) -> Result<Prepared> {
        let graph = self.pictures();
        let shapes = graph.input_shapes(self.task()?.port, [1, geometry.in_channels, h, w]);
        let facts = graph.facts(&shapes)?;
        Prepared::new(graph, &facts, &Selection::default())
    }

    fn taken(&self, prepared: &Prepared) -> Result<(u64, u64)> {
        Ok((prepared.flops, peak_bytes(&prepared.plan)?))
    }
}
