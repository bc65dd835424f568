//! The device: requesting it, its pipelines and spare buffers, and its errors.

use super::events::{Events, Ticket};
use super::memory::Pool;
use super::shader::{Pipelines, Variant};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use unet_kernels::error::{Error, Result};

/// Target duration of a submission. Longer ones make the desktop stutter and a run slow to stop; some systems
/// reset the device after two seconds.
const SUBMISSION_SECONDS: f64 = 0.1;

/// Speed assumed before a probe: that of a slow integrated GPU.
const ASSUMED_GFLOPS: f64 = 50.0;

/// A GPU with its shared state: compiled pipelines and spare buffers. Cheap to clone.
#[derive(Clone)]
pub struct Gpu {
    inner: Rc<Inner>,
}

struct Inner {
    device: wgpu::Device,
    queue: wgpu::Queue,
    info: wgpu::AdapterInfo,
    limits: wgpu::Limits,
    events: Events,
    pipelines: RefCell<Pipelines>,
    pool: RefCell<Pool>,
    flops_per_submission: Cell<u64>,
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.device.destroy(); // and with it all buffers, without waiting for a browser to collect its garbage
    }
}

impl Gpu {
    /// Requests the fastest adapter, with WebGPU's default limits but the adapter's maximum buffer sizes.
    ///
    /// # Errors
    /// `NoGpu` if there is no adapter, or none with the default limits.
    pub async fn request() -> Result<Self> {
        let instance = wgpu::Instance::new(wgpu::InstanceDescriptor::new_without_display_handle());
        let options = wgpu::RequestAdapterOptions {
            power_preference: wgpu::PowerPreference::HighPerformance,
            ..Default::default()
        };
        let adapter = instance.request_adapter(&options).await.map_err(|e| Error::NoGpu(e.to_string()))?;
        let able = adapter.limits();
        let limits = wgpu::Limits {
            max_storage_buffer_binding_size: able.max_storage_buffer_binding_size,
            max_buffer_size: able.max_buffer_size,
            ..Default::default()
        };
        let descriptor = wgpu::DeviceDescriptor {
            label: Some("unet-playground"),
            required_limits: limits.clone(),
            // Used for timing kernels only.
            required_features: adapter.features() & wgpu::Features::TIMESTAMP_QUERY,
            ..Default::default()
        };
        let (device, queue) =
            adapter.request_device(&descriptor).await.map_err(|e| Error::NoGpu(e.to_string()))?;
        let events = Events::default();
        let lost = events.clone();
        device.set_device_lost_callback(move |reason, message| {
            lost.device_lost(if message.is_empty() { format!("{reason:?}") } else { message });
        });
        let stray = events.clone();
        device.on_uncaptured_error(std::sync::Arc::new(move |e| stray.stray_error(translate(e))));
        Ok(Self {
            inner: Rc::new(Inner {
                device,
                queue,
                info: adapter.get_info(),
                limits,
                events,
                pipelines: RefCell::default(),
                pool: RefCell::default(),
                flops_per_submission: Cell::new(submission(ASSUMED_GFLOPS)),
            }),
        })
    }

    /// Name of the adapter; browsers may hide it.
    pub fn name(&self) -> &str {
        if self.inner.info.name.is_empty() { "WebGPU" } else { &self.inner.info.name }
    }

    /// Whether the adapter computes on the CPU (lavapipe, SwiftShader).
    pub fn is_software(&self) -> bool {
        self.inner.info.device_type == wgpu::DeviceType::Cpu
    }

    /// Maximum size of a buffer, in bytes.
    pub fn max_buffer_bytes(&self) -> u64 {
        self.inner.limits.max_buffer_size
    }

    /// Maximum size of a value that a kernel can bind, in bytes.
    pub fn max_value_bytes(&self) -> u64 {
        self.inner.limits.max_storage_buffer_binding_size
    }

    /// Work per submission; the caller is asked between submissions.
    pub fn flops_per_submission(&self) -> u64 {
        self.inner.flops_per_submission.get()
    }

    /// Sets [`Gpu::flops_per_submission`] for new executors.
    pub fn set_flops_per_submission(&self, flops: u64) {
        self.inner.flops_per_submission.set(flops.max(1));
    }

    /// Sets [`Gpu::flops_per_submission`] to about 100 ms of work at this speed.
    pub fn set_speed(&self, gflops: f64) {
        self.set_flops_per_submission(submission(gflops));
    }

    /// Checks that the device is still usable.
    ///
    /// # Errors
    /// `DeviceLost` once the device is lost; only a new [`Gpu::request`] helps then.
    pub fn check(&self) -> Result<()> {
        self.inner.events.check()
    }

    /// Destroys the device; running work ends with `DeviceLost`.
    pub fn destroy(&self) {
        self.inner.device.destroy();
        // Natively the callback comes only when the device is polled.
        self.inner.events.device_lost("it was destroyed".into());
    }

    /// Frees the buffers that no executor uses; returns their size in bytes.
    pub fn trim(&self) -> u64 {
        self.inner.pool.borrow_mut().clear()
    }

    pub(super) fn device(&self) -> &wgpu::Device {
        &self.inner.device
    }

    pub(super) fn queue(&self) -> &wgpu::Queue {
        &self.inner.queue
    }

    pub(super) fn events(&self) -> &Events {
        &self.inner.events
    }

    pub(super) fn pipeline(&self, variant: &Variant) -> wgpu::ComputePipeline {
        self.inner.pipelines.borrow_mut().get(&self.inner.device, variant)
    }

    pub(super) fn take_buffer(&self, bytes: u64) -> wgpu::Buffer {
        self.inner.pool.borrow_mut().take(&self.inner.device, bytes)
    }

    pub(super) fn return_buffer(&self, buffer: wgpu::Buffer) {
        self.inner.pool.borrow_mut().put(buffer);
    }

    /// Does `work` within error scopes and waits for their results.
    ///
    /// Scopes form one stack per device, so they are popped before anything is awaited.
    pub(super) async fn scoped<T>(&self, work: impl FnOnce() -> Result<T>) -> Result<T> {
        self.check()?;
        let device = &self.inner.device;
        let memory = device.push_error_scope(wgpu::ErrorFilter::OutOfMemory);
        let validation = device.push_error_scope(wgpu::ErrorFilter::Validation);
        let internal = device.push_error_scope(wgpu::ErrorFilter::Internal);
        let outcome = work();
        let verdicts = (internal.pop(), validation.pop(), memory.pop());
        let (internal, validation, memory) = (verdicts.0.await, verdicts.1.await, verdicts.2.await);
        // Errors that accompany a lost device are noise, and a failed allocation makes everything built on it
        // invalid.
        self.check()?;
        match memory.or(internal).or(validation) {
            Some(error) => Err(translate(error)),
            None => outcome,
        }
    }

    /// Waits until everything submitted so far is done. Natively this blocks the thread.
    pub(super) async fn finished(&self) -> Result<()> {
        let (ticket, settle) = self.inner.events.ticket();
        self.inner.queue.on_submitted_work_done(move || settle(true));
        self.settled(ticket).await
    }

    /// Waits for a callback, which natively comes while the device is polled.
    pub(super) async fn settled(&self, ticket: Ticket) -> Result<()> {
        self.check()?;
        if let Err(e) = self.inner.device.poll(wgpu::PollType::wait_indefinitely()) {
            self.check()?;
            return Err(Error::Gpu(e.to_string()));
        }
        self.inner.events.settled(ticket).await
    }
}

fn submission(gflops: f64) -> u64 {
    (gflops * 1e9 * SUBMISSION_SECONDS).max(1.0) as u64
}

fn translate(error: wgpu::Error) -> Error {
    match error {
        wgpu::Error::OutOfMemory { source } => Error::GpuOutOfMemory(source.to_string()),
        wgpu::Error::Validation { description, .. } => Error::Gpu(description),
        wgpu::Error::Internal { description, .. } => Error::Gpu(description),
    }
}
