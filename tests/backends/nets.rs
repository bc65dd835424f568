//! Whole networks from ONNX files.

use super::*;
use std::collections::BTreeMap;
use unet_playground::onnx;
use unet_playground::plan::{Prepared, Selection};

on_backends! {
    the_denoiser
}

const DENOISER: &[u8] = include_bytes!("../../models/denoise-bilinear.onnx");

async fn the_denoiser(backend: Backend) {
    let graph = onnx::load(DENOISER, &BTreeMap::new()).unwrap();
    let mut numbers = Numbers(41);
    for size in [[32, 32], [48, 24]] {
        let x = numbers.tensor(&[1, 3, size[0], size[1]]);
        let facts = graph.facts(&[x.shape().to_vec()]).unwrap();
        let plan = Prepared::new(&graph, &facts, &Selection::default()).unwrap().plan;
        let found = backend.run(&plan, &[&x]).await;
        let wanted = graph.run_reference(std::slice::from_ref(&x)).unwrap();
        assert_close(&found[0], &wanted[0], backend.tolerance(), "the denoiser");
    }
}
