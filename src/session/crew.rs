//! Tiles of one picture on several threads: this one and its helpers share a queue.

use super::scheduler::Scheduler;
use crate::error::{Error, Result};
use crate::tensor::Tensor;
use std::cell::RefCell;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;

/// Processing of each tile.
pub(super) struct Job<'a, T, I, F> {
    pub tiles: &'a [T],
    /// Makes the network's input.
    pub input: I,
    /// Takes the network's output.
    pub finish: F,
    /// Numbers of the helpers that have not failed.
    pub helpers: &'a RefCell<Vec<usize>>,
}

impl<T, I, F> Job<'_, T, I, F>
where
    I: Fn(&T) -> Result<Tensor>,
    F: FnMut(&T, Tensor) -> Result<()>,
{
    /// Runs all tiles in order, with `here` on this thread and through `scheduler` on the helpers. A helper that
    /// fails is not used again, and its tile comes next.
    ///
    /// # Errors
    /// Those of `here`, `input` and `finish`; `Aborted`.
    pub(super) async fn run(
        self,
        scheduler: &impl Scheduler,
        mut here: impl AsyncFnMut(&dyn Fn() -> Result<Tensor>) -> Result<Tensor>,
    ) -> Result<()> {
        let Self { tiles, input, finish, helpers } = self;
        let finish = RefCell::new(finish);
        // The last entry is the next tile.
        let queue = RefCell::new(tiles.iter().rev().collect::<Vec<&T>>());
        let next = || queue.borrow_mut().pop();
        let help = async |helper: usize| {
            while let Some(tile) = next() {
                match scheduler.help(helper, input(tile)?).await {
                    Ok(output) => (finish.borrow_mut())(tile, output)?,
                    Err(Error::Aborted) => return Err(Error::Aborted),
                    Err(_) => {
                        queue.borrow_mut().push(tile);
                        helpers.borrow_mut().retain(|&other| other != helper);
                        break;
                    }
                }
            }
            Ok(())
        };
        // Repeated in case a helper returns the last tile.
        while !queue.borrow().is_empty() {
            let mut all: Vec<Pin<Box<dyn Future<Output = Result<()>> + '_>>> = vec![Box::pin(async {
                while let Some(tile) = next() {
                    let output = here(&|| input(tile)).await?;
                    (finish.borrow_mut())(tile, output)?;
                    // Collects the helpers' finished tiles in between.
                    if !helpers.borrow().is_empty() {
                        scheduler.pause().await;
                    }
                }
                Ok(())
            })];
            // This thread takes one tile.
            let needed = queue.borrow().len() - 1;
            let ready: Vec<usize> = helpers.borrow().iter().copied().take(needed).collect();
            for helper in ready {
                all.push(Box::pin(help(helper)));
            }
            together(all).await?;
        }
        Ok(())
    }
}

/// Polls all futures together; the first error cancels the rest.
async fn together(mut all: Vec<Pin<Box<dyn Future<Output = Result<()>> + '_>>>) -> Result<()> {
    poll_fn(|context| {
        let mut index = 0;
        while let Some(one) = all.get_mut(index) {
            match one.as_mut().poll(context) {
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                Poll::Ready(Ok(())) => drop(all.swap_remove(index)),
                Poll::Pending => index += 1,
            }
        }
        if all.is_empty() { Poll::Ready(Ok(())) } else { Poll::Pending }
    })
    .await
}
