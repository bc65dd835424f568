//! The last plan of a model, ready to run again on either backend.

use super::engine::Device;
use super::profile::KernelTime;
use super::scheduler::Scheduler;
use crate::backend::cpu;
#[cfg(feature = "gpu")]
use crate::backend::gpu;
use crate::error::{Error, Result};
use crate::graph::Graph;
use crate::plan::{Prepared, Selection};
use crate::tensor::Tensor;
use std::rc::Rc;

/// Maximum time between a run's pauses, in milliseconds: helpers wait that long for their next tile.
const PAUSE_MS: f64 = 16.0;
/// Target duration of an indivisible piece of CPU work, in milliseconds.
const PIECE_MS: f64 = 4.0;
/// Maximum number of timing rounds; at least two, because the first one warms up and does not count.
const ROUNDS: usize = 20;
/// Time after which no further round begins, in milliseconds.
const TIMING_MS: f64 = 400.0;

/// The last plan, ready to run again, with packed weights.
pub(super) struct Runner {
    ready: Option<Ready>,
    cpu_weights: cpu::WeightCache,
    #[cfg(feature = "gpu")]
    gpu_weights: gpu::WeightCache,
    /// Floating-point operations per millisecond on the CPU, as last measured.
    cpu_flops_per_ms: f64,
}

struct Ready {
    graph: Rc<Graph>,
    shapes: Vec<Vec<usize>>,
    selection: Selection,
    on_gpu: bool,
    prepared: Prepared,
    executor: Executor,
}

enum Executor {
    Cpu(cpu::Executor),
    #[cfg(feature = "gpu")]
    Gpu(gpu::Executor),
}

/// What to run, and on which backend.
pub(super) struct RunRequest<'a> {
    pub graph: &'a Rc<Graph>,
    pub selection: &'a Selection,
    pub device: &'a Device,
    pub on_gpu: bool,
}

impl Default for Runner {
    fn default() -> Self {
        Self {
            ready: None,
            cpu_weights: cpu::WeightCache::default(),
            #[cfg(feature = "gpu")]
            gpu_weights: gpu::WeightCache::new(),
            cpu_flops_per_ms: 5e6,
        }
    }
}

#[cfg(feature = "gpu")]
impl Drop for Runner {
    fn drop(&mut self) {
        self.ready = None;
        self.gpu_weights.destroy();
    }
}

impl Runner {
    /// Frees all buffers except the weights.
    pub(super) fn release(&mut self) {
        self.ready = None;
    }

    /// Runs on inputs in the model's order.
    pub(super) async fn run(
        &mut self,
        what: RunRequest<'_>,
        inputs: Vec<Tensor>,
        scheduler: &impl Scheduler,
    ) -> Result<Vec<Tensor>> {
        let read = self.prepare(what, inputs).await?;
        let read: Vec<&Tensor> = read.iter().collect();
        let Self { ready, cpu_flops_per_ms, .. } = self;
        let Some(Ready { prepared, executor, .. }) = ready else { return Err(unprepared()) };
        let result = match executor {
            Executor::Cpu(executor) => {
                match run_cpu(executor, &read, cpu_flops_per_ms, None, scheduler).await {
                    Ok(()) => executor.outputs(),
                    Err(error) => Err(error),
                }
            }
            #[cfg(feature = "gpu")]
            Executor::Gpu(executor) => executor.run(&read, &mut control(scheduler)).await,
        };
        let mut outputs = match result {
            Ok(outputs) => outputs,
            Err(error) => {
                // An interrupted run leaves no state that could affect the next one.
                *ready = None;
                return Err(error);
            }
        };
        prepared.adapt_outputs(&mut outputs);
        Ok(outputs)
    }

    /// Average time of each step over several runs: browser clocks are too coarse for one.
    pub(super) async fn time(
        &mut self,
        what: RunRequest<'_>,
        inputs: Vec<Tensor>,
        scheduler: &impl Scheduler,
    ) -> Result<Vec<KernelTime>> {
        let read = self.prepare(what, inputs).await?;
        let read: Vec<&Tensor> = read.iter().collect();
        let Self { ready, cpu_flops_per_ms, .. } = self;
        let Some(Ready { prepared, executor, .. }) = ready else { return Err(unprepared()) };
        let kernels: Vec<&'static str> = match executor {
            Executor::Cpu(executor) => executor.kernels().collect(),
            #[cfg(feature = "gpu")]
            Executor::Gpu(executor) => executor.kernels().collect(),
        };
        let steps = prepared.plan.steps.iter().zip(kernels);
        let mut timed: Vec<KernelTime> =
            steps.map(|(step, kernel)| KernelTime::of(&prepared.plan, step, kernel)).collect();
        let mut times = vec![0.0; timed.len()];
        let (began, mut counted) = (scheduler.now(), 0.0);
        for round in 0..ROUNDS {
            if round > 1 && scheduler.now() - began > TIMING_MS {
                break;
            }
            if round == 1 {
                times.fill(0.0);
            }
            counted = f64::from(round.max(1) as u32);
            let result = match executor {
                Executor::Cpu(executor) => {
                    run_cpu(executor, &read, cpu_flops_per_ms, Some(&mut times), scheduler).await
                }
                #[cfg(feature = "gpu")]
                Executor::Gpu(executor) => {
                    executor.time(&read, &|| scheduler.now(), &mut control(scheduler), &mut times).await
                }
            };
            if let Err(error) = result {
                *ready = None;
                return Err(error);
            }
        }
        for (step, time) in timed.iter_mut().zip(&times) {
            step.milliseconds = time / counted;
        }
        Ok(timed)
    }

    /// Prepares the plan; returns the inputs that it reads, in the kernels' form.
    async fn prepare(&mut self, what: RunRequest<'_>, mut inputs: Vec<Tensor>) -> Result<Vec<Tensor>> {
        let RunRequest { graph, selection, device, on_gpu } = what;
        let shapes: Vec<Vec<usize>> = inputs.iter().map(|tensor| tensor.shape().to_vec()).collect();
        let same = |r: &Ready| {
            Rc::ptr_eq(&r.graph, graph)
                && r.shapes == shapes
                && r.selection == *selection
                && r.on_gpu == on_gpu
        };
        if !self.ready.as_ref().is_some_and(same) {
            // Frees the old buffers before allocating new ones.
            self.ready = None;
            let facts = graph.facts(&shapes)?;
            let prepared = Prepared::new(graph, &facts, selection)?;
            let plan = prepared.plan.clone();
            let executor = match device.gpu() {
                #[cfg(feature = "gpu")]
                Some(gpu) if on_gpu => {
                    Executor::Gpu(gpu::Executor::new(gpu, plan, &mut self.gpu_weights).await?)
                }
                _ => Executor::Cpu(cpu::Executor::new(plan, &mut self.cpu_weights)?),
            };
            let (graph, selection) = (graph.clone(), selection.clone());
            self.ready = Some(Ready { graph, shapes, selection, on_gpu, prepared, executor });
        }
        let Some(Ready { prepared, .. }) = &self.ready else { return Err(unprepared()) };
        let mut read: Vec<Tensor> = Vec::new();
        for &port in &prepared.input_ports {
            read.push(std::mem::replace(&mut inputs[port], Tensor::vector([])));
        }
        prepared.adapt_inputs(&mut read);
        Ok(read)
    }
}

fn unprepared() -> Error {
    Error::Internal("a prepared plan is missing".into())
}

#[cfg(feature = "gpu")]
fn control(scheduler: &impl Scheduler) -> impl FnMut(f32) -> bool {
    |fraction| {
        scheduler.progress(fraction);
        !scheduler.stopped()
    }
}

/// Runs with pauses. With `times`, adds each step's milliseconds.
async fn run_cpu(
    executor: &mut cpu::Executor,
    inputs: &[&Tensor],
    flops_per_ms: &mut f64,
    mut times: Option<&mut [f64]>,
    scheduler: &impl Scheduler,
) -> Result<()> {
    executor.start(inputs)?;
    let (mut paused, mut before) = (scheduler.now(), scheduler.now());
    loop {
        let budget = (*flops_per_ms * PIECE_MS) as u64;
        let step = executor.step();
        let finished = if times.is_some() { executor.advance_step(budget) } else { executor.advance(budget) };
        let now = scheduler.now();
        match times.as_mut().map(|times| times.get_mut(step)) {
            Some(Some(time)) => *time += now - before,
            Some(None) => {}
            // Follows the machine's speed slowly, because the real cost of pieces varies.
            None if !finished => {
                let seen = budget as f64 / (now - before).max(0.1);
                *flops_per_ms = (0.75 * *flops_per_ms + 0.25 * seen).clamp(1e4, 1e9);
            }
            None => {}
        }
        if finished {
            return Ok(());
        }
        before = now;
        if now - paused >= PAUSE_MS {
            scheduler.progress(executor.progress());
            scheduler.pause().await;
            if scheduler.stopped() {
                return Err(Error::Aborted);
            }
            paused = scheduler.now();
            before = paused;
        }
    }
}
