//! Accepted sizes and receptive field of a model, found by planning it at candidate sizes.

use crate::error::{Error, Result};
use crate::graph::Graph;
use crate::image::planar::Channels;
use crate::plan::{Kernel, Operand, Plan, Prepared, Selection, Step, Window};
use crate::task::{Task, Tiling};
use crate::tensor::DType;
use crate::tile::{Axis, Ratio, receptive_field};

/// Maximum step between accepted sizes to try.
const MOST_MULTIPLE: usize = 256;

/// Sizes at which a model without fixed size is tried: multiples of powers of two first, then
/// what networks without padding accept (572 is U-Net's own).
const TRIES: [usize; 10] = [256, 240, 512, 188, 572, 224, 128, 320, 96, 64];

/// A model's geometry as a function from pictures to pictures.
#[derive(Debug, Clone)]
pub struct Geometry {
    /// `[y, x]`
    pub axes: [Axis; 2],
    /// Number of channels of the network's input.
    pub in_channels: usize,
    /// Number of channels of its first output.
    pub out_channels: usize,
}

impl Geometry {
    /// Finds a model's accepted and output sizes by planning it at several sizes.
    ///
    /// # Errors
    /// `InvalidInput` if the model's first output is not a picture of its input, `InvalidModel` if its
    /// channels or sizes contradict its metadata; the error of planning if no size is accepted.
    pub fn of(graph: &Graph, task: &Task) -> Result<Self> {
        let declared = |i: usize| graph.inputs[task.port].shape.as_ref().and_then(|shape| shape[i]);
        let channels = declared(1).map_or(vec![3, 1], |c| vec![c]);
        let fixed = [declared(2), declared(3)];
        if let Some(pictures) = declared(0).filter(|&n| n != 1) {
            return Err(Error::InvalidInput(format!(
                "the model takes {pictures} pictures at once; export it with a batch of 1 or a dynamic batch"
            )));
        }
        let (mut lossy, mut first_error) = (None, None);
        for size in TRIES {
            for &c in &channels {
                let lengths = [fixed[0].unwrap_or(size), fixed[1].unwrap_or(size)];
                match Self::at(graph, task, c, lengths, fixed.map(|f| f.is_some())) {
                    Ok((geometry, true)) => return Ok(geometry),
                    Ok((geometry, false)) => lossy = lossy.or(Some(geometry)),
                    Err(e) => first_error = first_error.or(Some(e)),
                }
            }
            if fixed.iter().all(Option::is_some) {
                break;
            }
        }
        lossy.ok_or_else(|| first_error.unwrap_or_else(|| Error::InvalidModel("it accepts no size".into())))
    }

    /// The geometry at one size, and whether every pooling covers its whole input there: other accepted sizes
    /// are derived from a size where all do.
    fn at(
        graph: &Graph,
        task: &Task,
        c: usize,
        [h, w]: [usize; 2],
        fixed: [bool; 2],
    ) -> Result<(Self, bool)> {
        let facts = graph.facts(&graph.input_shapes(task.port, [1, c, h, w]))?;
        let prepared = Prepared::new(graph, &facts, &Selection::default())?;
        let plan = &prepared.plan;
        let not_a_picture = |made: &[usize]| {
            let given = [1, c, h, w];
            Error::InvalidInput(format!(
                "the model's first output is not a picture (N × C × H × W) of its input: of {given:?} it makes {made:?}"
            ))
        };
        let (&input, &output) =
            plan.inputs.first().zip(plan.outputs.first()).ok_or_else(|| not_a_picture(&[]))?;
        let value = &plan.values[output.0];
        let not_a_picture = || not_a_picture(&value.shape);
        if value.dtype != DType::F32 {
            return Err(Error::InvalidInput(
                "the model's first output is integers (of an ArgMax?); export the scores before it".into(),
            ));
        }
        let &[1, out_channels, oh, ow] = &value.shape[..] else {
            return Err(not_a_picture());
        };
        let axis = |i: usize, base: (usize, usize)| -> Result<Axis> {
            let mut receptive_field = receptive_field(plan, input, output, i).ok_or_else(not_a_picture)?;
            if task.tiling == Tiling::Whole {
                receptive_field.extent = None;
            }
            let more = if fixed[i] {
                None
            } else {
                accepted(graph, task, [1, c, h, w], i, receptive_field.multiple)
            };
            receptive_field.multiple = more.unwrap_or(receptive_field.multiple);
            let least = more.map_or(base.0, |multiple| least(graph, task, [1, c, h, w], i, multiple));
            Ok(Axis { receptive_field, base, fixed: more.is_none(), least })
        };
        let axes = [axis(0, (h, oh))?, axis(1, (w, ow))?];
        task.input(c)?;
        let chroma = task.output(out_channels)?.channels == Channels::Chroma;
        let same_size =
            axes.iter().all(|axis| axis.receptive_field.jump == Ratio::ONE && axis.base.0 == axis.base.1);
        let framed = task.side().is_some() || axes.iter().all(|axis| axis.fixed && axis.sees_all());
        if chroma && !framed && !same_size {
            return Err(Error::InvalidModel(
                "its metadata call its output \"lab-ab\", but it is not of the input's size".into(),
            ));
        }
        if task.side().is_some() && !axes.iter().all(Axis::covers) {
            return Err(Error::InvalidModel(
                "its metadata give its input a side, but its output leaves out part of the frame".into(),
            ));
        }
        Ok((Self { axes, in_channels: c, out_channels }, plan.steps.iter().all(|step| pools_all(plan, step))))
    }

    /// Output size for a picture of this size, `[height, width]` each.
    pub fn output_size(&self, size: [usize; 2]) -> [usize; 2] {
        [0, 1].map(|i| {
            let axis = &self.axes[i];
            let padded = axis.accept(size[i]);
            let jump = axis.receptive_field.jump;
            let surplus = (padded - size[i]) as i64 * jump.den / jump.num;
            axis.output_len(padded).saturating_sub(surplus as usize)
        })
    }

    /// Size, `[height, width]`, to which a whole picture is resized because the network accepts no other and every output
    /// pixel depends on all of it; `None` if the network sees the picture at its own size or in tiles.
    ///
    /// # Errors
    /// `InvalidInput` if the output omits part of the frame, so that it cannot be resized to the full picture.
    pub fn fixed_frame(&self, size: [usize; 2]) -> Result<Option<[usize; 2]>> {
        let bound = |i: &usize| self.axes[*i].fixed && self.axes[*i].sees_all();
        let differs = |i: usize| self.axes[i].base.0 != size[i];
        let bound: Vec<usize> = (0..2).filter(bound).collect();
        if !bound.iter().any(|&i| differs(i)) {
            return Ok(None);
        }
        if !self.axes.iter().all(Axis::covers) {
            let [h, w] = self.axes.map(|axis| axis.base.0);
            return Err(Error::InvalidInput(format!(
                "the model takes pictures of {w} × {h} pixels alone, of which its result shows a part"
            )));
        }
        let factor = |&i: &usize| self.axes[i].base.0 as f64 / size[i].max(1) as f64;
        let mean = bound.iter().map(factor).product::<f64>().powf(1.0 / bound.len() as f64);
        Ok(Some([0, 1].map(|i| match &self.axes[i] {
            axis if axis.fixed => axis.base.0,
            axis => axis.nearest(size[i] as f64 * mean),
        })))
    }

    /// Ratio of the result's size to the frame's if it is an integer; else 1.
    pub fn enlargement(&self) -> u32 {
        let [y, x] = self.axes.map(|axis| axis.base.1 / axis.base.0.max(1));
        let whole = self.axes.iter().all(|axis| axis.base.1.is_multiple_of(axis.base.0.max(1)));
        if whole && y == x { (y as u32).max(1) } else { 1 }
    }

    /// Input pixels around its own position that an output pixel depends on; `None` for the whole frame.
    pub fn halo(&self) -> [Option<usize>; 2] {
        [0, 1].map(|i| {
            let receptive_field = self.axes[i].receptive_field;
            let (lo, hi) = receptive_field.extent?;
            let own = receptive_field.jump.ceil() - 1;
            Some((-lo.floor()).max(hi.ceil() - own).max(0) as usize)
        })
    }
}

/// The smallest accepted length along an axis that differs from that of `shape` by a multiple: a pooling
/// window may stop fitting long before there is nothing left to halve.
fn least(graph: &Graph, task: &Task, shape: [usize; 4], axis: usize, multiple: usize) -> usize {
    let base = shape[2 + axis];
    let fits = |less: usize| {
        let mut shape = shape;
        shape[2 + axis] -= less * multiple;
        graph.facts(&graph.input_shapes(task.port, shape)).is_ok()
    };
    let (mut fitting, mut refused) = (0, (base - 1) / multiple + 1);
    if refused > 1 && fits(refused - 1) {
        fitting = refused - 1;
    }
    while refused - fitting > 1 {
        let middle = (fitting + refused) / 2;
        if fits(middle) { fitting = middle } else { refused = middle }
    }
    base - fitting * multiple
}

/// The smallest of `multiple` and its doublings by which the size may grow along an axis: a network can
/// restrict sizes in ways that its grids do not show. `None` if none is accepted.
fn accepted(graph: &Graph, task: &Task, shape: [usize; 4], axis: usize, multiple: usize) -> Option<usize> {
    let fits = |&more: &usize| {
        let mut shape = shape;
        shape[2 + axis] += more;
        graph.facts(&graph.input_shapes(task.port, shape)).is_ok()
    };
    let doubles = std::iter::successors(Some(multiple), |more| Some(more * 2));
    doubles.take_while(|&more| more <= MOST_MULTIPLE.max(multiple)).find(fits)
}

/// Whether a step's pooling, if its windows are adjacent, covers all rows and columns of its input.
fn pools_all(plan: &Plan, step: &Step) -> bool {
    let (Kernel::MaxPool { window } | Kernel::AveragePool { window, .. }) = &step.kernel else { return true };
    let Some(Operand::Value(read)) = step.inputs.first() else { return true };
    let Window { kernel, stride, pad_begin, .. } = *window;
    let side_by_side = kernel == stride && pad_begin == [0; 2];
    !side_by_side || (0..2).all(|i| plan.values[read.0].shape[2 + i].is_multiple_of(stride[i]))
}
