//! A plan as a list of shader dispatches: plain data, built without touching the device.

use super::lower;
use super::memory::{Lifetime, Slots, assign};
use super::pack::Packing;
use super::shader::{Shader, Variant};
use bytemuck::{Pod, Zeroable};
use unet_kernels::error::{Error, Result};
use unet_kernels::tensor::DType;
use unet_plan::{ConstId, Kernel, Layout, Operand, Plan, PlanValue, Step, ValueId};

/// Invocations per workgroup in kernels that compute one element each; `WORKGROUP` in the shaders.
const WORKGROUP: u64 = 64;

/// Maximum number of workgroups per dimension.
const MAX_GRID: u64 = 65_535;

/// Resource at one binding of a shader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Binding {
    /// Storage by number, see [`Program::pieces`].
    Piece(usize),
    Constant(ConstId, Packing),
    /// [`Program::tables`].
    Tables,
    /// Nothing; the variant does not read it.
    Unread,
    /// Nothing; the variant does not write it.
    Unwritten,
}

#[derive(Debug, Clone)]
pub(crate) struct Dispatch {
    pub variant: Variant,
    pub params: Vec<u8>,
    pub bindings: Vec<Binding>,
    pub workgroups: [u32; 3],
    pub flops: u64,
}

#[derive(Debug, Clone)]
pub(crate) enum Command {
    Dispatch(Dispatch),
    /// Copies one piece to another; each comes with its first byte.
    Copy {
        from: (usize, u64),
        to: (usize, u64),
        bytes: u64,
    },
}

/// Storage of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    pub piece: usize,
    /// First vec4 of the value.
    pub base: u32,
}

#[derive(Debug, Default)]
pub(crate) struct Program {
    pub commands: Vec<Command>,
    /// One past the last command of each step of the plan.
    pub step_ends: Vec<usize>,
    /// Tables of indices and weights for gathers and resizings.
    pub tables: Vec<u32>,
    /// Storage of values without a parent, and scratch.
    pub pieces: Vec<Lifetime>,
    pub slots: Slots,
    /// Storage location of each value of the plan.
    pub places: Vec<Place>,
}

/// Shader parameters of a value in blocks of four channels. A `RowMajor` value is one row of one plane of four
/// channels.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Pod, Zeroable)]
pub(crate) struct Planes {
    pub base: u32,
    pub channels: u32,
    pub height: u32,
    pub width: u32,
}

/// An operand or result during lowering.
#[derive(Debug, Clone)]
pub(crate) struct View {
    pub binding: Binding,
    pub shape: Vec<usize>,
    pub layout: Layout,
    pub dtype: DType,
    pub planes: Planes,
    pub samples: u32,
}

impl View {
    fn new(binding: Binding, base: u32, shape: &[usize], layout: Layout, dtype: DType) -> Self {
        let (samples, [channels, height, width]) = match (layout, shape) {
            (Layout::Nchwc4, &[n, c, h, w]) => (n, [c, h, w]),
            _ => (1, [4, 1, shape.iter().product::<usize>().div_ceil(4)]),
        };
        let [channels, height, width] = [channels, height, width].map(|x| x as u32);
        let planes = Planes { base, channels, height, width };
        Self { binding, shape: shape.to_vec(), layout, dtype, planes, samples: samples as u32 }
    }

    /// Blocks of four channels per sample.
    pub(crate) fn blocks(&self) -> u32 {
        self.planes.channels.div_ceil(4)
    }

    /// Number of elements, without padding.
    pub(crate) fn elements(&self) -> u32 {
        self.shape.iter().product::<usize>() as u32
    }

    /// Number of stored vectors of four elements.
    pub(crate) fn vectors(&self) -> u32 {
        self.samples * self.blocks() * self.planes.height * self.planes.width
    }
}

/// Number of workgroups for `items` elements, one per invocation.
pub(crate) fn workgroups(items: u32) -> u64 {
    u64::from(items).div_ceil(WORKGROUP)
}

/// Collects commands, one step after another.
pub(crate) struct Builder<'a> {
    pub plan: &'a Plan,
    pub step: &'a Step,
    /// Target size of the dispatches that heavy layers are split into.
    pub flops_limit: u64,
    number: usize,
    program: Program,
    /// Outputs of this step that go to scratch, since a buffer cannot be bound for reading and writing at
    /// once.
    redirected: Vec<(ValueId, usize)>,
}

impl<'a> Builder<'a> {
    /// Operand `i` of the step.
    pub(crate) fn input(&self, i: usize) -> Result<View> {
        match self.step.inputs.get(i) {
            Some(&Operand::Value(id)) => Ok(self.view(id)),
            Some(&Operand::Const(id)) => {
                let constant = &self.plan.constants[id.0];
                let binding = Binding::Constant(id, Packing::Layout(constant.layout));
                let tensor = &constant.tensor;
                Ok(View::new(binding, 0, tensor.shape(), constant.layout, tensor.dtype()))
            }
            None => Err(self.defect("an operand is missing")),
        }
    }

    /// Operand `i` of the step, which must be `Nchwc4`.
    pub(crate) fn planes(&self, i: usize) -> Result<View> {
        self.expect(self.input(i)?, Layout::Nchwc4)
    }

    /// Operand `i` of the step, which must be `RowMajor`.
    pub(crate) fn plain(&self, i: usize) -> Result<View> {
        self.expect(self.input(i)?, Layout::RowMajor)
    }

    fn expect(&self, view: View, layout: Layout) -> Result<View> {
        if view.layout != layout {
            return Err(self.defect("an operand has the wrong layout"));
        }
        Ok(view)
    }

    /// Result `i` of the step.
    pub(crate) fn output(&self, i: usize) -> Result<View> {
        let id = *self.step.outputs.get(i).ok_or_else(|| self.defect("a result is missing"))?;
        let mut view = self.view(id);
        if let Some(&(_, piece)) = self.redirected.iter().find(|(value, _)| *value == id) {
            view.binding = Binding::Piece(piece);
            view.planes.base = 0;
        }
        Ok(view)
    }

    fn view(&self, id: ValueId) -> View {
        let value = &self.plan.values[id.0];
        let place = self.program.places[id.0];
        View::new(Binding::Piece(place.piece), place.base, &value.shape, value.layout, value.dtype)
    }

    /// The operand, copied if it shares the result's buffer.
    pub(crate) fn apart(&mut self, mut operand: View, result: &View) -> View {
        if let (Binding::Piece(piece), true) = (operand.binding, operand.binding == result.binding) {
            let bytes = 16 * u64::from(operand.vectors());
            let scratch = self.add_scratch(bytes);
            let from = (piece, 16 * u64::from(operand.planes.base));
            self.program.commands.push(Command::Copy { from, to: (scratch, 0), bytes });
            operand.binding = Binding::Piece(scratch);
            operand.planes.base = 0;
        }
        operand
    }

    /// Copies the elements of `from` from a byte on, as many as `to` has.
    pub(crate) fn copy(&mut self, from: &View, byte: u64, to: &View) -> Result<()> {
        let (Binding::Piece(source), Binding::Piece(target)) = (from.binding, to.binding) else {
            return Err(self.defect("a part of a constant is copied"));
        };
        let from = (source, 16 * u64::from(from.planes.base) + byte);
        let bytes = 4 * u64::from(to.elements());
        let to = (target, 16 * u64::from(to.planes.base));
        self.program.commands.push(Command::Copy { from, to, bytes });
        Ok(())
    }

    /// Scratch storage for this step alone.
    pub(crate) fn scratch(&mut self, bytes: u64) -> Binding {
        Binding::Piece(self.add_scratch(bytes))
    }

    fn add_scratch(&mut self, bytes: u64) -> usize {
        let bytes = bytes.next_multiple_of(16).max(16);
        self.program.pieces.push(Lifetime { bytes, first: self.number, last: self.number });
        self.program.pieces.len() - 1
    }

    /// Appends to the tables and returns the offset.
    pub(crate) fn table<T: Pod>(&mut self, entries: &[T]) -> u32 {
        let at = self.program.tables.len() as u32;
        self.program.tables.extend_from_slice(bytemuck::cast_slice(entries));
        at
    }

    /// Adds a dispatch of this many workgroups, if there are any.
    pub(crate) fn dispatch(
        &mut self,
        shader: &'static Shader,
        constants: Vec<(&'static str, f64)>,
        params: &impl Pod,
        bindings: Vec<Binding>,
        workgroups: u64,
        flops: u64,
    ) {
        if workgroups == 0 {
            return;
        }
        let x = workgroups.min(MAX_GRID);
        // A value fits one binding, so this is far below the limit.
        let y = workgroups.div_ceil(x);
        self.program.commands.push(Command::Dispatch(Dispatch {
            variant: Variant { shader, constants },
            params: bytemuck::bytes_of(params).to_vec(),
            bindings,
            workgroups: [x as u32, y as u32, 1],
            flops,
        }));
    }

    /// Error for a plan that no kernel can execute.
    pub(crate) fn defect(&self, reason: &str) -> Error {
        let Step { name, op, .. } = self.step;
        Error::Gpu(format!("node {name:?} ({op}): {reason}"))
    }

    /// Whether the step is a reshape whose result shares its operand's memory.
    fn is_in_place(&self) -> bool {
        let (Kernel::Reshape { first: 0 }, [Operand::Value(from), ..], [to]) =
            (&self.step.kernel, &self.step.inputs[..], &self.step.outputs[..])
        else {
            return false;
        };
        self.program.places[from.0] == self.program.places[to.0]
    }

    /// Redirects results to scratch if an operand lies in the same buffer. A concatenation, whose operands
    /// lie in its result by design, handles this itself.
    fn redirect(&mut self) {
        if matches!(self.step.kernel, Kernel::Concat { .. }) {
            return;
        }
        let piece = |program: &Program, id: ValueId| program.places[id.0].piece;
        for &id in &self.step.outputs {
            let shared = self.step.inputs.iter().any(|input| match input {
                Operand::Value(from) => piece(&self.program, *from) == piece(&self.program, id),
                Operand::Const(_) => false,
            });
            if shared {
                let scratch = self.add_scratch(bytes(&self.plan.values[id.0]));
                self.redirected.push((id, scratch));
            }
        }
    }

    /// Copies redirected results to their final storage.
    fn settle(&mut self) {
        for (id, scratch) in std::mem::take(&mut self.redirected) {
            let place = self.program.places[id.0];
            let bytes = bytes(&self.plan.values[id.0]);
            let to = (place.piece, 16 * u64::from(place.base));
            self.program.commands.push(Command::Copy { from: (scratch, 0), to, bytes });
        }
    }
}

/// Size of a value's storage in bytes, rounded up to whole vectors of four.
pub(crate) fn bytes(value: &PlanValue) -> u64 {
    (4 * value.len() as u64).next_multiple_of(16)
}

/// Lowers every step of a plan.
///
/// # Errors
/// `TooLarge` for a value over `max_value_bytes`; `Gpu` if the plan breaks the rules of [`unet_plan`].
pub(crate) fn build(plan: &Plan, max_value_bytes: u64, flops_limit: u64) -> Result<Program> {
    let mut program = Program { places: places(plan)?, ..Program::default() };
    for value in plan.values.iter().filter(|v| v.parent.is_none()) {
        let needed = bytes(value);
        if needed > max_value_bytes {
            let what = format!("value {:?} of shape {:?}", value.name, value.shape);
            return Err(Error::TooLarge { what, needed, limit: max_value_bytes });
        }
        let (first, last) = value.live;
        program.pieces.push(Lifetime { bytes: needed.max(16), first, last });
    }
    for (number, step) in plan.steps.iter().enumerate() {
        let redirected = Vec::new();
        let mut builder = Builder { plan, step, flops_limit, number, program, redirected };
        if !builder.is_in_place() {
            builder.redirect();
            lower::lower(&mut builder)?;
            builder.settle();
        }
        program = builder.program;
        program.step_ends.push(program.commands.len());
    }
    let needed = 4 * program.tables.len() as u64;
    if needed > max_value_bytes {
        let what = "the tables of gathers and resizings".to_string();
        return Err(Error::TooLarge { what, needed, limit: max_value_bytes });
    }
    program.slots = assign(&program.pieces);
    Ok(program)
}

/// Storage location of every value. Pieces are numbered in order of the values without a parent.
fn places(plan: &Plan) -> Result<Vec<Place>> {
    let mut roots = 0;
    let own: Vec<usize> = (plan.values.iter())
        .map(|value| {
            roots += usize::from(value.parent.is_none());
            roots.wrapping_sub(1)
        })
        .collect();
    let place = |start: usize| {
        let (mut id, mut base) = (start, 0);
        // A chain of parents is at most as long as the list of values.
        for _ in 0..plan.values.len() {
            let Some((parent, first)) = plan.values[id].parent else {
                return Ok(Place { piece: own[id], base: base as u32 });
            };
            id = parent.0;
            base += first / 4;
        }
        Err(Error::Gpu(format!("value {:?} has no storage", plan.values[start].name)))
    };
    (0..plan.values.len()).map(place).collect()
}
