//! Progress of one tile as a share of all tiles.

use super::scheduler::Scheduler;
use std::cell::Cell;

/// Scheduler of one tile's run.
pub(super) struct TileProgress<'a, H> {
    pub scheduler: &'a H,
    /// Number of finished tiles, on any thread.
    pub done: &'a Cell<usize>,
    pub tiles: usize,
}

impl<H: Scheduler> Scheduler for TileProgress<'_, H> {
    fn now(&self) -> f64 {
        self.scheduler.now()
    }

    async fn pause(&self) {
        self.scheduler.pause().await;
    }

    fn stopped(&self) -> bool {
        self.scheduler.stopped()
    }

    fn progress(&self, fraction: f32) {
        self.scheduler.progress((self.done.get() as f32 + fraction) / self.tiles.max(1) as f32);
    }
}
