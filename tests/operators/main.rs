//! Every fixture on every runtime: single operators against PyTorch, whole networks against
//! onnxruntime. A file that is missing, empty or not listed fails.

mod backends;
mod fixtures;
mod tolerance;

use fixtures::Case;
use std::collections::BTreeMap;
use std::path::Path;
use tolerance::{REFERENCE, Tolerance, difference};
use unet_playground::graph::Graph;
use unet_playground::onnx;
use unet_playground::tensor::Tensor;

/// Something that runs a graph.
struct Runtime {
    name: &'static str,
    tolerance: Tolerance,
    run: fn(&Graph, &[Tensor]) -> Result<Vec<Tensor>, unet_playground::Error>,
}

const RUNTIMES: &[Runtime] = &[
    Runtime { name: "reference", tolerance: REFERENCE, run: |graph, inputs| graph.run_reference(inputs) },
    Runtime { name: "cpu", tolerance: tolerance::CPU, run: backends::run_cpu },
    Runtime { name: "gpu", tolerance: tolerance::GPU, run: backends::run_gpu },
];

const OPERATORS: &[&str] = &[
    "add",
    "arg_max",
    "average_pool",
    "batch_normalization",
    "clip",
    "concat",
    "conv",
    "conv_transpose",
    "depth_to_space",
    "div",
    "erf",
    "gelu",
    "gemm",
    "global_average_pool",
    "group_normalization",
    "hard_sigmoid",
    "hard_swish",
    "instance_normalization",
    "layer_normalization",
    "leaky_relu",
    "lecture",
    "matmul",
    "max_pool",
    "max_unpool",
    "mul",
    "pad",
    "prelu",
    "reduce_max",
    "reduce_mean",
    "relu",
    "resize",
    "sigmoid",
    "slice",
    "softmax",
    "space_to_depth",
    "split",
    "sub",
    "tanh",
];

/// Cases that the reference computes and the backends refuse, by file, case and error.
const REFUSED: &[(&str, &str, &str)] = &[
    // Weights are packed when a model is loaded; a network that computes its own is not supported.
    ("conv", "weights as inputs", "invalid-node"),
    // PyTorch's positions as a result, rather than for unpooling, take integer arithmetic in the run.
    ("lecture", "max-unpool", "invalid-node"),
];

/// Differences of a case on a runtime.
fn failures(case: &Case, runtime: &Runtime, tolerance: f32) -> Vec<String> {
    let external: BTreeMap<String, &[u8]> =
        case.external.iter().map(|(name, bytes)| (name.clone(), bytes.as_slice())).collect();
    let graph = match onnx::load(&case.model, &external) {
        Ok(graph) => graph,
        Err(e) => return vec![e.to_string()],
    };
    assert!(!case.runs.is_empty(), "case {:?} has no runs", case.name);
    let mut failures = Vec::new();
    for (size, run) in &case.runs {
        assert!(!run.outputs.is_empty(), "case {:?} expects nothing", case.name);
        let inputs: Option<Vec<Tensor>> =
            graph.inputs.iter().map(|port| run.inputs.get(&port.name).cloned()).collect();
        let inputs = inputs.unwrap_or_else(|| panic!("case {:?} lacks an input", case.name));
        match (runtime.run)(&graph, &inputs) {
            Err(e) => failures.push(format!("{size} [{}] {e}", e.code())),
            Ok(outputs) => {
                for (name, expected) in &run.outputs {
                    let port = graph.outputs.iter().position(|port| port.name == *name);
                    let actual = &outputs[port.unwrap_or_else(|| panic!("no output {name:?}"))];
                    let found = difference(expected, actual, tolerance);
                    failures.extend(found.map(|d| format!("{size} {name:?}: {d}")));
                }
            }
        }
    }
    failures
}

/// Runs the files of a folder, which must be exactly those listed.
fn suite(folder: &str, files: &[&str], tolerance: fn(Tolerance) -> f32) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(folder);
    let mut present: Vec<String> = std::fs::read_dir(&folder)
        .unwrap_or_else(|e| panic!("{}: {e}", folder.display()))
        .filter_map(|entry| entry.unwrap().path().file_stem()?.to_str().map(String::from))
        .collect();
    present.sort();
    assert_eq!(present, files, "the files in {} are not those listed", folder.display());
    let mut wrong = Vec::new();
    let no_gpu = backends::no_gpu();
    for runtime in RUNTIMES.iter().filter(|runtime| runtime.name != "gpu" || !no_gpu) {
        for file in files {
            let cases = fixtures::read(&folder.join(file).with_extension("safetensors"));
            assert!(!cases.is_empty(), "{file} holds no case");
            for case in &cases {
                let mut failures = failures(case, runtime, tolerance(runtime.tolerance));
                let is_refused = |r: &&(&str, &str, &str)| (r.0, r.1) == (*file, &case.name);
                if let Some((.., code)) = REFUSED.iter().find(is_refused)
                    && runtime.name != "reference"
                {
                    failures = match &failures[..] {
                        [only] if only.starts_with(&format!(" [{code}]")) => vec![],
                        other => vec![format!("should be refused with {code}: {other:?}")],
                    };
                }
                wrong.extend(failures.iter().map(|f| format!("{} {file} {:?} {f}", runtime.name, case.name)));
            }
            println!("{}: {file}, {} cases", runtime.name, cases.len());
        }
    }
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn operators() {
    suite("ops", OPERATORS, |tolerance| tolerance.operator);
}

const NETWORKS: &[&str] = &[
    "channel_attention",
    "dbpn",
    "dncnn",
    "espcn",
    "external_data",
    "lapsrn",
    "pyramid_pooling",
    "recursive",
    "segment",
    "two_inputs",
    "unet_bilinear",
    "unet_flat_pictures",
    "unet_max_unpool",
    "unet_nearest",
    "unet_pixel_shuffle",
    "unet_transposed_conv",
];

#[test]
fn networks() {
    suite("nets", NETWORKS, |tolerance| tolerance.network);
}
