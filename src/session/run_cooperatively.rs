//! Cooperative execution of work on pictures.

use super::scheduler::Scheduler;
use crate::error::{Error, Result};
use crate::image::work::Work;

/// Maximum time between pauses, in milliseconds.
const PAUSE_MS: f64 = 25.0;

/// Runs all steps of `work`, with pauses in between.
///
/// # Errors
/// `Aborted` if the scheduler cancels, and the errors of the work.
pub async fn run_cooperatively(work: &mut dyn Work, scheduler: &impl Scheduler) -> Result<()> {
    let steps = work.steps();
    let mut paused = scheduler.now();
    for index in 0..steps {
        if scheduler.stopped() {
            return Err(Error::Aborted);
        }
        work.step(index)?;
        if scheduler.now() - paused >= PAUSE_MS {
            scheduler.progress((index + 1) as f32 / steps as f32);
            scheduler.pause().await;
            paused = scheduler.now();
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

    impl Scheduler for Patient {
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
        let scheduler = Patient { patience: f64::INFINITY, ..Patient::default() };
        pollster::block_on(run_cooperatively(&mut Slow(&scheduler), &scheduler)).unwrap();
        assert_eq!(scheduler.done.get(), 20);
        // 200 ms, in slices of 30.
        assert_eq!(scheduler.pauses.get(), 6);
        assert_eq!(scheduler.told.borrow()[..2], [0.15, 0.3]);
    }

    #[test]
    fn it_stops_at_once() {
        let scheduler = Patient { patience: 45.0, ..Patient::default() };
        let stopped = pollster::block_on(run_cooperatively(&mut Slow(&scheduler), &scheduler));
        assert_eq!((stopped.unwrap_err(), scheduler.done.get()), (Error::Aborted, 5));
        let before = Patient::default();
        assert_eq!(pollster::block_on(run_cooperatively(&mut Slow(&before), &before)), Err(Error::Aborted));
        assert_eq!(before.done.get(), 0);
    }
}
