//! Tensors that plans derive from a file's weights, shared by plans of all sizes.

use super::EdgeId;
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;
use unet_kernels::tensor::Tensor;

/// An initializer, and the numbers that identify the derivation.
type Recipe = (EdgeId, Vec<usize>);

/// Derived tensors by recipe; graphs that share initializers share them.
#[derive(Debug, Clone, Default)]
pub struct Derived(Rc<RefCell<HashMap<Recipe, Arc<Tensor>>>>);

impl Derived {
    /// The result of `make` for initializer `edge`, called once per recipe.
    pub fn get<E>(
        &self,
        edge: EdgeId,
        recipe: Vec<usize>,
        make: impl FnOnce() -> Result<Tensor, E>,
    ) -> Result<Arc<Tensor>, E> {
        let key = (edge, recipe);
        if let Some(tensor) = self.0.borrow().get(&key) {
            return Ok(tensor.clone());
        }
        let tensor = Arc::new(make()?);
        self.0.borrow_mut().insert(key, tensor.clone());
        Ok(tensor)
    }
}
