//! Threads of the system that help with the tiles of large pictures.

use super::models;
use async_channel::{Receiver, Sender};
use std::path::{Path, PathBuf};
use std::thread;
use unet_playground::session::{BackendChoice, Engine, Model, Unhurried};
use unet_playground::tensor::Tensor;
use unet_playground::{Error, Result};

/// A tile's input, and where its output goes.
struct Order {
    input: Tensor,
    reply: Sender<Result<Tensor>>,
}

/// Each loads the model for itself once its first tile comes.
pub(super) struct Threads(Vec<Sender<Order>>);

impl Threads {
    /// Nobody: where nothing is cut into tiles.
    pub(super) fn none() -> Self {
        Self(Vec::new())
    }

    /// `count` threads in all, that of the caller among them.
    pub(super) fn of(model: &Path, count: usize) -> Self {
        let start = |_| {
            let (sender, orders) = async_channel::unbounded();
            let path = model.to_path_buf();
            thread::spawn(move || pollster::block_on(work(path, orders)));
            sender
        };
        Self((1..count).map(start).collect())
    }

    /// Runs the model on a tile's input, on one of the threads.
    ///
    /// # Errors
    /// Those of a run; `Internal` where the thread has ended.
    pub(super) async fn run(&self, helper: usize, input: Tensor) -> Result<Tensor> {
        let gone = || Error::Internal(format!("thread {helper} has ended"));
        let (reply, output) = async_channel::bounded(1);
        let orders = self.0.get(helper).ok_or_else(gone)?;
        orders.send(Order { input, reply }).await.map_err(|_| gone())?;
        output.recv().await.map_err(|_| gone())?
    }
}

/// Does what is ordered until nobody can order any more.
async fn work(path: PathBuf, orders: Receiver<Order>) {
    let host = Unhurried::default();
    let mut model: Option<Model> = None;
    while let Ok(Order { input, reply }) = orders.recv().await {
        if model.is_none() {
            let engine = Engine::create(BackendChoice::Cpu, &host).await;
            model = engine.ok().and_then(|engine| models::load(&engine, &path).ok());
        }
        let Some(model) = &model else { return };
        let output = model.tile(input, &host).await;
        // Where the run has been given up nobody waits.
        let _ = reply.send(output).await;
    }
}
