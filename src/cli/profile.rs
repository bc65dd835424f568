//! Timing of a network's kernels.

use super::args::{Args, Profile};
use super::host::Terminal;
use super::{Outcome, models, report};
use std::collections::BTreeMap;
use unet_playground::graph::Port;
use unet_playground::session::KernelTime;
use unet_playground::tensor::{DType, Tensor};

/// Prints a line per kernel, in order, and their sum.
pub(super) fn profile(args: &Args, options: &Profile) -> Outcome<()> {
    let engine = models::engine(args)?;
    let model = models::load(&engine, &options.model)?;
    let ports = &model.graph().inputs;
    let named = |port: &Port| Ok((port.name.clone(), input(port, options.size)?));
    let inputs = ports.iter().map(named).collect::<Outcome<BTreeMap<String, Tensor>>>();
    let of_file = |message: String| format!("{}: {message}", options.model.display());
    let times = pollster::block_on(model.profile(inputs.map_err(of_file)?, &Terminal::new(0, 1)));
    let times = times.map_err(|e| of_file(e.to_string()))?;
    let table = table(&times);
    if options.csv { report::print_csv(&table) } else { report::print(&table) }
}

/// Random numbers for an input; for dynamic dimensions, the batch is 1 and there are 3 channels.
fn input(port: &Port, [width, height]: [usize; 2]) -> Outcome<Tensor> {
    let open = [1, 3, height, width];
    let shape: Vec<usize> = match &port.shape {
        Some(dims) if dims.len() == open.len() => {
            dims.iter().zip(open).map(|(dim, open)| dim.unwrap_or(open)).collect()
        }
        Some(dims) => dims.iter().map(|dim| dim.unwrap_or(1)).collect(),
        None => open.to_vec(),
    };
    if port.dtype != DType::F32 {
        return Err(format!("input {:?} takes integers, whose valid range is unknown", port.name));
    }
    let wave = (0..shape.iter().product()).map(|i: usize| 0.5 + 0.5 * (i as f32 * 0.7).sin());
    Tensor::f32(shape, wave.collect::<Vec<f32>>()).map_err(|e| e.to_string())
}

fn table(times: &[KernelTime]) -> Vec<Vec<String>> {
    let head = ["node", "operator", "kernel", "shape", "ms", "%", "GFLOP/s", "GB/s", "of bound %"];
    let all: f64 = times.iter().map(|time| time.milliseconds).sum();
    let row = |time: &KernelTime| {
        let shape: Vec<String> = time.shape.iter().map(usize::to_string).collect();
        let ms = time.milliseconds;
        let rate = |count: u64| format!("{:.1}", count as f64 / ms / 1e6);
        vec![
            time.node.clone(),
            time.op.into(),
            time.kernel.into(),
            shape.join("x"),
            format!("{ms:.3}"),
            format!("{:.1}", 100.0 * ms / all),
            rate(time.flops),
            rate(time.bytes),
            time.bound.map_or(String::new(), |bound| format!("{:.0}", 100.0 * bound / ms)),
        ]
    };
    let flops: u64 = times.iter().map(|time| time.flops).sum();
    let mut sum = vec![String::new(); head.len()];
    sum[0] = "all".into();
    sum[4] = format!("{all:.3}");
    sum[5] = "100.0".into();
    sum[6] = format!("{:.1}", flops as f64 / all / 1e6);
    [vec![head.map(String::from).to_vec()], times.iter().map(row).collect(), vec![sum]].concat()
}
