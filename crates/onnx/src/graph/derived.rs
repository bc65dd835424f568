//! What plans make of a file's weights, kept for the plans of other sizes.

use super::EdgeId;
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;
use unet_kernels::tensor::Tensor;

/// An initializer, and the numbers that say what was made of it.
type Recipe = (EdgeId, Vec<usize>);

/// Tensors by what they were made of; graphs that share initializers share them.
#[derive(Debug, Clone, Default)]
pub struct Derived(Rc<RefCell<HashMap<Recipe, Arc<Tensor>>>>);

impl Derived {
    /// What `make` gives for initializer `edge`, called once for each recipe.
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
