//! The device's callbacks as futures: finished work, and device loss.

use std::collections::HashMap;
use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};
use unet_kernels::error::{Error, Result};

/// Shared with callbacks, which may come from any thread natively.
#[derive(Clone, Default)]
pub(crate) struct Events(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    /// Reason for the device's loss.
    lost: Option<String>,
    /// First error outside any error scope.
    stray: Option<Error>,
    /// Tickets that are not collected yet; `Some` once the callback has come.
    tickets: HashMap<u64, Option<bool>>,
    next: u64,
    wakers: Vec<Waker>,
}

/// Handle of a pending callback.
pub(crate) struct Ticket(u64);

impl Events {
    fn state(&self) -> MutexGuard<'_, State> {
        // The state is valid after every statement, so a panic elsewhere cannot have broken it.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        let wakers = {
            let mut state = self.state();
            change(&mut state);
            std::mem::take(&mut state.wakers)
        };
        wakers.into_iter().for_each(Waker::wake);
    }

    pub(crate) fn device_lost(&self, reason: String) {
        self.change(|s| {
            s.lost.get_or_insert(reason);
        });
    }

    pub(crate) fn stray_error(&self, error: Error) {
        self.change(|s| {
            s.stray.get_or_insert(error);
        });
    }

    /// A ticket, and the callback that settles it with the work's success.
    pub(crate) fn ticket(&self) -> (Ticket, impl FnOnce(bool) + Send + 'static) {
        let id = {
            let mut state = self.state();
            state.next += 1;
            let id = state.next;
            state.tickets.insert(id, None);
            id
        };
        let events = self.clone();
        let settle = move |ok| {
            events.change(|s| {
                if let Some(slot) = s.tickets.get_mut(&id) {
                    *slot = Some(ok);
                }
            });
        };
        (Ticket(id), settle)
    }

    /// Waits for the callback; returns early if the device is lost, even if the callback never comes.
    pub(crate) async fn settled(&self, ticket: Ticket) -> Result<()> {
        let outcome = poll_fn(|context| {
            let mut state = self.state();
            if let Some(reason) = &state.lost {
                return Poll::Ready(Err(Error::DeviceLost(reason.clone())));
            }
            match state.tickets.get(&ticket.0) {
                Some(Some(true)) => Poll::Ready(Ok(())),
                Some(Some(false)) | None => {
                    Poll::Ready(Err(Error::Gpu("a buffer could not be read back".into())))
                }
                Some(None) => {
                    state.wakers.push(context.waker().clone());
                    Poll::Pending
                }
            }
        })
        .await;
        self.state().tickets.remove(&ticket.0);
        outcome
    }

    /// Reports device loss and stray errors.
    ///
    /// # Errors
    /// `DeviceLost` once the device is lost, else the first error outside any error scope.
    pub(crate) fn check(&self) -> Result<()> {
        let mut state = self.state();
        if let Some(reason) = &state.lost {
            return Err(Error::DeviceLost(reason.clone()));
        }
        state.stray.take().map_or(Ok(()), Err)
    }
}
