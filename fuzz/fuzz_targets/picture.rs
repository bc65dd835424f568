//! Any bytes end in a picture or an error. Seeds are the fixtures of the tests:
//! `cargo +nightly fuzz run picture fuzz/corpus/picture tests/fixtures/pictures`

#![no_main]

use libfuzzer_sys::fuzz_target;
use unet_playground::image::{decode, encode_png};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(picture) = decode(bytes) {
        // Larger ones would measure the encoder's speed.
        if picture.rect().pixels() < 1 << 16 {
            let file = encode_png(&picture).expect("a picture can be encoded");
            assert_eq!(decode(&file).expect("an encoded picture can be decoded"), picture);
        }
    }
});
