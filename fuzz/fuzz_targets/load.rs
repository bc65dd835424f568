//! Any bytes are an ONNX file that is refused, or one that runs. Start from the models in the
//! fixtures: `cargo +nightly fuzz run load`.

#![no_main]

#[path = "../../tests/hostile/exercise.rs"]
mod exercise;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = exercise::exercise(bytes);
});
