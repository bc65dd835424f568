//! [`Picture`]: 8-bit RGBA stored in tiles.

use super::RGBA;
use super::tile::{Tile, zeroed};
use unet_kernels::error::{Error, Result};

/// Maximum side of a picture, in pixels.
pub const MAX_SIDE: u32 = 65_535;
/// Maximum number of pixels of a picture.
pub const MAX_PIXELS: u64 = 100_000_000;
/// Side of a tile, in pixels.
const TILE: u32 = 256;

/// A rectangle of pixels; `x`, `y` is its top left corner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rect {
    /// Column of the left edge.
    pub x: u32,
    /// Row of the upper edge.
    pub y: u32,
    /// Width, in pixels.
    pub width: u32,
    /// Height, in pixels.
    pub height: u32,
}

impl Rect {
    /// Rectangle of this corner and size.
    pub fn new(x: u32, y: u32, width: u32, height: u32) -> Self {
        Self { x, y, width, height }
    }

    /// Number of pixels.
    pub fn pixels(&self) -> u64 {
        u64::from(self.width) * u64::from(self.height)
    }

    /// Whether it contains a pixel.
    pub(super) fn contains(&self, x: u32, y: u32) -> bool {
        let inside = |at: u32, start: u32, len: u32| at >= start && at - start < len;
        inside(x, self.x, self.width) && inside(y, self.y, self.height)
    }

    /// Number of tiles when divided from its corner on, like a picture.
    pub(super) fn tiles(&self) -> usize {
        self.width.div_ceil(TILE) as usize * self.height.div_ceil(TILE) as usize
    }

    /// Rectangle of one of its tiles.
    pub(super) fn tile(&self, index: usize) -> Rect {
        let columns = self.width.div_ceil(TILE);
        let (x, y) = (index as u32 % columns * TILE, index as u32 / columns * TILE);
        Rect::new(self.x + x, self.y + y, TILE.min(self.width - x), TILE.min(self.height - y))
    }
}

/// A picture of 8-bit sRGB with straight alpha, at most [`MAX_SIDE`] a side and [`MAX_PIXELS`] in all.
///
/// Tiles are allocated on their first write: 3 bytes per pixel if a tile is opaque, 4 if not, and none if it
/// has a single color. A result can therefore be filled tile by tile, and is transparent where nothing has
/// been written yet. Idle pictures can be [packed](Picture::pack).
#[derive(Debug, Clone)]
pub struct Picture {
    width: u32,
    height: u32,
    tiles: Vec<Tile>,
}

impl Picture {
    /// Makes a transparent picture, without allocating pixels.
    ///
    /// # Errors
    /// `InvalidPicture` if a side is 0, `PictureTooLarge` above the limits.
    pub fn new(width: u32, height: u32) -> Result<Self> {
        check_size(width, height)?;
        let count = width.div_ceil(TILE) as usize * height.div_ceil(TILE) as usize;
        Ok(Self { width, height, tiles: vec![Tile::Solid([0; RGBA]); count] })
    }

    /// Makes a picture of row-major RGBA bytes.
    ///
    /// # Errors
    /// As for [`Picture::new`]; `InvalidInput` if `rgba` does not have `width·height·4` bytes.
    pub fn from_rgba(width: u32, height: u32, rgba: &[u8]) -> Result<Self> {
        let mut picture = Self::new(width, height)?;
        picture.write(Rect::new(0, 0, width, height), rgba)?;
        Ok(picture)
    }

    /// Width, in pixels.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Height, in pixels.
    pub fn height(&self) -> u32 {
        self.height
    }

    /// Width and height.
    pub fn size(&self) -> (u32, u32) {
        (self.width, self.height)
    }

    /// The whole picture as a rectangle.
    pub fn rect(&self) -> Rect {
        Rect::new(0, 0, self.width, self.height)
    }

    /// Whether any pixel is not opaque.
    pub fn has_alpha(&self) -> bool {
        self.tiles.iter().any(|tile| !tile.is_opaque())
    }

    /// Heap memory of the pixels, in bytes.
    pub fn bytes(&self) -> usize {
        self.tiles.iter().map(Tile::bytes).sum()
    }

    /// Packs opaque tiles losslessly, photos to about 40 %. The picture can be read and written as before;
    /// reading unpacks whole tiles each time.
    ///
    /// # Errors
    /// `OutOfMemory`; tiles packed by then stay packed, and no pixel is lost.
    pub fn pack(&mut self) -> Result<()> {
        let rect = self.rect();
        (0..).zip(&mut self.tiles).try_for_each(|(index, tile)| tile.pack(rect.tile(index).width))
    }

    /// Row-major RGBA bytes of a rectangle.
    ///
    /// # Errors
    /// `InvalidInput` if `rect` is empty or leaves the picture, `OutOfMemory`.
    pub fn region(&self, rect: Rect) -> Result<Vec<u8>> {
        self.check_rect(rect)?;
        let mut rgba = zeroed(rect.pixels() as usize * RGBA)?;
        self.read(rect, &mut rgba)?;
        Ok(rgba)
    }

    /// Reads like [`Picture::region`], into the caller's memory.
    ///
    /// # Errors
    /// `InvalidInput` if `rect` is empty or leaves the picture, or `rgba` has the wrong length.
    pub fn read(&self, rect: Rect, rgba: &mut [u8]) -> Result<()> {
        self.check_bytes(rect, rgba.len())?;
        let mut scratch = Vec::new();
        for (index, tile, part) in self.parts(rect) {
            let rows = part.y + part.height - tile.y;
            let pixels = self.tiles[index].pixels(tile.width, rows, &mut scratch)?;
            for y in part.y..part.y + part.height {
                let first = (y - tile.y) * tile.width + (part.x - tile.x);
                pixels.copy(first as usize, &mut rgba[row_of(rect, part, y)]);
            }
        }
        Ok(())
    }

    /// Replaces a rectangle by row-major RGBA bytes.
    ///
    /// # Errors
    /// `InvalidInput` if `rect` is empty or leaves the picture, or `rgba` has the wrong length;
    /// `OutOfMemory`.
    pub fn write(&mut self, rect: Rect, rgba: &[u8]) -> Result<()> {
        self.check_bytes(rect, rgba.len())?;
        let mut scratch = zeroed((TILE * TILE) as usize * RGBA)?;
        let parts: Vec<_> = self.parts(rect).collect();
        for (index, tile, part) in parts {
            let pixels = &mut scratch[..tile.pixels() as usize * RGBA];
            if part != tile {
                self.read(tile, pixels)?;
            }
            for y in part.y..part.y + part.height {
                let first = ((y - tile.y) * tile.width + (part.x - tile.x)) as usize * RGBA;
                let row = &rgba[row_of(rect, part, y)];
                pixels[first..first + row.len()].copy_from_slice(row);
            }
            self.tiles[index].set(pixels)?;
        }
        Ok(())
    }

    /// Tiles that `rect` touches: index, rectangle of the tile, and intersection.
    fn parts(&self, rect: Rect) -> impl Iterator<Item = (usize, Rect, Rect)> + use<> {
        let (width, height) = (self.width, self.height);
        let columns = width.div_ceil(TILE);
        let (right, bottom) = (rect.x + rect.width, rect.y + rect.height);
        let rows = rect.y / TILE..bottom.div_ceil(TILE);
        rows.flat_map(move |row| {
            (rect.x / TILE..right.div_ceil(TILE)).map(move |column| {
                let (x, y) = (column * TILE, row * TILE);
                let tile = Rect::new(x, y, TILE.min(width - x), TILE.min(height - y));
                let (left, top) = (x.max(rect.x), y.max(rect.y));
                let part = Rect::new(
                    left,
                    top,
                    (x + tile.width).min(right) - left,
                    (y + tile.height).min(bottom) - top,
                );
                ((row * columns + column) as usize, tile, part)
            })
        })
    }

    fn check_bytes(&self, rect: Rect, len: usize) -> Result<()> {
        self.check_rect(rect)?;
        if len as u64 != rect.pixels() * RGBA as u64 {
            return Err(Error::InvalidInput(format!(
                "{} × {} pixels of RGBA are {} bytes, but {len} were given",
                rect.width,
                rect.height,
                rect.pixels() * RGBA as u64
            )));
        }
        Ok(())
    }

    pub(super) fn check_rect(&self, rect: Rect) -> Result<()> {
        let fits = |start: u32, len: u32, limit: u32| {
            len > 0 && start.checked_add(len).is_some_and(|end| end <= limit)
        };
        if fits(rect.x, rect.width, self.width) && fits(rect.y, rect.height, self.height) {
            return Ok(());
        }
        Err(Error::InvalidInput(format!(
            "the region of {} × {} pixels at {}, {} is empty or leaves the picture of {} × {}",
            rect.width, rect.height, rect.x, rect.y, self.width, self.height
        )))
    }
}

/// Whether all pixels are equal, however they are stored.
impl PartialEq for Picture {
    fn eq(&self, other: &Self) -> bool {
        let equal = |tile: Rect| matches!((self.region(tile), other.region(tile)), (Ok(a), Ok(b)) if a == b);
        self.size() == other.size() && (0..self.tiles.len()).all(|index| equal(self.rect().tile(index)))
    }
}

impl Eq for Picture {}

/// Bytes of row `y` of `part` in the buffer of `rect`.
fn row_of(rect: Rect, part: Rect, y: u32) -> std::ops::Range<usize> {
    let first = (y - rect.y) as usize * rect.width as usize + (part.x - rect.x) as usize;
    first * RGBA..(first + part.width as usize) * RGBA
}

/// Checks the limits of a picture before anything is allocated.
pub(super) fn check_size(width: u32, height: u32) -> Result<()> {
    if width == 0 || height == 0 {
        return Err(Error::InvalidPicture(format!("it is empty ({width} × {height} pixels)")));
    }
    if width > MAX_SIDE || height > MAX_SIDE || u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(Error::PictureTooLarge { width, height, max_side: MAX_SIDE, max_pixels: MAX_PIXELS });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checker(width: u32, height: u32) -> Vec<u8> {
        (0..width * height)
            .flat_map(|i| [(i % 251) as u8, (i / width % 241) as u8, (i % 7) as u8, 255])
            .collect()
    }

    #[test]
    fn regions_across_tiles_read_back_what_was_written() {
        let (width, height) = (2 * TILE + 37, TILE + 5);
        let whole = checker(width, height);
        let picture = Picture::from_rgba(width, height, &whole).unwrap();
        assert_eq!(picture.region(picture.rect()).unwrap(), whole);
        let rect = Rect::new(TILE - 3, TILE - 2, TILE + 9, 5);
        let region = picture.region(rect).unwrap();
        for y in 0..rect.height {
            let from = ((rect.y + y) * width + rect.x) as usize * RGBA;
            let len = rect.width as usize * RGBA;
            assert_eq!(region[y as usize * len..][..len], whole[from..from + len]);
        }
    }

    #[test]
    fn written_in_pieces_equals_written_at_once() {
        let (width, height) = (TILE + 60, TILE + 40);
        let whole = Picture::from_rgba(width, height, &checker(width, height)).unwrap();
        let mut pieces = Picture::new(width, height).unwrap();
        assert!(pieces.has_alpha());
        for y in (0..height).step_by(97) {
            for x in (0..width).step_by(101) {
                let rect = Rect::new(x, y, 101.min(width - x), 97.min(height - y));
                pieces.write(rect, &whole.region(rect).unwrap()).unwrap();
            }
        }
        assert_eq!(pieces, whole);
        assert!(!pieces.has_alpha());
    }

    #[test]
    fn memory_follows_the_content() {
        let size = 2 * TILE;
        let mut picture = Picture::new(size, size).unwrap();
        assert_eq!(picture.bytes(), 0);
        let tile_pixels = (TILE * TILE) as usize;
        picture.write(Rect::new(3, 3, 1, 1), &[1, 2, 3, 4]).unwrap();
        assert_eq!(picture.bytes(), tile_pixels * 4);
        picture.write(Rect::new(0, 0, TILE, TILE), &[9, 9, 9, 255].repeat(tile_pixels)).unwrap();
        assert_eq!(picture.bytes(), 0);
        let opaque = checker(size, size);
        picture.write(picture.rect(), &opaque).unwrap();
        assert_eq!(picture.bytes(), 4 * tile_pixels * 3);
    }

    #[test]
    fn a_packed_picture_reads_and_writes_as_before() {
        let (width, height) = (TILE + 60, TILE + 40);
        let slope: Vec<u8> = (0..width * height)
            .flat_map(|i| [(i % width / 3) as u8, (i / width / 2) as u8, 9, 255])
            .collect();
        let plain = Picture::from_rgba(width, height, &slope).unwrap();
        let mut packed = plain.clone();
        packed.pack().unwrap();
        assert!(packed.bytes() < plain.bytes() / 4, "{}", packed.bytes());
        assert_eq!(packed, plain);
        assert!(!packed.has_alpha());
        let rect = Rect::new(TILE - 5, 9, 20, TILE + 3);
        assert_eq!(packed.region(rect).unwrap(), plain.region(rect).unwrap());
        let dot = Rect::new(TILE - 1, TILE - 1, 2, 2);
        let (mut written, mut expected) = (packed.clone(), plain.clone());
        written.write(dot, &[7; 16]).unwrap();
        expected.write(dot, &[7; 16]).unwrap();
        assert_eq!(written, expected);
        assert_ne!(written, plain);
    }

    #[test]
    fn sizes_and_regions_out_of_bounds_are_refused() {
        assert_eq!(Picture::new(0, 4).unwrap_err().code(), "invalid-picture");
        assert_eq!(Picture::new(MAX_SIDE + 1, 1).unwrap_err().code(), "picture-too-large");
        assert_eq!(Picture::new(10_001, 10_000).unwrap_err().code(), "picture-too-large");
        let picture = Picture::new(10_000, 10_000).unwrap();
        for rect in [
            Rect::new(9_999, 0, 2, 1),
            Rect::new(u32::MAX, 0, u32::MAX, 1),
            Rect::new(0, 0, 1, 0),
            Rect::new(0, 1, 1, 10_000),
        ] {
            assert_eq!(picture.region(rect).unwrap_err().code(), "invalid-input");
        }
        assert_eq!(picture.read(Rect::new(0, 0, 1, 1), &mut [0; 3]).unwrap_err().code(), "invalid-input");
    }
}
