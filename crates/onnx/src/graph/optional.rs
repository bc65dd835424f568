//! Optional inputs.

use super::Graph;
use std::collections::BTreeMap;
use std::sync::Arc;
use unet_kernels::error::{Error, Result};
use unet_kernels::tensor::Tensor;

impl Graph {
    /// The same network with these values, by name, instead of the defaults of its optional inputs. Weights
    /// are shared.
    ///
    /// # Errors
    /// `InvalidInput` for a name that is not an optional input, and for a tensor of another type or shape
    /// than declared.
    pub fn with_inputs(&self, given: BTreeMap<String, Tensor>) -> Result<Self> {
        let mut graph = self.clone();
        for (name, tensor) in given {
            let port = self.optional.iter().find(|port| port.name == name);
            let port = port.ok_or_else(|| {
                Error::InvalidInput(format!("the model has no optional input named {name:?}"))
            })?;
            if port.dtype != tensor.dtype() {
                return Err(Error::InvalidInput(format!(
                    "input {name:?} takes another type or shape than it was given"
                )));
            }
            port.check(tensor.shape())?;
            graph.initializers.insert(port.edge, Arc::new(tensor));
        }
        Ok(graph)
    }
}
