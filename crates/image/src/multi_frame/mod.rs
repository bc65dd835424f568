//! Multi-frame super-resolution: one sharp picture from several small ones, each shifted by a fraction of a
//! pixel (Park, Park and Kang, *Super-Resolution Image Reconstruction: A Technical Overview*, 2003).
//!
//! The small pictures are registered to the first by phase correlation and fused by shift-and-add on the fine
//! grid; their differences from the result are back-projected (Irani and Peleg 1991) with Nesterov's momentum
//! (1983).

mod fft;
mod register;

pub use register::registered;

use super::filter::{
    Filter, Interpolation, Pixel, Resize, Tap, Taps, add, apply, copied, resampled, weighted, with_hidden,
    zeros,
};
use super::noise::uniform;
use super::reduce::straight;
use super::{Picture, Rect};
use unet_kernels::error::{Error, Result};

const BICUBIC: Interpolation = Interpolation::Bicubic;
/// Number of back-projection steps.
const STEPS: usize = 10;
/// Side of the blocks in which results are computed, so that a region equals that of the whole.
const BLOCK: u32 = 256;
/// Margin around a block that is taken into account, in pixels of the small pictures.
const MARGIN: u32 = 12;
/// Maximum number of pictures.
const MOST: u32 = 16;

/// Small pictures of one scene, with their shifts.
#[derive(Debug, Clone)]
pub struct MultiFrame {
    frames: Vec<Picture>,
    /// Shifts in small pixels; 0 for the first.
    shifts: Vec<[f64; 2]>,
    scale: u32,
}

impl MultiFrame {
    /// Registers the pictures to the first of them. `scale`: enlargement of the result, 1 to 8.
    ///
    /// # Errors
    /// `InvalidInput` without pictures, if sizes differ, or if `scale` is out of range; `OutOfMemory`.
    pub fn new(frames: Vec<Picture>, scale: u32) -> Result<Self> {
        // This checks the scale.
        Resize::up(scale, BICUBIC)?;
        let Some(first) = frames.first() else {
            return Err(Error::InvalidInput("there are no pictures to fuse".into()));
        };
        let mut shifts = vec![[0.0; 2]];
        for frame in &frames[1..] {
            shifts.push(registered(first, frame)?);
        }
        Ok(Self { frames, shifts, scale })
    }

    /// Simulates small pictures of a full-size scene: `count` (1 to 16) reductions by `scale` (antialiased
    /// bicubic), the first unshifted, the others with random shifts of up to half a small pixel each way.
    ///
    /// # Errors
    /// As for [`Self::new`].
    pub fn simulated(scene: &Picture, scale: u32, count: u32, seed: u32) -> Result<Self> {
        if !(1..=MOST).contains(&count) {
            return Err(Error::InvalidInput(format!(
                "the number of pictures must be from 1 to {MOST}, not {count}"
            )));
        }
        let reduce = Resize::down(scale, BICUBIC)?;
        let frames = (0..count)
            .map(|index| apply(&reduce.clone().shifted(simulated_shift(scale, index, seed)), scene))
            .collect::<Result<_>>()?;
        Self::new(frames, scale)
    }

    /// The picture that the others are registered to.
    pub fn first(&self) -> &Picture {
        &self.frames[0]
    }

    /// Registered shift of each picture against the first, in its own pixels right and down.
    pub fn shifts(&self) -> &[[f64; 2]] {
        &self.shifts
    }

    /// Computes a block of the result; `opaque`: whether alpha is ignored.
    fn block(&self, block: Rect, opaque: bool) -> Result<Vec<Pixel>> {
        let [along_x, along_y] = [
            Span::around(block.x, block.width, self.frames[0].width(), self.scale),
            Span::around(block.y, block.height, self.frames[0].height(), self.scale),
        ];
        let window = Rect::new(along_x.start, along_y.start, along_x.len, along_y.len);
        let views = self.frames.iter().zip(&self.shifts).map(|(frame, &[dx, dy])| {
            Ok(View {
                seen: weighted(&frame.region(window)?, opaque)?,
                x: Axis::new(along_x.len, self.scale, dx),
                y: Axis::new(along_y.len, self.scale, dy),
            })
        });
        let made = fused(&views.collect::<Result<Vec<View>>>()?)?;
        let stride = (along_x.len * self.scale) as usize;
        let (left, top) = (block.x - along_x.start * self.scale, block.y - along_y.start * self.scale);
        let rows = made.chunks_exact(stride).skip(top as usize).take(block.height as usize);
        Ok(rows.flat_map(|row| &row[left as usize..][..block.width as usize]).copied().collect())
    }
}

/// Shift of a simulated picture, in pixels of the scene.
pub fn simulated_shift(scale: u32, index: u32, seed: u32) -> [f64; 2] {
    let random = |channel| f64::from(scale) * (uniform(seed, index, 0, channel) - 0.5);
    if index == 0 { [0.0; 2] } else { [random(0), random(1)] }
}

/// The source is the first of the pictures.
impl Filter for MultiFrame {
    fn size(&self, _: u32, _: u32) -> Result<(u32, u32)> {
        let (width, height) = self.frames[0].size();
        Ok((width.saturating_mul(self.scale), height.saturating_mul(self.scale)))
    }

    fn region(&self, _: &Picture, rect: Rect) -> Result<Vec<u8>> {
        let (width, height) = self.size(0, 0)?;
        with_hidden(|opaque| {
            let mut result = Picture::new(rect.width, rect.height)?;
            for y in (rect.y / BLOCK * BLOCK..rect.y + rect.height).step_by(BLOCK as usize) {
                for x in (rect.x / BLOCK * BLOCK..rect.x + rect.width).step_by(BLOCK as usize) {
                    let block = Rect::new(x, y, BLOCK.min(width - x), BLOCK.min(height - y));
                    let made = self.block(block, opaque)?;
                    let pixels: Vec<u8> = made.iter().flat_map(straight).collect();
                    let whole = Picture::from_rgba(block.width, block.height, &pixels)?;
                    let (left, top) = (x.max(rect.x), y.max(rect.y));
                    let right = (x + block.width).min(rect.x + rect.width);
                    let bottom = (y + block.height).min(rect.y + rect.height);
                    let part = Rect::new(left - x, top - y, right - left, bottom - top);
                    let place = Rect { x: left - rect.x, y: top - rect.y, ..part };
                    result.write(place, &whole.region(part)?)?;
                }
            }
            result.region(result.rect())
        })
    }
}

/// Range of the small pictures' pixels along one axis that a block needs.
struct Span {
    start: u32,
    len: u32,
}

impl Span {
    fn around(first: u32, len: u32, side: u32, scale: u32) -> Self {
        let start = (first / scale).saturating_sub(MARGIN);
        Self { start, len: ((first + len).div_ceil(scale) + MARGIN).min(side) - start }
    }
}

/// A small picture's view of a window, with the resampling between it and the window's fine grid, axis by
/// axis.
struct View {
    seen: Vec<Pixel>,
    x: Axis,
    y: Axis,
}

impl View {
    fn enlarged(&self, small: &[Pixel]) -> Result<Vec<Pixel>> {
        resampled(small, self.x.down.len(), &self.x.up, &self.y.up)
    }

    fn reduced(&self, fine: &[Pixel]) -> Result<Vec<Pixel>> {
        resampled(fine, self.x.up.len(), &self.x.down, &self.y.down)
    }
}

struct Axis {
    down: Vec<Tap>,
    up: Vec<Tap>,
}

impl Axis {
    /// `shift` is in small pixels.
    fn new(len: u32, scale: u32, shift: f64) -> Self {
        let fine = len * scale;
        let taps = |from, to, shift| Taps::shifted(BICUBIC, from, to, 0, to, shift).counted_from(0);
        Self { down: taps(fine, len, shift * f64::from(scale)), up: taps(len, fine, -shift) }
    }
}

/// Fuses the views on the window's fine grid.
fn fused(views: &[View]) -> Result<Vec<Pixel>> {
    let share = 1.0 / views.len() as f32;
    let fine = [views[0].x.up.len(), views[0].y.up.len()];
    let mut made = zeros(fine[0] * fine[1])?;
    for view in views {
        add(&mut made, &view.enlarged(&view.seen)?, share);
    }
    let mut ahead = copied(&made)?;
    for step in 0..STEPS {
        let mut next = copied(&ahead)?;
        for view in views {
            let mut lacking = view.reduced(&ahead)?;
            for (lacking, seen) in lacking.iter_mut().zip(&view.seen) {
                *lacking = [0, 1, 2, 3].map(|channel| seen[channel] - lacking[channel]);
            }
            add(&mut next, &view.enlarged(&lacking)?, share);
        }
        let momentum = step as f32 / (step as f32 + 3.0);
        for ((ahead, last), now) in ahead.iter_mut().zip(&made).zip(&next) {
            *ahead = [0, 1, 2, 3].map(|channel| now[channel] + momentum * (now[channel] - last[channel]));
        }
        made = next;
    }
    Ok(made)
}
