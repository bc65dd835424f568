//! Work on pictures, giving way to whatever else waits on the thread.

use super::host::Host;
use super::model::PAUSE_MS;
use crate::error::{Error, Result};
use crate::image::work::Work;

/// Does all steps of some work, with pauses in between.
///
/// # Errors
/// `Aborted` where the host wants it to stop, and those of the work.
pub async fn attend(work: &mut dyn Work, host: &impl Host) -> Result<()> {
    let steps = work.steps();
    let mut paused = host.now();
    for index in 0..steps {
        if host.stopped() {
            return Err(Error::Aborted);
        }
        work.step(index)?;
        if host.now() - paused >= PAUSE_MS {
            host.progress((index + 1) as f32 / steps as f32);
            host.pause().await;
            paused = host.now();
        }
    }
    Ok(())
}
