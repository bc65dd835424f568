//! System threads that help with the tiles of large pictures.

use super::models;
use async_channel::{Receiver, Sender};
use std::path::{Path, PathBuf};
use std::thread;
use unet_playground::session::{BackendChoice, Engine, Model, Unhurried};
use unet_playground::tensor::Tensor;
use unet_playground::{Error, Result};

/// A request: a tile's input, its model's file, and the destination of the output.
struct Order {
    model: PathBuf,
    input: Tensor,
    reply: Sender<Result<Tensor>>,
}

/// Helper threads; each loads a model when it receives its first tile.
pub(super) struct Threads(Vec<Sender<Order>>);

impl Threads {
    /// `count` threads in total, including the caller's.
    pub(super) fn new(count: usize) -> Self {
        let start = |_| {
            let (sender, orders) = async_channel::unbounded();
            thread::spawn(move || pollster::block_on(work(orders)));
            sender
        };
        Self((1..count).map(start).collect())
    }

    /// Runs a model on a tile's input on one of the threads.
    ///
    /// # Errors
    /// As for a run; `Internal` if the thread has ended.
    pub(super) async fn run(&self, helper: usize, model: &Path, input: Tensor) -> Result<Tensor> {
        let gone = || Error::Internal(format!("thread {helper} has ended"));
        let (reply, output) = async_channel::bounded(1);
        let orders = self.0.get(helper).ok_or_else(gone)?;
        let order = Order { model: model.to_path_buf(), input, reply };
        orders.send(order).await.map_err(|_| gone())?;
        output.recv().await.map_err(|_| gone())?
    }
}

/// Serves requests until all senders are gone.
async fn work(orders: Receiver<Order>) {
    let host = Unhurried::default();
    let Ok(engine) = Engine::create(BackendChoice::Cpu, &host).await else { return };
    let mut loaded: Option<(PathBuf, Model)> = None;
    while let Ok(Order { model: path, input, reply }) = orders.recv().await {
        if loaded.as_ref().is_none_or(|(of, _)| *of != path) {
            loaded = models::load(&engine, &path).ok().map(|model| (path, model));
        }
        let Some((_, model)) = &loaded else { return };
        let output = model.tile(input, &host).await;
        // If the run was aborted, nobody is waiting.
        let _ = reply.send(output).await;
    }
}
