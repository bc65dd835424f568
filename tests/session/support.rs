//! Engines, models and pictures for the tests.

use crate::fixtures::{self, Case};
pub(crate) use pollster::block_on;
use std::collections::BTreeMap;
use std::path::Path;
use unet_playground::image::{Picture, Rect};
use unet_playground::session::{BackendChoice, Engine, Model, Unhurried};

pub(crate) const STRATEGIES: [&str; 5] =
    ["unet_nearest", "unet_bilinear", "unet_pixel_shuffle", "unet_max_unpool", "unet_transposed_conv"];

pub(crate) fn cpu() -> Engine {
    block_on(Engine::create(BackendChoice::Cpu, &Unhurried::default())).unwrap()
}

/// A case of `tests/fixtures/nets`.
pub(crate) fn network(file: &str, name: &str) -> Case {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/nets").join(file);
    let cases = fixtures::read(file, &std::fs::read(path.with_extension("safetensors")).unwrap());
    cases.into_iter().find(|case| case.name == name).unwrap_or_else(|| panic!("{file} has no case {name:?}"))
}

pub(crate) fn load(engine: &Engine, case: &Case) -> Model {
    engine.load(&case.model, &BTreeMap::new()).unwrap()
}

/// Waves, a flat region, an edge and some noise, so that every part differs from its neighbours but
/// where nothing should.
pub(crate) fn picture(width: u32, height: u32) -> Picture {
    let mut state = 1u32;
    let mut rgba = Vec::new();
    for y in 0..height {
        for x in 0..width {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let noise = (state >> 24) as f32 / 8.0;
            let flat = x % 64 > 40 && y % 48 > 24;
            let wave = 110.0 + 80.0 * ((x as f32) * 0.31).sin() * ((y as f32) * 0.17).cos() + noise;
            let value = if flat { 255.0 } else { wave + if x > width / 2 { 30.0 } else { 0.0 } };
            rgba.extend([value as u8, (255.0 - value) as u8, (value * 0.5) as u8, 255]);
        }
    }
    Picture::from_rgba(width, height, &rgba).unwrap()
}

/// Of two pictures of the same size.
pub(crate) fn largest_difference(a: &Picture, b: &Picture) -> u8 {
    let all = |picture: &Picture| picture.region(Rect::new(0, 0, picture.width(), picture.height())).unwrap();
    all(a).iter().zip(all(b)).map(|(a, b)| a.abs_diff(b)).max().unwrap()
}
