//! A loaded model: planning and running on tensors.

use super::engine::Device;
use super::geometry::Geometry;
use super::profile::KernelTime;
use super::runner::{RunRequest, Runner};
use super::scheduler::Scheduler;
use super::stem::StemRunner;
use super::summary::{self, Summary};
use super::tile_progress::TileProgress;
use crate::backend::cpu;
use crate::error::{Error, Result};
use crate::graph::Graph;
use crate::plan::{Plan, Prepared, Selection, arena};
use crate::task::{Description, Task, channels_first};
use crate::tensor::Tensor;
use async_lock::Mutex;
use std::cell::{Cell, OnceCell};
use std::collections::BTreeMap;
use std::rc::Rc;

/// Inputs of a run, by name.
pub type RunInput = BTreeMap<String, Tensor>;

/// A model, and its state for running.
pub struct Model {
    /// The graph as in the file.
    graph: Rc<Graph>,
    /// The graph as a function of N×C×H×W pictures: the same, unless the file is channels-last.
    pictures: Rc<Graph>,
    task: Result<Task>,
    device: Rc<Device>,
    geometry: OnceCell<Result<Geometry>>,
    /// Held by the current run; others queue.
    runner: Mutex<Runner>,
    pub(super) stem: StemRunner,
}

impl Model {
    pub(super) fn new(graph: Graph, device: Rc<Device>) -> Self {
        let graph = Rc::new(graph);
        let first = channels_first(&graph).map(|first| first.map_or(graph.clone(), Rc::new));
        let task = first.as_ref().map_err(Clone::clone).and_then(|pictures| Task::of(pictures));
        let pictures = first.unwrap_or_else(|_| graph.clone());
        let runner = Mutex::new(Runner::default());
        Self { graph, pictures, task, device, geometry: OnceCell::new(), runner, stem: StemRunner::default() }
    }

    /// The graph as a function of N×C×H×W pictures.
    pub(super) fn pictures(&self) -> &Rc<Graph> {
        &self.pictures
    }

    /// The network as in its file.
    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    /// Task of the model as a function of pictures.
    ///
    /// # Errors
    /// As for [`Task::of`]: such a model can only be run on tensors.
    pub fn task(&self) -> Result<&Task> {
        self.task.as_ref().map_err(Clone::clone)
    }

    /// Picture sizes that the model accepts, and their output sizes; computed on first use.
    ///
    /// # Errors
    /// As for [`Model::task`] and [`Geometry::of`].
    pub fn geometry(&self) -> Result<&Geometry> {
        let of = || self.task().and_then(|task| Geometry::of(&self.pictures, task));
        self.geometry.get_or_init(of).as_ref().map_err(Clone::clone)
    }

    /// Description of the model's task in words and numbers.
    ///
    /// # Errors
    /// As for [`Model::geometry`].
    pub fn describe(&self) -> Result<Description> {
        let geometry = self.geometry()?;
        self.task()?.describe(geometry.in_channels, geometry.out_channels)
    }

    pub(super) fn device(&self) -> &Device {
        &self.device
    }

    /// Summary of a run with these input shapes, in the order of the model's inputs.
    ///
    /// # Errors
    /// `InvalidInput` if shapes and declared inputs disagree, `InvalidNode`, `TooLarge`.
    pub fn plan(&self, shapes: &[Vec<usize>]) -> Result<Summary> {
        let facts = self.graph.facts(shapes).map_err(|error| self.with_least_size(error, shapes))?;
        let prepared = Prepared::new(&self.graph, &facts, &Selection::default())?;
        let (halo, multiple) = match self.geometry() {
            Ok(g) => (g.halo(), [g.axes[0].receptive_field.multiple, g.axes[1].receptive_field.multiple]),
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

    /// Runs the model. Inputs are given by name (a model with one input takes any name); returns the selected
    /// values in order.
    ///
    /// # Errors
    /// `InvalidInput` for missing, unknown or misshapen inputs; as for [`Model::plan`]; `Aborted`,
    /// `OutOfMemory`, and on a GPU `Gpu`. If the GPU is lost or cannot hold the values, the run continues on
    /// the CPU.
    pub async fn run(
        &self,
        inputs: RunInput,
        selection: &Selection,
        scheduler: &impl Scheduler,
    ) -> Result<Vec<Tensor>> {
        let tensors = self.in_order(inputs)?;
        // The only type of scheduler that runs are compiled for.
        let scheduler = TileProgress { scheduler, done: &Cell::new(0), tiles: 1 };
        let done =
            self.outputs_of(&self.graph, &|| Ok(tensors.clone()), selection, &scheduler, &mut None).await;
        done.map_err(|error| {
            let shapes: Vec<Vec<usize>> = tensors.iter().map(|tensor| tensor.shape().to_vec()).collect();
            self.with_least_size(error, &shapes)
        })
    }

    /// Extends the error of a node that rejects a small picture by the smallest size that would do.
    fn with_least_size(&self, error: Error, shapes: &[Vec<usize>]) -> Error {
        let (Ok(geometry), Ok(task)) = (self.geometry(), self.task()) else { return error };
        match (error, shapes.get(task.port).map(Vec::as_slice)) {
            (Error::InvalidNode { node, op, reason }, Some(&[_, _, h, w]))
                if Rc::ptr_eq(&self.graph, &self.pictures)
                    && (h < geometry.axes[0].least || w < geometry.axes[1].least) =>
            {
                let [least_h, least_w] = [0, 1].map(|i| geometry.axes[i].least);
                let reason = format!(
                    "{reason}; the input has {w} × {h} pixels, and at least {least_w} × {least_h} are needed"
                );
                Error::InvalidNode { node, op, reason }
            }
            (error, _) => error,
        }
    }

    /// Runs the model on a tile's input, as a helper thread does ([`Scheduler::help`]). Input and output are
    /// N×C×H×W.
    ///
    /// # Errors
    /// As for [`Model::run`].
    pub async fn tile(&self, input: Tensor, scheduler: &impl Scheduler) -> Result<Tensor> {
        let scheduler = TileProgress { scheduler, done: &Cell::new(0), tiles: 1 };
        let inputs = || Ok(vec![input.clone()]);
        Ok(self.outputs(&inputs, &Selection::default(), &scheduler, &mut None).await?.swap_remove(0))
    }

    /// The selected values for pictures; see [`Model::pictures`].
    pub(super) async fn outputs(
        &self,
        inputs: &dyn Fn() -> Result<Vec<Tensor>>,
        selection: &Selection,
        scheduler: &impl Scheduler,
        fallback: &mut Option<Error>,
    ) -> Result<Vec<Tensor>> {
        self.outputs_of(&self.pictures, inputs, selection, scheduler, fallback).await
    }

    /// The selected values for inputs in the graph's order, which are made again if the CPU takes over.
    pub(super) async fn outputs_of(
        &self,
        graph: &Rc<Graph>,
        inputs: &dyn Fn() -> Result<Vec<Tensor>>,
        selection: &Selection,
        scheduler: &impl Scheduler,
        fallback: &mut Option<Error>,
    ) -> Result<Vec<Tensor>> {
        self.outputs_on(&self.runner, graph, inputs, selection, scheduler, fallback).await
    }

    /// [`Model::outputs_of`] with the plan and the weights of `runner`.
    pub(super) async fn outputs_on(
        &self,
        runner: &Mutex<Runner>,
        graph: &Rc<Graph>,
        inputs: &dyn Fn() -> Result<Vec<Tensor>>,
        selection: &Selection,
        scheduler: &impl Scheduler,
        fallback: &mut Option<Error>,
    ) -> Result<Vec<Tensor>> {
        loop {
            let on_gpu = fallback.is_none() && self.device.uses_gpu();
            let what = RunRequest { graph, selection, device: &self.device, on_gpu };
            match run_ordered(runner, what, inputs()?, scheduler).await {
                Err(error) if on_gpu => self.fall_back(error, fallback)?,
                result => return result,
            }
        }
    }

    /// Falls back to the CPU if the GPU fails or cannot hold the values; `fallback` then says why.
    pub(super) fn fall_back(&self, error: Error, fallback: &mut Option<Error>) -> Result<()> {
        match error {
            Error::DeviceLost(_) | Error::GpuOutOfMemory(_) => self.device.give_up(&error),
            Error::TooLarge { .. } => {}
            error => return Err(error),
        }
        *fallback = Some(error);
        Ok(())
    }

    /// Times every kernel of a run on these inputs, averaged over several ordinary runs. On a GPU, times are
    /// its timestamps, which browsers may round to 0.1 ms; without timestamps, every kernel's time includes
    /// the round trip to the GPU.
    ///
    /// # Errors
    /// As for [`Model::run`], but the CPU does not take over from a failed GPU.
    pub async fn profile(&self, inputs: RunInput, scheduler: &impl Scheduler) -> Result<Vec<KernelTime>> {
        self.time_kernels(&self.graph, self.in_order(inputs)?, scheduler, self.device.uses_gpu()).await
    }

    /// Times kernels like [`Model::profile`], with inputs in the graph's order, on the given backend.
    pub(super) async fn time_kernels(
        &self,
        graph: &Rc<Graph>,
        inputs: Vec<Tensor>,
        scheduler: &impl Scheduler,
        on_gpu: bool,
    ) -> Result<Vec<KernelTime>> {
        let mut runner = self.runner.lock().await;
        if scheduler.stopped() {
            return Err(Error::Aborted);
        }
        let selection = Selection::default();
        let what = RunRequest { graph, selection: &selection, device: &self.device, on_gpu };
        let times = runner.time(what, inputs, scheduler).await?;
        if on_gpu {
            return Ok(times);
        }
        let rates = cpu::bounds(&|| scheduler.now())?;
        Ok(times.into_iter().map(|time| time.bounded(rates)).collect())
    }

    /// Frees the buffers of the last run; does nothing while a run is in progress.
    pub fn release(&self) {
        for runner in [&self.runner, self.stem.runner()] {
            if let Some(mut runner) = runner.try_lock() {
                runner.release();
            }
        }
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

/// Runs on inputs in the graph's order, as soon as no other run holds the runner.
async fn run_ordered(
    runner: &Mutex<Runner>,
    what: RunRequest<'_>,
    inputs: Vec<Tensor>,
    scheduler: &impl Scheduler,
) -> Result<Vec<Tensor>> {
    let mut runner = runner.lock().await;
    if scheduler.stopped() {
        return Err(Error::Aborted);
    }
    runner.run(what, inputs, scheduler).await
}

/// Memory of a run on the CPU backend, in bytes.
pub(super) fn peak_bytes(plan: &Plan) -> Result<u64> {
    let arena = arena::assign(plan)?;
    Ok(4 * arena.len as u64 + cpu::packed_bytes(plan)? + cpu::scratch_bytes(plan)?)
}
