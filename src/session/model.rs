//! A loaded model: planning and running on tensors.

use super::engine::Device;
use super::geometry::Geometry;
use super::host::Host;
use super::summary::{self, Summary};
use crate::backend::cpu;
#[cfg(feature = "gpu")]
use crate::backend::gpu;
use crate::error::{Error, Result};
use crate::graph::Graph;
use crate::plan::{Plan, Prepared, Selection, arena};
use crate::task::{Description, Task};
use crate::tensor::Tensor;
use async_lock::Mutex;
use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::rc::Rc;

/// A run yields at least this often, in milliseconds.
pub(super) const PAUSE_MS: f64 = 25.0;
/// One indivisible piece of CPU work is cut to about this long, in milliseconds.
const PIECE_MS: f64 = 4.0;

/// Inputs of a run, by name.
pub type RunInput = BTreeMap<String, Tensor>;

/// A model and what has been prepared for running it.
pub struct Model {
    graph: Rc<Graph>,
    task: Result<Task>,
    device: Rc<Device>,
    geometry: OnceCell<Result<Geometry>>,
    /// Held by the run under way; others queue.
    runner: Mutex<Runner>,
}

/// The last plan, ready to run again, and packed weights.
struct Runner {
    ready: Option<Ready>,
    cpu_weights: cpu::WeightCache,
    #[cfg(feature = "gpu")]
    gpu_weights: gpu::WeightCache,
    /// Floating-point operations that the CPU does in a millisecond, as last seen.
    cpu_flops_per_ms: f64,
}

struct Ready {
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

/// Shapes of all inputs: `picture` at `port`, the declared ones elsewhere.
pub(super) fn shapes_for(graph: &Graph, port: usize, picture: [usize; 4]) -> Vec<Vec<usize>> {
    let declared = |i: usize| -> Vec<usize> {
        let shape = graph.inputs[i].shape.as_deref().unwrap_or(&[]);
        shape.iter().map(|d| d.unwrap_or(1)).collect()
    };
    (0..graph.inputs.len()).map(|i| if i == port { picture.to_vec() } else { declared(i) }).collect()
}

impl Model {
    pub(super) fn new(graph: Graph, device: Rc<Device>) -> Self {
        let task = Task::of(&graph);
        let runner = Runner {
            ready: None,
            cpu_weights: cpu::WeightCache::default(),
            #[cfg(feature = "gpu")]
            gpu_weights: gpu::WeightCache::new(),
            cpu_flops_per_ms: 5e6,
        };
        Self { graph: Rc::new(graph), task, device, geometry: OnceCell::new(), runner: Mutex::new(runner) }
    }

    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    /// What the model is as a function of pictures.
    ///
    /// # Errors
    /// Those of [`Task::of`]: such a model can only be run on tensors.
    pub fn task(&self) -> Result<&Task> {
        self.task.as_ref().map_err(Clone::clone)
    }

    /// # Errors
    /// Those of [`Model::task`] and [`Geometry::of`].
    pub fn geometry(&self) -> Result<&Geometry> {
        let of = || self.task().and_then(|task| Geometry::of(&self.graph, task));
        self.geometry.get_or_init(of).as_ref().map_err(Clone::clone)
    }

    /// What the model is for, in words and numbers.
    ///
    /// # Errors
    /// Those of [`Model::geometry`].
    pub fn describe(&self) -> Result<Description> {
        let geometry = self.geometry()?;
        self.task()?.describe(geometry.in_channels, geometry.out_channels)
    }

    pub(super) fn device(&self) -> &Device {
        &self.device
    }

    /// What a run at these input shapes (in the order of the model's inputs) would do.
    ///
    /// # Errors
    /// `InvalidInput` when shapes and declared inputs disagree, `InvalidNode`, `TooLarge`.
    pub fn plan(&self, shapes: &[Vec<usize>]) -> Result<Summary> {
        let facts = self.graph.facts(shapes)?;
        let prepared = Prepared::new(&self.graph, &facts, &Selection::default())?;
        let (halo, multiple) = match self.geometry() {
            Ok(g) => (g.halo(), [g.axes[0].reach.multiple, g.axes[1].reach.multiple]),
            Err(_) => ([None; 2], [1; 2]),
        };
        let nodes = summary::nodes(&self.graph, &facts);
        Ok(Summary {
            flops: nodes.iter().map(|node| node.flops).sum(),
            peak_bytes: peak_bytes(&prepared.plan)?,
            outputs: prepared.plan.outputs.iter().map(|v| prepared.plan.values[v.0].shape.clone()).collect(),
            nodes,
            halo,
            multiple,
        })
    }

    /// Runs the model. Inputs are given by name (a model of one input takes any name); the result
    /// is the selected values in order.
    ///
    /// # Errors
    /// `InvalidInput` for missing, unknown or misshapen inputs, those of [`Model::plan`],
    /// `Aborted`, `OutOfMemory`, and on a GPU `DeviceLost`, `GpuOutOfMemory`, `Gpu`.
    pub async fn run(
        &self,
        inputs: RunInput,
        selection: &Selection,
        host: &impl Host,
    ) -> Result<Vec<Tensor>> {
        let tensors = self.in_order(inputs)?;
        self.run_ordered(tensors, selection, host, self.device.uses_gpu()).await
    }

    /// [`Model::run`] on inputs in the model's order, on a backend of choice.
    pub(super) async fn run_ordered(
        &self,
        mut inputs: Vec<Tensor>,
        selection: &Selection,
        host: &impl Host,
        on_gpu: bool,
    ) -> Result<Vec<Tensor>> {
        let mut runner = self.runner.lock().await;
        if host.stopped() {
            return Err(Error::Aborted);
        }
        let shapes: Vec<Vec<usize>> = inputs.iter().map(|tensor| tensor.shape().to_vec()).collect();
        runner.prepare(&self.graph, shapes, selection, on_gpu, &self.device).await?;
        let Runner { ready, cpu_flops_per_ms, .. } = &mut *runner;
        let Some(Ready { prepared, executor, .. }) = ready else { return Err(Error::Aborted) };
        let mut read: Vec<Tensor> = Vec::new();
        for &port in &prepared.input_ports {
            read.push(std::mem::replace(&mut inputs[port], Tensor::vector([])));
        }
        prepared.adapt_inputs(&mut read);
        let read: Vec<&Tensor> = read.iter().collect();
        let result = match executor {
            Executor::Cpu(executor) => run_cpu(executor, &read, cpu_flops_per_ms, host).await,
            #[cfg(feature = "gpu")]
            Executor::Gpu(executor) => {
                let mut control = |fraction: f32| {
                    host.progress(fraction);
                    !host.stopped()
                };
                executor.run(&read, &mut control).await
            }
        };
        let mut outputs = match result {
            Ok(outputs) => outputs,
            Err(error) => {
                // A run that broke off leaves nothing that the next one could trip over.
                *ready = None;
                return Err(error);
            }
        };
        prepared.adapt_outputs(&mut outputs);
        Ok(outputs)
    }

    /// Lets go of the buffers of the last run.
    pub async fn release(&self) {
        self.runner.lock().await.ready = None;
    }

    fn in_order(&self, mut inputs: RunInput) -> Result<Vec<Tensor>> {
        let ports = &self.graph.inputs;
        if let ([_], 1) = (&ports[..], inputs.len()) {
            return Ok(inputs.into_values().collect());
        }
        let take = |port: &crate::graph::Port| {
            let tensor = inputs.remove(&port.name);
            tensor.ok_or_else(|| Error::InvalidInput(format!("input {:?} is missing", port.name)))
        };
        let tensors = ports.iter().map(take).collect::<Result<Vec<Tensor>>>()?;
        match inputs.keys().next() {
            Some(name) => Err(Error::InvalidInput(format!("the model has no input named {name:?}"))),
            None => Ok(tensors),
        }
    }
}

/// Bytes that the CPU backend takes for a run.
pub(super) fn peak_bytes(plan: &Plan) -> Result<u64> {
    let arena = arena::assign(plan)?;
    Ok(4 * arena.len as u64 + cpu::packed_bytes(plan)? + cpu::scratch_bytes(plan)?)
}

impl Runner {
    async fn prepare(
        &mut self,
        graph: &Graph,
        shapes: Vec<Vec<usize>>,
        selection: &Selection,
        on_gpu: bool,
        device: &Device,
    ) -> Result<()> {
        let same = |r: &Ready| r.shapes == shapes && r.selection == *selection && r.on_gpu == on_gpu;
        if self.ready.as_ref().is_some_and(same) {
            return Ok(());
        }
        // The old buffers go before the new ones come.
        self.ready = None;
        let facts = graph.facts(&shapes)?;
        let prepared = Prepared::new(graph, &facts, selection)?;
        let plan = prepared.plan.clone();
        let executor = match device.gpu() {
            #[cfg(feature = "gpu")]
            Some(gpu) if on_gpu => Executor::Gpu(gpu::Executor::new(gpu, plan, &mut self.gpu_weights).await?),
            _ => Executor::Cpu(cpu::Executor::new(plan, &mut self.cpu_weights)?),
        };
        self.ready = Some(Ready { shapes, selection: selection.clone(), on_gpu, prepared, executor });
        Ok(())
    }
}

async fn run_cpu(
    executor: &mut cpu::Executor,
    inputs: &[&Tensor],
    flops_per_ms: &mut f64,
    host: &impl Host,
) -> Result<Vec<Tensor>> {
    executor.start(inputs)?;
    let (mut paused, mut before) = (host.now(), host.now());
    loop {
        let budget = (*flops_per_ms * PIECE_MS) as u64;
        let finished = executor.advance(budget);
        let now = host.now();
        if finished {
            return executor.outputs();
        }
        // Follows the machine's speed slowly: pieces differ in what they really cost.
        let seen = budget as f64 / (now - before).max(0.1);
        *flops_per_ms = (0.75 * *flops_per_ms + 0.25 * seen).clamp(1e4, 1e9);
        before = now;
        if now - paused >= PAUSE_MS {
            host.progress(executor.progress());
            host.pause().await;
            if host.stopped() {
                return Err(Error::Aborted);
            }
            paused = host.now();
            before = paused;
        }
    }
}
