//! What files say of photos beside the pixels, kept in what is saved of them.

use exif::{In, Reader, Tag, Value};
use std::io::Cursor;
use unet_playground::image::{
    Decoded, Metadata, Subsampling, encode_jpeg_with, encode_png_with, read, webp_with,
};

fn file(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/tests/fixtures/metadata/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// The files that a picture is saved as.
fn saved(Decoded { picture, metadata, .. }: &Decoded) -> [Vec<u8>; 2] {
    [
        encode_png_with(picture, metadata).unwrap(),
        encode_jpeg_with(picture, 90, Subsampling::Half, metadata).unwrap(),
    ]
}

fn exif(file: &[u8]) -> Option<exif::Exif> {
    Reader::new().read_from_container(&mut Cursor::new(file)).ok()
}

fn text(exif: &exif::Exif, tag: Tag) -> String {
    match exif.get_field(tag, In::PRIMARY).map(|field| &field.value) {
        Some(Value::Ascii(texts)) => String::from_utf8(texts.concat()).unwrap(),
        other => panic!("{tag}: {other:?}"),
    }
}

#[test]
fn date_and_camera_are_kept_and_what_is_no_longer_true_is_not() {
    for name in ["exif.jpg", "exif.png", "exif.webp"] {
        let read = read(&file(name)).unwrap();
        // Turned as the file says.
        assert_eq!((read.picture.width(), read.picture.height()), (6, 9), "{name}");
        assert!(read.metadata.has_location());
        for saved in saved(&read) {
            let exif = exif(&saved).unwrap();
            let expected = [
                (Tag::DateTimeOriginal, "2004:05:06 07:08:09"),
                (Tag::OffsetTimeOriginal, "+07:00"),
                (Tag::DateTime, "2010:01:02 03:04:05"),
                (Tag::Make, "Maker"),
                (Tag::Model, "Camera 1"),
                (Tag::Copyright, "Somebody"),
            ];
            for (tag, value) in expected {
                assert_eq!(text(&exif, tag), value, "{name}");
            }
            let exposure = exif.get_field(Tag::ExposureTime, In::PRIMARY).unwrap();
            assert_eq!(exposure.display_value().to_string(), "1/250");
            // Pixels are sRGB now, whatever they were.
            assert_eq!(exif.get_field(Tag::ColorSpace, In::PRIMARY).unwrap().value.get_uint(0), Some(1));
            let gone = [Tag::Orientation, Tag::PixelXDimension, Tag::MakerNote, Tag::GPSLatitude];
            assert!(gone.iter().all(|&tag| exif.get_field(tag, In::PRIMARY).is_none()), "{name}");
            assert!(!saved.windows(6).any(|bytes| bytes == b"secret"));
        }
    }
}

#[test]
fn the_place_is_kept_where_that_is_asked_for() {
    let mut read = read(&file("exif.jpg")).unwrap();
    read.metadata = read.metadata.with_location(true);
    for saved in saved(&read) {
        let latitude = exif(&saved).unwrap().get_field(Tag::GPSLatitude, In::PRIMARY).cloned().unwrap();
        assert_eq!(latitude.display_value().to_string(), "21 deg 2 min 14 sec");
    }
}

#[test]
fn resolution_is_kept() {
    for name in ["exif.jpg", "exif.png", "scan.tif", "scan.bmp"] {
        for saved in saved(&read(&file(name)).unwrap()) {
            let dpi = read(&saved).unwrap().metadata.dpi().unwrap();
            assert!(dpi.iter().all(|dpi| (dpi - 300.0).abs() < 0.1), "{name}: {dpi:?}");
        }
    }
    // Where other programs look for it.
    let [png, jpeg] = saved(&read(&file("scan.tif")).unwrap());
    let at = png.windows(4).position(|bytes| bytes == b"pHYs").unwrap();
    assert_eq!(png[at + 4..at + 13], [0, 0, 0x2e, 0x23, 0, 0, 0x2e, 0x23, 1]);
    assert_eq!(jpeg[6..18], [b'J', b'F', b'I', b'F', 0, 1, 2, 1, 1, 44, 1, 44]);
}

#[test]
fn scans_say_when_and_with_what_they_were_made() {
    for saved in saved(&read(&file("scan.tif")).unwrap()) {
        let exif = exif(&saved).unwrap();
        assert_eq!(text(&exif, Tag::DateTime), "2004:05:06 07:08:09");
        assert_eq!(text(&exif, Tag::Make), "Scanner");
    }
}

#[test]
fn webp_of_browsers_is_completed() {
    let Decoded { metadata, .. } = read(&file("exif.jpg")).unwrap();
    for name in ["plain.webp", "plain-lossy.webp", "alpha.webp", "alpha-lossy.webp"] {
        let Decoded { picture, .. } = read(&file(name)).unwrap();
        let plain = file(name);
        let completed = webp_with(plain.clone(), &picture, &metadata).unwrap();
        let again = read(&completed).unwrap();
        assert_eq!(again.picture, picture, "{name}");
        assert_eq!(text(&exif(&completed).unwrap(), Tag::DateTimeOriginal), "2004:05:06 07:08:09");
        assert_eq!(webp_with(plain.clone(), &picture, &Metadata::default()).unwrap(), plain);
    }
    let Decoded { picture, .. } = read(&file("plain.webp")).unwrap();
    for broken in [&b""[..], b"RIFF\0\0\0\0WEBP", b"no WebP file at all"] {
        assert!(webp_with(broken.to_vec(), &picture, &metadata).is_err());
    }
}

#[test]
fn damaged_metadata_costs_no_picture() {
    let whole = file("exif.jpg");
    let start = whole.windows(6).position(|bytes| bytes == b"Exif\0\0").unwrap() + 6;
    for at in start..start + 200 {
        let mut damaged = whole.clone();
        damaged[at] ^= 0xff;
        let read = read(&damaged).unwrap();
        saved(&read);
    }
}
