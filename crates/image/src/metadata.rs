//! Metadata of a photo: date, camera, location and resolution.

use std::io::Cursor;

use exif::experimental::Writer;
use exif::{Context, Field, In, Rational, Reader, Tag, Value};

/// Fields of the first directory that remain true of a result. The others describe the storage of pixels.
const KEPT: [Tag; 10] = [
    Tag::ImageDescription,
    Tag::Make,
    Tag::Model,
    Tag::XResolution,
    Tag::YResolution,
    Tag::ResolutionUnit,
    Tag::Software,
    Tag::DateTime,
    Tag::Artist,
    Tag::Copyright,
];
/// Fields of the photo's directory that do not: sizes, and makers' private data, which refers to offsets in
/// the file.
const DROPPED: [Tag; 4] = [Tag::PixelXDimension, Tag::PixelYDimension, Tag::MakerNote, Tag::RelatedSoundFile];
/// Maximum length of a value to keep, in bytes.
const LONGEST: usize = 4096;
/// Maximum size of the whole block: that of a segment of a JPEG file.
const MOST: usize = 65_000;
/// Values of `ResolutionUnit`.
const INCH: u32 = 2;
const CENTIMETER: u32 = 3;
/// Value of `ColorSpace`.
const SRGB: u16 = 1;
const CENTIMETERS_PER_INCH: f64 = 2.54;

/// EXIF fields of a photo that remain true of a result: no orientation, thumbnail or sizes, and no location
/// unless [`Metadata::with_location`] keeps it.
#[derive(Debug, Clone, Default)]
pub struct Metadata {
    fields: Vec<Field>,
    location: bool,
}

impl Metadata {
    /// Reads an EXIF block as stored in files, beginning with "II" or "MM"; empty if there is none. Damaged
    /// parts are left out.
    pub(super) fn of_exif(block: Option<&[u8]>) -> Self {
        let Some(block) = block else { return Self::default() };
        let read = Reader::new().continue_on_error(true).read_raw(block.to_vec());
        let Ok(exif) = read.or_else(|error| error.distill_partial_result(|_| ())) else {
            return Self::default();
        };
        let mut metadata = Self::default();
        for field in exif.fields().filter(|field| is_kept(field)) {
            let value = match field.tag {
                // Pixels are converted to sRGB.
                Tag::ColorSpace => Value::Short(vec![SRGB]),
                _ => field.value.clone(),
            };
            metadata.put(field.tag, value);
        }
        metadata
    }

    /// Adds a text field, unless there is one.
    pub(super) fn put_text(&mut self, tag: Tag, text: &str) {
        if !text.is_empty() && text.len() <= LONGEST {
            self.put(tag, Value::Ascii(vec![text.as_bytes().to_vec()]));
        }
    }

    /// Adds horizontal and vertical pixels per inch, unless they are known. Ignores values that are not
    /// positive.
    pub(super) fn put_dpi(&mut self, dpi: [f64; 2]) {
        if self.dpi().is_none() && dpi.iter().all(|dpi| (1.0..=100_000.0).contains(dpi)) {
            self.fields.retain(|field| !RESOLUTION.contains(&field.tag));
            for (tag, dpi) in RESOLUTION.into_iter().zip(dpi) {
                let denom = 1000;
                self.put(
                    tag,
                    Value::Rational(vec![Rational { num: (dpi * f64::from(denom)).round() as u32, denom }]),
                );
            }
            self.put(Tag::ResolutionUnit, Value::Short(vec![INCH as u16]));
        }
    }

    /// Adds pixels per centimeter, like [`Metadata::put_dpi`].
    pub(super) fn put_per_centimeter(&mut self, density: [f64; 2]) {
        self.put_dpi(density.map(|density| density * CENTIMETERS_PER_INCH));
    }

    /// Adds pixels per meter, like [`Metadata::put_dpi`].
    pub(super) fn put_per_meter(&mut self, density: [u32; 2]) {
        self.put_per_centimeter(density.map(|density| f64::from(density) / 100.0));
    }

    fn put(&mut self, tag: Tag, value: Value) {
        if self.field(tag).is_none() {
            self.fields.push(Field { tag, ifd_num: In::PRIMARY, value });
        }
    }

    fn field(&self, tag: Tag) -> Option<&Field> {
        self.fields.iter().find(|field| field.tag == tag)
    }

    /// Horizontal and vertical pixels per inch.
    pub fn dpi(&self) -> Option<[f64; 2]> {
        let scale = match self.field(Tag::ResolutionUnit).and_then(|field| field.value.get_uint(0)) {
            Some(CENTIMETER) => CENTIMETERS_PER_INCH,
            Some(INCH) | None => 1.0,
            Some(_) => return None,
        };
        let [x, y] = RESOLUTION.map(|tag| match &self.field(tag)?.value {
            Value::Rational(values) => values.first().map(|value| value.to_f64() * scale),
            _ => None,
        });
        Some([x?, y?]).filter(|dpi| dpi.iter().all(|dpi| dpi.is_finite() && *dpi > 0.0))
    }

    /// Horizontal and vertical pixels per meter.
    pub(super) fn per_meter(&self) -> Option<[u32; 2]> {
        Some(self.dpi()?.map(|dpi| (dpi * 100.0 / CENTIMETERS_PER_INCH).round() as u32))
    }

    /// Whether it contains the location where the photo was taken.
    pub fn has_location(&self) -> bool {
        self.fields.iter().any(is_location)
    }

    /// Keeps or removes the location where the photo was taken.
    pub fn with_location(self, location: bool) -> Self {
        Self { location, ..self }
    }

    /// Writes an EXIF block; `None` if there are no fields.
    pub(super) fn exif(&self) -> Option<Vec<u8>> {
        let mut writer = Writer::new();
        let fields: Vec<&Field> =
            self.fields.iter().filter(|field| self.location || !is_location(field)).collect();
        if fields.is_empty() {
            return None;
        }
        fields.into_iter().for_each(|field| writer.push_field(field));
        let mut block = Cursor::new(Vec::new());
        writer.write(&mut block, true).ok()?;
        Some(block.into_inner()).filter(|block| block.len() <= MOST)
    }
}

const RESOLUTION: [Tag; 2] = [Tag::XResolution, Tag::YResolution];

fn is_location(field: &Field) -> bool {
    field.tag.context() == Context::Gps
}

fn is_kept(field: &Field) -> bool {
    field.ifd_num == In::PRIMARY
        && length(&field.value).is_some_and(|length| length <= LONGEST)
        && match field.tag.context() {
            Context::Tiff => KEPT.contains(&field.tag),
            Context::Exif => !DROPPED.contains(&field.tag),
            Context::Gps => true,
            // File names of cameras, and types not known yet.
            _ => false,
        }
}

/// Approximate size of a value in bytes; `None` for unknown types.
fn length(value: &Value) -> Option<usize> {
    Some(match value {
        Value::Byte(values) => values.len(),
        Value::Ascii(values) => values.iter().map(|text| text.len() + 1).sum(),
        Value::Short(values) => 2 * values.len(),
        Value::Long(values) => 4 * values.len(),
        Value::Rational(values) => 8 * values.len(),
        Value::SByte(values) => values.len(),
        Value::Undefined(values, _) => values.len(),
        Value::SShort(values) => 2 * values.len(),
        Value::SLong(values) => 4 * values.len(),
        Value::SRational(values) => 8 * values.len(),
        Value::Float(values) => 4 * values.len(),
        Value::Double(values) => 8 * values.len(),
        Value::Unknown(..) => return None,
    })
}
