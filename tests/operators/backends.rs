//! The fast backends, through the plan that they share.

use std::sync::Arc;
use unet_playground::backend::{cpu, gpu};
use unet_playground::graph::Graph;
use unet_playground::plan::{Plan, Prepared, Selection};
use unet_playground::tensor::Tensor;
use unet_playground::{Error, Result};

fn planned(
    graph: &Graph,
    inputs: &[Tensor],
    run: impl FnOnce(Arc<Plan>, &[&Tensor]) -> Result<Vec<Tensor>>,
) -> Result<Vec<Tensor>> {
    let shapes: Vec<Vec<usize>> = inputs.iter().map(|tensor| tensor.shape().to_vec()).collect();
    let facts = graph.facts(&shapes)?;
    let prepared = Prepared::new(graph, &facts, &Selection::default())?;
    let mut read: Vec<Tensor> = prepared.input_ports.iter().map(|&port| inputs[port].clone()).collect();
    prepared.adapt_inputs(&mut read);
    let read: Vec<&Tensor> = read.iter().collect();
    let mut outputs = run(prepared.plan.clone(), &read)?;
    prepared.adapt_outputs(&mut outputs);
    Ok(outputs)
}

/// The CPU backend, in pieces as small as they get.
pub fn run_cpu(graph: &Graph, inputs: &[Tensor]) -> Result<Vec<Tensor>> {
    planned(graph, inputs, |plan, inputs| {
        let mut executor = cpu::Executor::new(plan, &mut cpu::WeightCache::new())?;
        executor.start(inputs)?;
        while !executor.advance(1) {}
        executor.outputs()
    })
}

/// The GPU backend, natively through Vulkan.
pub fn run_gpu(graph: &Graph, inputs: &[Tensor]) -> Result<Vec<Tensor>> {
    thread_local! {
        static GPU: Result<gpu::Gpu> = pollster::block_on(gpu::Gpu::request());
    }
    let gpu = GPU.with(Clone::clone)?;
    planned(graph, inputs, |plan, inputs| {
        pollster::block_on(async {
            let mut executor = gpu::Executor::new(&gpu, plan, &mut gpu::WeightCache::new()).await?;
            executor.run(inputs, &mut |_| true).await
        })
    })
}

/// Whether there is no GPU here; said aloud, and a failure where CI is set.
pub fn no_gpu() -> bool {
    match pollster::block_on(gpu::Gpu::request()) {
        Ok(_) => false,
        Err(Error::NoGpu(reason)) => {
            println!("NO GPU ADAPTER: GPU tests did not run ({reason})");
            assert!(std::env::var_os("CI").is_none(), "CI needs a GPU adapter: {reason}");
            true
        }
        Err(other) => panic!("{other}"),
    }
}
