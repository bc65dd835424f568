//! Progress of one tile as a share of all tiles.

use super::host::Host;
use std::cell::Cell;

/// Host of one tile's run.
pub(super) struct Steps<'a, H> {
    pub host: &'a H,
    /// Number of finished tiles, on any thread.
    pub done: &'a Cell<usize>,
    pub tiles: usize,
}

impl<H: Host> Host for Steps<'_, H> {
    fn now(&self) -> f64 {
        self.host.now()
    }

    async fn pause(&self) {
        self.host.pause().await;
    }

    fn stopped(&self) -> bool {
        self.host.stopped()
    }

    fn progress(&self, fraction: f32) {
        self.host.progress((self.done.get() as f32 + fraction) / self.tiles.max(1) as f32);
    }
}
