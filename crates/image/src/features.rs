//! Pictures of values inside a network: feature maps, and the positions of max-pooling's maxima.

use super::filter::Sign;
use super::tile::zeroed;
use super::{Picture, RGBA, Rect, labels};
use unet_kernels::error::{Error, Result};
use unet_kernels::tensor::{Data, Tensor};

/// Maximum number of window positions with distinct colors.
const MAX_PLACES: usize = 64;
/// Maximum gap between maps, in pixels.
const MAX_GAP: u32 = 64;

/// Channels of one value. Shapes are read as `[N, C, H, W]`, `[C, H, W]`, `[N, C]` and `[C]`, giving N·C
/// channels of H × W or 1 × 1 pixels.
#[derive(Debug, Clone)]
pub struct Features {
    tensor: Tensor,
    /// N·C.
    pub channels: usize,
    /// Width of each channel, in pixels.
    pub width: usize,
    /// Height of each channel, in pixels.
    pub height: usize,
    /// Minimum and maximum finite value of each channel, in pairs; zeros if there are none.
    pub ranges: Vec<f32>,
    /// Minimum and maximum over all channels.
    pub range: [f32; 2],
    /// Geometry of the pooling, if the value holds max-pooling's positions.
    pub positions: Option<Positions>,
}

/// Encoding of maxima's positions, and the windows they lie in; pairs are `[y, x]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Positions {
    /// Size of the pooled planes.
    pub plane: [usize; 2],
    /// Whether positions count down the columns.
    pub by_columns: bool,
    /// Geometry of the pooling.
    pub window: unet_kernels::Window,
}

impl Positions {
    /// Index of the maximum within the window of output pixel `[y, x]`, row by row from 0.
    fn place(&self, position: i64, at: [usize; 2]) -> Option<usize> {
        let [height, width] = self.plane;
        let position = usize::try_from(position).ok()? % (height * width).max(1);
        let found = if self.by_columns {
            [position % height, position / height]
        } else {
            [position / width, position % width]
        };
        let along = |axis: usize| {
            let kernel = self.window.kernel[axis];
            (0..kernel)
                .find(|&u| self.window.source(axis, at[axis], u, self.plane[axis]) == Some(found[axis]))
        };
        Some(along(0)? * self.window.kernel[1] + along(1)?)
    }
}

/// Value range that black and white stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// Each channel's own range.
    Local,
    /// The range of all channels.
    Global,
}

/// Color scale for values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colors {
    /// Black to white.
    Gray,
    /// Blue below zero, near white at zero, red above; the greatest magnitude is deepest.
    Signed,
}

/// Selection and arrangement of the channels to draw.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grid {
    /// First channel.
    pub first: usize,
    /// Number of channels.
    pub count: usize,
    /// Number of maps side by side.
    pub columns: usize,
    /// Transparent pixels between maps.
    pub gap: u32,
    /// Value range of the color scale.
    pub scale: Scale,
    /// The color scale.
    pub colors: Colors,
}

impl Features {
    /// Channels of a value; `positions` if it holds max-pooling's positions.
    ///
    /// # Errors
    /// `InvalidInput` for a value of more than four dimensions, or for an empty tensor.
    pub fn new(tensor: Tensor, positions: Option<Positions>) -> Result<Self> {
        let [channels, height, width] = match *tensor.shape() {
            [] => [1, 1, 1],
            [c] => [c, 1, 1],
            [n, c] => [n * c, 1, 1],
            [c, h, w] => [c, h, w],
            [n, c, h, w] => [n * c, h, w],
            _ => {
                let shape = tensor.shape();
                let message =
                    format!("a value of shape {shape:?} has no maps: it has more than four dimensions");
                return Err(Error::InvalidInput(message));
            }
        };
        if tensor.is_empty() {
            return Err(Error::InvalidInput(format!("a value of shape {:?} is empty", tensor.shape())));
        }
        let positions =
            positions.filter(|p| p.window.kernel[0].saturating_mul(p.window.kernel[1]) <= MAX_PLACES);
        let mut features =
            Self { tensor, channels, width, height, ranges: vec![], range: [0.0; 2], positions };
        let mut all = [f32::INFINITY, f32::NEG_INFINITY];
        for channel in 0..channels {
            let mut own = [f32::INFINITY, f32::NEG_INFINITY];
            for i in 0..width * height {
                let value = features.at(channel * width * height + i);
                if value.is_finite() {
                    own = [own[0].min(value), own[1].max(value)];
                }
            }
            all = [all[0].min(own[0]), all[1].max(own[1])];
            features.ranges.extend(or_zero(own));
        }
        features.range = or_zero(all);
        Ok(features)
    }

    /// Dimensions of the value.
    pub fn shape(&self) -> &[usize] {
        self.tensor.shape()
    }

    /// Whether the elements are integers.
    pub fn is_integer(&self) -> bool {
        matches!(self.tensor.data(), Data::I64(_))
    }

    fn at(&self, index: usize) -> f32 {
        match self.tensor.data() {
            Data::F32(values) => values[index],
            Data::I64(values) => values[index] as f32,
        }
    }

    /// A single value.
    ///
    /// # Errors
    /// `InvalidInput` if it does not exist.
    pub fn value(&self, channel: usize, x: usize, y: usize) -> Result<f64> {
        if channel >= self.channels || x >= self.width || y >= self.height {
            return Err(Error::InvalidInput(format!(
                "channel {channel}, x {x}, y {y} is outside {} maps of {} × {}",
                self.channels, self.width, self.height
            )));
        }
        let index = (channel * self.height + y) * self.width + x;
        Ok(match self.tensor.data() {
            Data::F32(values) => f64::from(values[index]),
            Data::I64(values) => values[index] as f64,
        })
    }

    /// Colors of the window positions, row by row; empty unless the value holds positions.
    pub fn places(&self) -> Vec<[u8; 3]> {
        let count = self.positions.map_or(0, |p| p.window.kernel[0] * p.window.kernel[1]);
        // The first is black, which means no position.
        (0..count).map(|i| labels::color(1 + (i % 7) as u8)).collect()
    }

    /// Draws channels side by side, one pixel per value. Positions of maxima are drawn as their index within
    /// the window, in the colors of [`Features::places`].
    ///
    /// # Errors
    /// `InvalidInput` if there are no such channels or the gap exceeds 64, `PictureTooLarge`, `OutOfMemory`.
    pub fn picture(&self, grid: Grid) -> Result<Picture> {
        let Grid { first, count, columns, gap, .. } = grid;
        let exists = count > 0 && first.checked_add(count).is_some_and(|end| end <= self.channels);
        if !exists {
            let message =
                format!("{count} maps from {first} on were requested; there are {} in all", self.channels);
            return Err(Error::InvalidInput(message));
        }
        if columns == 0 || gap > MAX_GAP {
            return Err(Error::InvalidInput("a grid needs columns, and gaps of at most 64 pixels".into()));
        }
        let columns = columns.min(count);
        let side = |maps: usize, len: usize| {
            let all = (maps as u64).checked_mul(len as u64 + u64::from(gap)).map(|all| all - u64::from(gap));
            all.and_then(|all| u32::try_from(all).ok()).unwrap_or(u32::MAX)
        };
        let (width, height) = (side(columns, self.width), side(count.div_ceil(columns), self.height));
        let mut picture = Picture::new(width, height)?;
        let places = self.places();
        let colors = palette(grid.colors);
        let mut band = zeroed(width as usize * self.height * RGBA)?;
        for row in 0..count.div_ceil(columns) {
            band.fill(0);
            let channels = first + row * columns..(first + (row + 1) * columns).min(first + count);
            for (column, channel) in channels.enumerate() {
                let left = column * (self.width + gap as usize);
                let shade = Shade::new(self.scaled(channel, grid.scale), grid.colors, &colors);
                for y in 0..self.height {
                    let to = &mut band[(y * width as usize + left) * RGBA..][..self.width * RGBA];
                    for (x, pixel) in to.as_chunks_mut::<RGBA>().0.iter_mut().enumerate() {
                        let index = (channel * self.height + y) * self.width + x;
                        let [r, g, b] = self.color(index, [y, x], &shade, &places);
                        *pixel = [r, g, b, 255];
                    }
                }
            }
            let top = row as u32 * (self.height as u32 + gap);
            picture.write(Rect::new(0, top, width, self.height as u32), &band)?;
        }
        Ok(picture)
    }

    /// Color of the value at output pixel `[y, x]`.
    // Not in the loops, which would be copied for every kind of value.
    #[inline(never)]
    fn color(&self, index: usize, at: [usize; 2], shade: &Shade, places: &[[u8; 3]]) -> [u8; 3] {
        match (&self.positions, self.tensor.data()) {
            (Some(positions), Data::I64(values)) => {
                positions.place(values[index], at).map_or([0; 3], |place| places[place])
            }
            _ => shade.color(self.at(index)),
        }
    }

    fn scaled(&self, channel: usize, scale: Scale) -> [f32; 2] {
        match scale {
            Scale::Local => [self.ranges[2 * channel], self.ranges[2 * channel + 1]],
            Scale::Global => self.range,
        }
    }
}

/// Colors from minimum to maximum; signed scales have an odd number of colors, the middle one for zero.
fn palette(colors: Colors) -> Vec<[u8; 3]> {
    match colors {
        Colors::Gray => (0..=u8::MAX).map(|v| [v; 3]).collect(),
        Colors::Signed => (-127..=127).map(|i| Sign::Signed.color(i as f32 / 127.0)).collect(),
    }
}

fn or_zero([min, max]: [f32; 2]) -> [f32; 2] {
    if min <= max { [min, max] } else { [0.0; 2] }
}

/// Mapping from values to colors.
struct Shade<'a> {
    colors: &'a [[u8; 3]],
    /// Halved, because the span of all floats overflows.
    least: f32,
    span: f32,
    /// Color of NaN, and of every value if all are zero.
    neutral: usize,
}

impl<'a> Shade<'a> {
    fn new([min, max]: [f32; 2], of: Colors, colors: &'a [[u8; 3]]) -> Self {
        match of {
            Colors::Gray => Self { colors, least: min / 2.0, span: max / 2.0 - min / 2.0, neutral: 0 },
            Colors::Signed => {
                let greatest = max.max(-min);
                Self { colors, least: -greatest / 2.0, span: greatest, neutral: colors.len() / 2 }
            }
        }
    }

    fn color(&self, value: f32) -> [u8; 3] {
        let (unit, last) = ((value / 2.0 - self.least) / self.span, self.colors.len() - 1);
        let index = if unit.is_nan() { self.neutral } else { (unit * last as f32 + 0.5) as usize };
        self.colors[index.min(last)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use unet_kernels::Window;

    fn features(shape: &[usize], values: Vec<f32>) -> Features {
        Features::new(Tensor::f32(shape, values).unwrap(), None).unwrap()
    }

    fn grid(count: usize, columns: usize, scale: Scale, colors: Colors) -> Grid {
        Grid { first: 0, count, columns, gap: 1, scale, colors }
    }

    fn reds(features: &Features, grid: Grid) -> (u32, u32, Vec<(u8, u8)>) {
        let picture = features.picture(grid).unwrap();
        let rgba = picture.region(picture.rect()).unwrap();
        (picture.width(), picture.height(), rgba.as_chunks::<RGBA>().0.iter().map(|p| (p[0], p[3])).collect())
    }

    #[test]
    fn every_rank_up_to_four_has_maps() {
        for (shape, wanted) in [
            (vec![], [1, 1, 1]),
            (vec![6], [6, 1, 1]),
            (vec![2, 3], [6, 1, 1]),
            (vec![3, 1, 2], [3, 1, 2]),
            (vec![2, 2, 3, 5], [4, 3, 5]),
        ] {
            let len = shape.iter().product();
            let told = features(&shape, vec![1.5; len]);
            assert_eq!([told.channels, told.height, told.width], wanted, "{shape:?}");
            assert_eq!((told.range, told.ranges.len()), ([1.5; 2], 2 * told.channels));
        }
        for shape in [vec![1, 1, 1, 1, 1], vec![1, 0, 2, 2]] {
            let len = shape.iter().product();
            let error = Features::new(Tensor::f32(&*shape, vec![0.0; len]).unwrap(), None).unwrap_err();
            assert_eq!(error.code(), "invalid-input");
            assert!(error.to_string().contains(&format!("{shape:?}")), "{error}");
        }
    }

    #[test]
    fn maps_form_a_grid_with_gaps() {
        let told = features(&[1, 3, 1, 2], vec![0.0, 1.0, 2.0, 4.0, -4.0, 4.0]);
        assert_eq!((told.range, &told.ranges[..]), ([-4.0, 4.0], &[0.0, 1.0, 2.0, 4.0, -4.0, 4.0][..]));
        let (width, height, pixels) = reds(&told, grid(3, 2, Scale::Local, Colors::Gray));
        assert_eq!((width, height), (5, 3));
        let gap = (0, 0);
        let (low, high) = ((0, 255), (255, 255));
        assert_eq!(pixels, [low, high, gap, low, high, gap, gap, gap, gap, gap, low, high, gap, gap, gap]);
        let (.., global) = reds(&told, grid(1, 9, Scale::Global, Colors::Gray));
        assert_eq!(global, [(128, 255), (159, 255)]);
        let last = Grid { first: 2, ..grid(1, 1, Scale::Local, Colors::Gray) };
        assert_eq!(reds(&told, last), (2, 1, vec![low, high]));
    }

    #[test]
    fn signed_colors_are_neutral_at_zero() {
        let told = features(&[1, 1, 1, 5], vec![-2.0, 0.0, 1.0, f32::NAN, f32::NEG_INFINITY]);
        assert_eq!(told.range, [-2.0, 1.0]);
        let picture = told.picture(grid(1, 1, Scale::Local, Colors::Signed)).unwrap();
        let rgba = picture.region(picture.rect()).unwrap();
        let at = |i: usize| [rgba[4 * i], rgba[4 * i + 1], rgba[4 * i + 2]];
        assert_eq!([at(0), at(1)], [Sign::Signed.color(-1.0), Sign::Signed.color(0.0)]);
        assert_eq!([at(2), at(3), at(4)], [Sign::Signed.color(64.0 / 127.0), at(1), at(0)]);
        let zeros = features(&[1, 1, 1, 1], vec![0.0]);
        let picture = zeros.picture(grid(1, 1, Scale::Global, Colors::Signed)).unwrap();
        assert_eq!(picture.region(picture.rect()).unwrap()[..3], Sign::Signed.color(0.0));
        let widest = features(&[2], vec![f32::MIN, f32::MAX]);
        assert_eq!(reds(&widest, grid(2, 2, Scale::Global, Colors::Gray)).2, [(0, 255), (0, 0), (255, 255)]);
    }

    #[test]
    fn positions_show_their_index_in_the_window() {
        let window = Window { kernel: [2, 2], stride: [2, 2], dilation: [1, 1], pad_begin: [0, 0] };
        let rows = Positions { plane: [2, 6], by_columns: false, window };
        // Two planes, numbered through; the last position is in another window.
        let told = |values: Vec<i64>, positions| {
            Features::new(Tensor::i64([1, 2, 1, 3], values).unwrap(), Some(positions)).unwrap()
        };
        let by_rows = told(vec![0, 3, 10, 12 + 7, 12 + 8, 12], rows);
        assert!(by_rows.is_integer() && by_rows.value(1, 0, 0).unwrap() == 19.0);
        let places = by_rows.places();
        assert_eq!(places.len(), 4);
        let drawn = |features: &Features| {
            let picture =
                features.picture(Grid { gap: 0, ..grid(2, 2, Scale::Local, Colors::Gray) }).unwrap();
            let rgba = picture.region(picture.rect()).unwrap();
            rgba.as_chunks::<RGBA>().0.iter().map(|p| [p[0], p[1], p[2]]).collect::<Vec<_>>()
        };
        let wanted = [places[0], places[1], places[2], places[3], places[2], [0; 3]];
        assert_eq!(drawn(&by_rows), wanted);
        let by_columns = told(vec![0, 6, 9, 12 + 3, 12 + 5, 12 + 1], Positions { by_columns: true, ..rows });
        assert_eq!(drawn(&by_columns), [places[0], places[1], places[2], places[3], places[2], [0; 3]]);
    }

    #[test]
    fn missing_channels_are_refused() {
        let told = features(&[1, 3, 2, 2], vec![0.0; 12]);
        let fine = grid(3, 2, Scale::Local, Colors::Gray);
        for wrong in [
            Grid { count: 0, ..fine },
            Grid { count: 4, ..fine },
            Grid { first: usize::MAX, ..fine },
            Grid { columns: 0, ..fine },
            Grid { gap: 65, ..fine },
        ] {
            assert_eq!(told.picture(wrong).unwrap_err().code(), "invalid-input", "{wrong:?}");
        }
        let long = features(&[70_000], vec![0.0; 70_000]);
        let error = long.picture(grid(70_000, 70_000, Scale::Local, Colors::Gray)).unwrap_err();
        assert_eq!(error.code(), "picture-too-large");
        for (c, x, y) in [(3, 0, 0), (0, 2, 0), (0, 0, 2)] {
            assert_eq!(told.value(c, x, y).unwrap_err().code(), "invalid-input");
        }
    }
}
