//! The fixture files, built in: tests in the browser have no file system.

/// Name and content of a file.
pub(crate) type File = (&'static str, &'static [u8]);

macro_rules! files {
    ($folder:literal: $($name:literal)*) => {
        &[$(($name, include_bytes!(concat!("../fixtures/", $folder, "/", $name, ".safetensors")))),*]
    };
}

/// Single operators, from PyTorch (`training/fixtures.py`).
pub(crate) const OPERATORS: &[File] = files! { "ops":
    "add" "arg_max" "average_pool" "batch_normalization" "clip" "concat" "conv" "conv_transpose" "conv_transpose_grid"
    "depth_to_space" "div" "erf" "gelu" "gemm" "global_average_pool" "group_normalization" "hard_sigmoid"
    "hard_swish" "instance_normalization" "layer_normalization" "leaky_relu" "lecture" "matmul" "max_pool"
    "max_unpool" "mul" "pad" "prelu" "reduce_max" "reduce_mean" "relu" "resize" "sigmoid" "slice" "softmax"
    "space_to_depth" "split" "sub" "tanh"
};

/// Whole networks, from onnxruntime (`training/fixtures.py`).
pub(crate) const NETWORKS: &[File] = files! { "nets":
    "attentive" "channel_attention" "channel_normed" "channels_last" "coordinates" "cropped" "dbpn" "dncnn" "espcn"
    "external_data"
    "group_normed" "lapsrn" "pyramid_pooling" "recursive" "reported" "segment" "two_inputs" "unet_bilinear"
    "unet_flat_pictures" "unet_max_unpool" "unet_nearest" "unet_pixel_shuffle" "unet_transposed_conv"
    "unpooling"
};

/// ONNX's own cases (`training/conformance.py`).
pub(crate) const CONFORMANCE: &[File] = include!("../fixtures/conformance.rs");

/// All cases that ONNX has: operator, name, and why it is no fixture where it is none.
#[cfg(not(target_arch = "wasm32"))]
pub(crate) const CASES: &str = include_str!("../fixtures/conformance.tsv");

#[test]
#[cfg(not(target_arch = "wasm32"))]
fn every_fixture_file_is_listed() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    for (folder, files) in [("ops", OPERATORS), ("nets", NETWORKS), ("conformance", CONFORMANCE)] {
        let entries = std::fs::read_dir(root.join(folder)).expect("the folder is there");
        let mut present: Vec<String> = entries
            .map(|entry| entry.expect("is readable").path())
            .filter_map(|path| path.file_stem()?.to_str().map(String::from))
            .collect();
        present.sort();
        let listed: Vec<&str> = files.iter().map(|(name, _)| *name).collect();
        assert_eq!(present, listed, "{folder}: the files there, and those listed");
    }
}
