//! Timing of each step of a plan on the GPU.

use super::{Control, Executor};
use crate::device::Gpu;
use crate::program::Command;
use unet_kernels::error::{Error, Result};
use unet_kernels::tensor::Tensor;

/// Timestamps at the beginning and end of compute passes.
pub(super) struct Timer {
    queries: wgpu::QuerySet,
    /// Number of queries written so far, two per pass.
    written: u32,
    resolved: wgpu::Buffer,
    staging: wgpu::Buffer,
    /// Milliseconds per tick.
    period: f64,
}

impl Executor {
    /// Runs the plan step by step, and adds the milliseconds of each step to `times`. They come from GPU
    /// timestamps, which browsers may round to 0.1 ms. Without timestamps, the time until each step has
    /// finished is measured, which includes the round trip to the GPU.
    ///
    /// # Errors
    /// As for [`Executor::run`].
    pub async fn time(
        &mut self,
        inputs: &[&Tensor],
        now: &dyn Fn() -> f64,
        control: Control<'_>,
        times: &mut [f64],
    ) -> Result<()> {
        self.plan.check(inputs)?;
        // No error scopes, which would be timed too: errors surface while waiting.
        self.upload(inputs);
        let mut timer = Timer::new(&self.gpu, self.passes());
        self.gpu.finished().await?;
        let mut passes_of = Vec::with_capacity(times.len());
        let (mut first, mut ahead) = (0, 0u64);
        for (step, &end) in self.program.step_ends.iter().enumerate() {
            let began = now();
            self.submit(first..end, false, timer.as_mut());
            passes_of.push(timer.as_ref().map_or(0, |timer| timer.written));
            ahead = ahead.saturating_add(self.cost(first..end));
            if timer.is_none() || ahead > self.gpu.flops_per_submission() {
                self.gpu.finished().await?;
                ahead = 0;
            }
            if let (None, Some(time)) = (&timer, times.get_mut(step)) {
                *time += now() - began;
            }
            if !control(end as f32 / self.program.commands.len() as f32) {
                return Err(Error::Aborted);
            }
            first = end;
        }
        let Some(timer) = timer else { return Ok(()) };
        let lengths = timer.read(&self.gpu).await?;
        let mut lengths = lengths.iter();
        let mut before = 0;
        for (time, written) in times.iter_mut().zip(passes_of) {
            *time += lengths.by_ref().take((written - before) as usize / 2).sum::<f64>();
            before = written;
        }
        Ok(())
    }

    /// Number of compute passes if each step is run by itself.
    fn passes(&self) -> usize {
        self.program.commands.iter().filter(|command| matches!(command, Command::Dispatch(_))).count()
    }
}

impl Timer {
    /// `None` if the GPU does not support timestamps, or not that many.
    fn new(gpu: &Gpu, passes: usize) -> Option<Self> {
        let count = u32::try_from(2 * passes).ok().filter(|&count| count <= wgpu::QUERY_SET_MAX_QUERIES)?;
        if count == 0 || !gpu.device().features().contains(wgpu::Features::TIMESTAMP_QUERY) {
            return None;
        }
        let queries = gpu.device().create_query_set(&wgpu::QuerySetDescriptor {
            label: None,
            ty: wgpu::QueryType::Timestamp,
            count,
        });
        let buffer = |usage| {
            gpu.device().create_buffer(&wgpu::BufferDescriptor {
                label: None,
                size: u64::from(count * wgpu::QUERY_SIZE),
                usage,
                mapped_at_creation: false,
            })
        };
        Some(Self {
            queries,
            written: 0,
            resolved: buffer(wgpu::BufferUsages::QUERY_RESOLVE | wgpu::BufferUsages::COPY_SRC),
            staging: buffer(wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST),
            period: f64::from(gpu.queue().get_timestamp_period()) / 1e6,
        })
    }

    /// Timestamp writes of the next pass.
    pub(super) fn pass(&mut self) -> wgpu::ComputePassTimestampWrites<'_> {
        let first = self.written;
        self.written += 2;
        wgpu::ComputePassTimestampWrites {
            query_set: &self.queries,
            beginning_of_pass_write_index: Some(first),
            end_of_pass_write_index: Some(first + 1),
        }
    }

    /// Milliseconds of each pass.
    async fn read(&self, gpu: &Gpu) -> Result<Vec<f64>> {
        let mut encoder = gpu.device().create_command_encoder(&Default::default());
        encoder.resolve_query_set(&self.queries, 0..self.written, &self.resolved, 0);
        encoder.copy_buffer_to_buffer(&self.resolved, 0, &self.staging, 0, self.resolved.size());
        gpu.queue().submit([encoder.finish()]);
        let (ticket, settle) = gpu.events().ticket();
        self.staging.map_async(wgpu::MapMode::Read, .., move |outcome| settle(outcome.is_ok()));
        gpu.settled(ticket).await?;
        let mapped = self.staging.get_mapped_range(..).map_err(|e| Error::Gpu(e.to_string()))?;
        let bytes: &[u8] = &mapped;
        let ticks = bytes.as_chunks::<8>().0.as_chunks::<2>().0.iter().take(self.written as usize / 2);
        // If the GPU was reset in between, the end may precede the beginning.
        let length = |[begin, end]: &[[u8; 8]; 2]| {
            u64::from_le_bytes(*end).saturating_sub(u64::from_le_bytes(*begin)) as f64 * self.period
        };
        Ok(ticks.map(length).collect())
    }
}
