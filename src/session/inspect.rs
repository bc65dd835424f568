//! Inspection of a network at work: the values between a picture and its result.
//!
//! Input and output are converted exactly as in [`Model::process`].

use super::frame::{Frame, Reduced};
use super::model::Model;
use super::process::{Part, checked_size, result_size};
use super::profile::KernelTime;
use super::scheduler::Scheduler;
use super::source::ScaledSource;
use super::summary::{self, NodeSummary};
use super::tile_progress::TileProgress;
use crate::error::{Error, Result};
use crate::image::features::Positions;
use crate::image::metrics::same_size;
use crate::image::planar;
use crate::image::{Features, Loss, Picture, Rect};
use crate::ops::{Fact, Indices, Op};
use crate::plan::Selection;
use crate::task::Tiling;
use crate::tensor::Tensor;
use std::borrow::Cow;
use std::cell::Cell;
use std::rc::Rc;

/// Default side of the inspected crop, in pixels of the network's input.
pub(super) const DEFAULT_SIDE: usize = 256;
const MAX_SIDE: usize = 1024;

/// A network at work on a picture or a crop of it.
pub struct Inspection {
    model: Rc<Model>,
    picture: Rc<Picture>,
    seen: Seen,
    input: Tensor,
    facts: Vec<Option<Fact>>,
    nodes: Vec<NodeSummary>,
}

enum Seen {
    /// The crop of the picture, and the corresponding part of the output. `frame` is the whole frame's result
    /// for a model that takes colors from it.
    Part {
        rect: Rect,
        result: (u32, u32),
        part: Part,
        colors: Option<Reduced>,
    },
    Frame(Reduced),
}

/// Timing of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    /// Every kernel, in the order of the run.
    pub kernels: Vec<KernelTime>,
    /// One entry for each of [`Inspection::nodes`]; `None` if the node has no kernel of its own.
    pub milliseconds: Vec<Option<f64>>,
    /// For each node, the index of the node whose kernel computes it; `None` for nodes with a time, and for
    /// nodes that take none (such as Identity).
    pub within: Vec<Option<usize>>,
}

impl Model {
    /// Prepares the inspection of a picture. A model that can be tiled gets a crop of at most `side` pixels (of the
    /// network's input, 1 to 1024; 256 if `None`) around `at`, `[x, y]` in the picture, by default its center. Near the
    /// crop's inner edges the result differs from that of [`Model::process`] on the whole picture. A model that needs the
    /// whole frame gets it, resized if its size is fixed. A model with `tiling: both` gets a tile.
    ///
    /// # Errors
    /// As for [`Model::estimate`]; `InvalidInput` for a side out of range.
    pub fn inspect(
        self: &Rc<Self>,
        picture: &Rc<Picture>,
        at: Option<[u32; 2]>,
        side: Option<usize>,
    ) -> Result<Inspection> {
        let side = side.unwrap_or(DEFAULT_SIDE);
        if side == 0 || side > MAX_SIDE {
            return Err(Error::InvalidInput(format!(
                "the side must be from 1 to {MAX_SIDE} pixels, not {side}"
            )));
        }
        let picture = &match picture.bled()? {
            Cow::Borrowed(_) => picture.clone(),
            Cow::Owned(bled) => Rc::new(bled),
        };
        let task = self.task()?;
        let frame = self.frame([picture.height(), picture.width()])?;
        let (seen, input) = match frame.map(|size| Reduced::new(self, picture, size)).transpose()? {
            Some(reduced) if task.tiling != Tiling::Both => {
                let input = reduced.tensor(self)?;
                (Seen::Frame(reduced), input)
            }
            colors => self.part(picture, at, side, colors)?,
        };
        let &[_, c, h, w] = input.shape() else {
            return Err(Error::InvalidInput("the model's input is not a picture".into()));
        };
        let facts = self.pictures().facts(&self.pictures().input_shapes(task.port, [1, c, h, w]))?;
        let nodes = summary::nodes(self.pictures(), &facts);
        Ok(Inspection { model: self.clone(), picture: picture.clone(), seen, input, facts, nodes })
    }

    fn part(
        &self,
        picture: &Picture,
        at: Option<[u32; 2]>,
        side: usize,
        colors: Option<Reduced>,
    ) -> Result<(Seen, Tensor)> {
        let (task, geometry) = (self.task()?, self.geometry()?);
        let source = ScaledSource { picture, scale: task.scale() };
        let (size, scale) = (source.size(), task.scale() as usize);
        let result = result_size(geometry, size)?;
        let [x, y] = at.unwrap_or([picture.width() / 2, picture.height() / 2]);
        let at = [y, x].map(|at| (at as usize).saturating_mul(scale));
        let [row, column] = [0, 1].map(|i| geometry.axes[i].around(size[i], side, at[i], scale));
        let (start, tile) = ([row.start, column.start], [row.len, column.len]);
        if tile[0] < size[0] || tile[1] < size[1] {
            self.cost(geometry, tile)?;
        } else {
            self.whole(geometry, tile)?;
        }
        let part = Part::new(&row, &column, [result.1, result.0]).ok_or_else(|| {
            Error::InvalidInput("the picture is too small: the model has no output for this crop".into())
        })?;
        let input = source.padded(start, tile, task.input(geometry.in_channels)?)?;
        Ok((Seen::Part { rect: seen(start, tile, picture, scale), result, part, colors }, input))
    }
}

/// Region of the picture from `start` on that the network sees, `[y, x]`.
fn seen(start: [usize; 2], tile: [usize; 2], picture: &Picture, scale: usize) -> Rect {
    let along = |i: usize, side: u32| {
        let first = (start[i] / scale) as u32;
        (first, (tile[i].div_ceil(scale) as u32).min(side - first))
    };
    let ((y, height), (x, width)) = (along(0, picture.height()), along(1, picture.width()));
    Rect::new(x, y, width, height)
}

impl Inspection {
    /// The inspected crop of the picture.
    pub fn rect(&self) -> Rect {
        match &self.seen {
            Seen::Part { rect, .. } => *rect,
            Seen::Frame(_) => self.picture.rect(),
        }
    }

    /// The model's input, `[1, C, H, W]`.
    pub fn tensor(&self) -> &Tensor {
        &self.input
    }

    /// The nodes of the graph whose values depend on the input, in topological order.
    pub fn nodes(&self) -> &[NodeSummary] {
        &self.nodes
    }

    /// The input as a picture, including the reflected padding at the right and lower border.
    ///
    /// # Errors
    /// `OutOfMemory`.
    pub fn input(&self) -> Result<Picture> {
        let &[_, channels, height, width] = self.input.shape() else {
            return Err(Error::InvalidInput("the model's input is not a picture".into()));
        };
        let all = Rect::new(0, 0, width as u32, height as u32);
        let mut rgba = planar::opaque(all)?;
        planar::paint(&mut rgba, &self.input, all, self.model.task()?.input(channels)?)?;
        Picture::from_rgba(all.width, all.height, &rgba)
    }

    /// The result for [`Inspection::rect`], as [`Model::process`] returns it, with some values set to zero
    /// (see [`Selection::cut`]).
    ///
    /// # Errors
    /// As for [`Model::run`].
    pub async fn output(&self, cut: Vec<String>, scheduler: &impl Scheduler) -> Result<Picture> {
        let selection = Selection { outputs: vec![], cut };
        let output = self.run(&self.input, &selection, scheduler).await?;
        match &self.seen {
            Seen::Part { result, part, colors, .. } => {
                let mut chroma = None;
                if let Some(reduced) = colors {
                    let output = self.run(&reduced.tensor(&self.model)?, &selection, scheduler).await?;
                    chroma = Frame::new(&self.model, &self.picture, reduced, output)?.into_chroma()?;
                }
                let source = ScaledSource { picture: &self.picture, scale: self.model.task()?.scale() };
                let rgba = self.model.painted(&source, *result, &output, part, chroma.as_ref())?;
                Picture::from_rgba(part.place.width, part.place.height, &rgba)
            }
            Seen::Frame(reduced) => {
                let frame = Frame::new(&self.model, &self.picture, reduced, output)?;
                frame.finish(&self.picture, self.model.frame_scale()?, None, scheduler, &mut |_| {}).await
            }
        }
    }

    /// Runs up to one value, given by its ONNX name.
    ///
    /// # Errors
    /// As for [`Model::run`] and [`Features::new`].
    pub async fn features(
        &self,
        value: String,
        cut: Vec<String>,
        scheduler: &impl Scheduler,
    ) -> Result<Features> {
        let positions = self.positions(&value);
        let selection = Selection { outputs: vec![value], cut };
        let tensor = self.run(&self.input, &selection, scheduler).await?;
        Features::new(tensor, positions)
    }

    /// Loss against a reference of the size of the whole picture's result; for a segmentation it is a label
    /// picture. [`Loss`] describes the comparison for each kind of output; classes are compared at the size
    /// of the model's output.
    ///
    /// # Errors
    /// As for [`Model::run`]; `InvalidInput` for a reference of another size, or without any label of the
    /// model's classes.
    pub async fn loss(
        &self,
        reference: &Picture,
        cut: Vec<String>,
        scheduler: &impl Scheduler,
    ) -> Result<Loss> {
        let (wanted, place) = match &self.seen {
            Seen::Part { result, part, .. } => (*result, part.place),
            Seen::Frame(_) => {
                let source = ScaledSource { picture: &self.picture, scale: self.model.frame_scale()? };
                let (width, height) = checked_size(source.size())?;
                ((width, height), Rect::new(0, 0, width, height))
            }
        };
        same_size(wanted, reference.size())?;
        let encoding = self.model.task()?.output(self.model.geometry()?.out_channels)?;
        if !encoding.channels.are_classes() {
            return Loss::absolute(&self.output(cut, scheduler).await?, reference, place);
        }
        let selection = Selection { outputs: vec![], cut };
        let output = self.run(&self.input, &selection, scheduler).await?;
        let scores = encoding.scores(&output).unwrap_or(Ok(output))?;
        let within = match (&self.seen, scores.shape()) {
            (Seen::Part { part, .. }, _) => part.within,
            (_, &[_, _, height, width]) => Rect::new(0, 0, width as u32, height as u32),
            _ => Rect::new(0, 0, 0, 0),
        };
        Loss::cross_entropy(&scores, within, reference, place)
    }

    /// Times every node, averaged over several ordinary runs.
    ///
    /// # Errors
    /// As for [`Model::run`].
    pub async fn profile(&self, scheduler: &impl Scheduler) -> Result<Profile> {
        let scheduler = TileProgress { scheduler, done: &Cell::new(0), tiles: 1 };
        let mut fallback = None;
        let kernels = loop {
            let on_gpu = fallback.is_none() && self.model.device().uses_gpu();
            match self
                .model
                .time_kernels(self.model.pictures(), vec![self.input.clone()], &scheduler, on_gpu)
                .await
            {
                Err(error) if on_gpu => self.model.fall_back(error, &mut fallback)?,
                kernels => break kernels?,
            }
        };
        let place = |node: usize| self.nodes.iter().position(|summary| summary.index == node);
        let mut milliseconds = vec![None; self.nodes.len()];
        let mut within = vec![None; self.nodes.len()];
        for kernel in &kernels {
            let mut nodes = kernel.nodes.iter().filter_map(|&node| place(node));
            let Some(first) = nodes.next() else { continue };
            *milliseconds[first].get_or_insert(0.0) += kernel.milliseconds;
            nodes.for_each(|node| within[node] = Some(first));
        }
        for (within, own) in within.iter_mut().zip(&milliseconds) {
            *within = within.filter(|_| own.is_none());
        }
        Ok(Profile { kernels, milliseconds, within })
    }

    /// Returns the first of the selected values.
    async fn run(&self, input: &Tensor, selection: &Selection, scheduler: &impl Scheduler) -> Result<Tensor> {
        let scheduler = TileProgress { scheduler, done: &Cell::new(0), tiles: 1 };
        let inputs = || Ok(vec![input.clone()]);
        Ok(self.model.outputs(&inputs, selection, &scheduler, &mut None).await?.swap_remove(0))
    }

    /// Position encoding, if the value is the second output of a max-pooling.
    fn positions(&self, value: &str) -> Option<Positions> {
        let graph = self.model.graph();
        graph.nodes.iter().find_map(|node| {
            let (Op::MaxPool(op), &[_, Some(edge)]) = (&node.op, &node.outputs[..]) else { return None };
            let pooled = self.facts[node.inputs.first().copied().flatten()?.0].as_ref()?;
            let (&[_, _, h, w], true) = (&pooled.shape[..], graph.edges[edge.0].name == value) else {
                return None;
            };
            let (window, ..) = op.window([h, w]).ok()?;
            Some(Positions { plane: [h, w], by_columns: op.indices == Indices::Columns, window })
        })
    }
}
