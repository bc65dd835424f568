//! A plan under construction: values, constants, and conversions between layouts.

use super::{ConstId, Constant, Kernel, Layout, Operand, Plan, PlanValue, Step, ValueId, storage_len};
use std::collections::HashMap;
use std::sync::Arc;
use unet_kernels::error::{Error, Result};
use unet_kernels::tensor::{DType, Tensor};
use unet_onnx::ops::OpError;

/// Collects steps in execution order. Operands keep their logical shape here; backends see
/// storage by layout.
pub(super) struct Builder {
    pub plan: Plan,
    /// Index, name and operator of the ONNX node being lowered.
    node: (usize, String, &'static str),
    converted: HashMap<(ValueId, Layout), ValueId>,
    /// Source of each reshaped value, through any number of reshapes.
    reshaped: HashMap<ValueId, Operand>,
    constants: HashMap<(*const Tensor, Layout), ConstId>,
}

impl Builder {
    pub(crate) fn new() -> Self {
        let plan = Plan { values: vec![], constants: vec![], steps: vec![], inputs: vec![], outputs: vec![] };
        let node = (0, String::new(), "");
        let (converted, reshaped, constants) = (HashMap::new(), HashMap::new(), HashMap::new());
        Self { plan, node, converted, reshaped, constants }
    }

    pub(crate) fn enter(&mut self, index: usize, name: &str, op: &'static str) {
        self.node = (index, name.into(), op);
    }

    /// Makes a buffer for a value of this shape.
    ///
    /// # Errors
    /// `TooLarge` if positions inside it do not fit in 31 bits, `InvalidInput` if it is empty: kernels rely
    /// on a first element.
    pub(crate) fn value(
        &mut self,
        name: &str,
        dtype: DType,
        shape: &[usize],
        layout: Layout,
    ) -> Result<ValueId> {
        const LIMIT: usize = i32::MAX as usize / 4;
        if shape.contains(&0) {
            return Err(Error::InvalidInput(format!("value {name:?} of shape {shape:?} would be empty")));
        }
        match storage_len(layout, shape) {
            Some(len) if len <= LIMIT => {}
            len => {
                return Err(Error::TooLarge {
                    what: format!("value {name:?} of shape {shape:?}"),
                    needed: len.map_or(u64::MAX, |n| 4 * n as u64),
                    limit: 4 * LIMIT as u64,
                });
            }
        }
        let id = ValueId(self.plan.values.len());
        let (name, shape) = (name.into(), shape.to_vec());
        self.plan.values.push(PlanValue { name, shape, dtype, layout, parent: None, live: (0, 0) });
        Ok(id)
    }

    /// Layout of a new value of this shape unless a kernel requires another.
    pub(crate) fn natural(shape: &[usize]) -> Layout {
        if shape.len() == 4 { Layout::Nchwc4 } else { Layout::RowMajor }
    }

    /// Layout of a reshaped `operand`: its own if possible, so that nothing moves before a kernel needs
    /// another layout.
    pub(crate) fn kept(&self, operand: Operand, shape: &[usize]) -> Layout {
        match self.layout(self.source(operand)) {
            Layout::RowMajor => Layout::RowMajor,
            Layout::Nchwc4 => Self::natural(shape),
        }
    }

    pub(crate) fn constant(&mut self, tensor: &Arc<Tensor>, layout: Layout) -> ConstId {
        let key = (Arc::as_ptr(tensor), layout);
        *self.constants.entry(key).or_insert_with(|| {
            self.plan.constants.push(Constant { tensor: tensor.clone(), layout });
            ConstId(self.plan.constants.len() - 1)
        })
    }

    /// A constant vector made by lowering.
    pub(crate) fn vector(&mut self, data: Vec<f32>) -> Result<ConstId> {
        let tensor = Arc::new(Tensor::f32(vec![data.len()], data)?);
        Ok(self.constant(&tensor, Layout::RowMajor))
    }

    /// A constant float tensor made by lowering.
    pub(crate) fn tensor(&mut self, shape: &[usize], data: Vec<f32>, layout: Layout) -> Result<ConstId> {
        let tensor = Arc::new(Tensor::f32(shape, data)?);
        Ok(self.constant(&tensor, layout))
    }

    pub(crate) fn shape(&self, operand: Operand) -> &[usize] {
        match operand {
            Operand::Value(v) => &self.plan.values[v.0].shape,
            Operand::Const(c) => self.plan.constants[c.0].tensor.shape(),
        }
    }

    pub(crate) fn layout(&self, operand: Operand) -> Layout {
        match operand {
            Operand::Value(v) => self.plan.values[v.0].layout,
            Operand::Const(c) => self.plan.constants[c.0].layout,
        }
    }

    /// Appends a step with one output.
    pub(crate) fn push(
        &mut self,
        kernel: Kernel,
        inputs: Vec<Operand>,
        dtype: DType,
        shape: &[usize],
        layout: Layout,
    ) -> Result<Operand> {
        let name = self.node.1.clone();
        let out = self.value(&name, dtype, shape, layout)?;
        self.step(kernel, inputs, vec![out]);
        Ok(Operand::Value(out))
    }

    pub(crate) fn step(&mut self, kernel: Kernel, inputs: Vec<Operand>, outputs: Vec<ValueId>) {
        let (index, name, op) = self.node.clone();
        self.plan.steps.push(Step { name, op, nodes: vec![index], kernel, inputs, outputs, flops: 0 });
    }

    /// The operand in the given layout; rank 4 where that is `Nchwc4`.
    pub(crate) fn to(&mut self, operand: Operand, layout: Layout) -> Result<Operand> {
        if self.layout(operand) == layout {
            return Ok(operand);
        }
        match operand {
            Operand::Const(c) => {
                let tensor = self.plan.constants[c.0].tensor.clone();
                Ok(Operand::Const(self.constant(&tensor, layout)))
            }
            Operand::Value(v) => {
                if let Some(&done) = self.converted.get(&(v, layout)) {
                    return Ok(Operand::Value(done));
                }
                let PlanValue { dtype, shape, name, .. } = self.plan.values[v.0].clone();
                let out = self.value(&name, dtype, &shape, layout)?;
                self.step(Kernel::Reshape { first: 0 }, vec![operand], vec![out]);
                self.converted.insert((v, layout), out);
                Ok(Operand::Value(out))
            }
        }
    }

    /// Source of a value through reshapes; the operand itself if it is not a reshape.
    pub(crate) fn source(&self, operand: Operand) -> Operand {
        match operand {
            Operand::Value(v) => self.reshaped.get(&v).copied().unwrap_or(operand),
            Operand::Const(_) => operand,
        }
    }

    /// Same elements in another shape. A reshape of a reshape reads the original source.
    pub(crate) fn reshape(&mut self, operand: Operand, shape: &[usize], layout: Layout) -> Result<Operand> {
        if self.shape(operand) == shape {
            return self.to(operand, layout);
        }
        let operand = self.source(operand);
        if self.shape(operand) == shape {
            return self.to(operand, layout);
        }
        match operand {
            Operand::Const(c) => {
                let data = self.plan.constants[c.0].tensor.data().clone();
                let tensor = Arc::new(Tensor::new(shape.to_vec(), data)?);
                Ok(Operand::Const(self.constant(&tensor, layout)))
            }
            Operand::Value(v) => {
                let dtype = self.plan.values[v.0].dtype;
                let made = self.push(Kernel::Reshape { first: 0 }, vec![operand], dtype, shape, layout)?;
                if let Operand::Value(made) = made {
                    self.reshaped.insert(made, operand);
                }
                Ok(made)
            }
        }
    }

    /// The operand as `Nchwc4`, with leading dimensions of 1 up to rank 4.
    pub(crate) fn planes(&mut self, operand: Operand) -> Result<Operand, LowerError> {
        let shape = self.shape(operand);
        if shape.len() > 4 {
            return Err(
                OpError(format!("rank {} is not supported here; the maximum is 4", shape.len())).into()
            );
        }
        let mut four = vec![1; 4 - shape.len()];
        four.extend_from_slice(shape);
        Ok(self.reshape(operand, &four, Layout::Nchwc4)?)
    }
}

/// Failure of lowering: the operator refuses, or building fails.
pub(super) enum LowerError {
    Op(OpError),
    Plan(Error),
}

impl From<OpError> for LowerError {
    fn from(e: OpError) -> Self {
        LowerError::Op(e)
    }
}

impl From<Error> for LowerError {
    fn from(e: Error) -> Self {
        LowerError::Plan(e)
    }
}
