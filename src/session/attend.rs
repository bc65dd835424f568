//! Cooperative execution of work on pictures.

use super::host::Host;
use crate::error::{Error, Result};
use crate::image::work::Work;

/// Maximum time between pauses, in milliseconds.
const PAUSE_MS: f64 = 25.0;

/// Runs all steps of `work`, with pauses in between.
///
/// # Errors
/// `Aborted` if the host cancels, and the errors of the work.
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::{Cell, RefCell};

    /// Steps of 10 ms on a clock that they advance themselves.
    struct Slow<'a>(&'a Patient);

    impl Work for Slow<'_> {
        fn steps(&self) -> usize {
            20
        }

        fn step(&mut self, index: usize) -> Result<()> {
            assert_eq!(index, self.0.done.replace(index + 1));
            self.0.clock.set(self.0.clock.get() + 10.0);
            Ok(())
        }
    }

    #[derive(Default)]
    struct Patient {
        clock: Cell<f64>,
        done: Cell<usize>,
        patience: f64,
        told: RefCell<Vec<f32>>,
        pauses: Cell<usize>,
    }

    impl Host for Patient {
        fn now(&self) -> f64 {
            self.clock.get()
        }

        async fn pause(&self) {
            self.pauses.set(self.pauses.get() + 1);
        }

        fn stopped(&self) -> bool {
            self.clock.get() >= self.patience
        }

        fn progress(&self, fraction: f32) {
            self.told.borrow_mut().push(fraction);
        }
    }

    #[test]
    fn it_pauses_and_reports_progress() {
        let host = Patient { patience: f64::INFINITY, ..Patient::default() };
        pollster::block_on(attend(&mut Slow(&host), &host)).unwrap();
        assert_eq!(host.done.get(), 20);
        // 200 ms, in slices of 30.
        assert_eq!(host.pauses.get(), 6);
        assert_eq!(host.told.borrow()[..2], [0.15, 0.3]);
    }

    #[test]
    fn it_stops_at_once() {
        let host = Patient { patience: 45.0, ..Patient::default() };
        let stopped = pollster::block_on(attend(&mut Slow(&host), &host));
        assert_eq!((stopped.unwrap_err(), host.done.get()), (Error::Aborted, 5));
        let before = Patient::default();
        assert_eq!(pollster::block_on(attend(&mut Slow(&before), &before)), Err(Error::Aborted));
        assert_eq!(before.done.get(), 0);
    }
}
