//! A plan with its buffers and bindings, ready for repeated runs.

mod timing;

use super::device::Gpu;
use super::pack::{Packing, pack, unpack};
use super::program::{Binding, Command, Dispatch, Program, build, bytes};
use super::weights::{WeightCache, check_size};
use std::sync::Arc;
use timing::Timer;
use unet_kernels::error::{Error, Result};
use unet_kernels::tensor::Tensor;
use unet_plan::{Plan, ValueId};

/// Callback between submissions, with the finished share of the work (0–1); `false` stops the run.
pub type Control<'a> = &'a mut dyn FnMut(f32) -> bool;

/// WebGPU's alignment of a binding's offset in its buffer, in bytes.
const OFFSET_ALIGNMENT: u64 = 256;

/// A plan prepared for one [`Gpu`], to which its buffers return when it is dropped.
pub struct Executor {
    gpu: Gpu,
    plan: Arc<Plan>,
    program: Program,
    resources: Resources,
}

struct Resources {
    /// One buffer per slot of the program.
    slots: Vec<wgpu::Buffer>,
    /// Buffer to which outputs are copied for reading.
    staging: wgpu::Buffer,
    /// Whether `staging` is mapped for reading.
    mapped: bool,
    /// One entry per command; `None` for commands that are not dispatches.
    dispatches: Vec<Option<(wgpu::ComputePipeline, wgpu::BindGroup)>>,
}

impl Executor {
    /// Lowers the plan, allocates its memory and compiles its shaders; weights come from `cache`.
    ///
    /// # Errors
    /// `TooLarge`, before anything is allocated, if a value or a constant exceeds [`Gpu::max_value_bytes`];
    /// `GpuOutOfMemory`; `DeviceLost`; `Gpu` for defects.
    pub async fn new(gpu: &Gpu, plan: Arc<Plan>, cache: &mut WeightCache) -> Result<Self> {
        let program = build(&plan, gpu.max_value_bytes(), gpu.flops_per_submission())?;
        check_constants(gpu, &plan, &program)?;
        let staging_bytes: u64 = plan.outputs.iter().map(|&id| bytes(&plan.values[id.0])).sum();
        let limit = gpu.max_buffer_bytes();
        if staging_bytes > limit {
            let what = "the model's outputs together".to_string();
            return Err(Error::TooLarge { what, needed: staging_bytes, limit });
        }
        cache.drop_unused();
        loop {
            let make = || Ok(Resources::new(gpu, &plan, &program, staging_bytes, cache));
            match gpu.scoped(make).await {
                Ok(resources) => return Ok(Self { gpu: gpu.clone(), plan, program, resources }),
                Err(error) => {
                    // Any of the new objects may be invalid. Freeing the spare buffers may make room.
                    cache.clear();
                    let freed = gpu.trim();
                    if freed == 0 || !matches!(error, Error::GpuOutOfMemory(_)) {
                        return Err(error);
                    }
                }
            }
        }
    }

    /// Bytes of device memory for values, without weights.
    pub fn bytes(&self) -> u64 {
        self.program.slots.bytes.iter().sum()
    }

    /// Name of each step's first shader; empty if it has none.
    pub fn kernels(&self) -> impl Iterator<Item = &'static str> {
        let starts = std::iter::once(0).chain(self.program.step_ends.iter().copied());
        starts.zip(&self.program.step_ends).map(|(start, &end)| {
            let mut names = self.program.commands[start..end].iter().filter_map(|command| match command {
                Command::Dispatch(dispatch) => Some(dispatch.variant.shader.name),
                Command::Copy { .. } => None,
            });
            names.next().unwrap_or_default()
        })
    }

    /// Runs the plan: in one submission, or in several if there is more work than
    /// [`Gpu::flops_per_submission`]. Returns the plan's outputs in order.
    ///
    /// # Errors
    /// `InvalidInput` if the inputs differ from the plan's; `Aborted` if `control` returns false;
    /// `DeviceLost`, `GpuOutOfMemory`, and `Gpu` for defects.
    pub async fn run(&mut self, inputs: &[&Tensor], control: Control<'_>) -> Result<Vec<Tensor>> {
        self.plan.check(inputs)?;
        if std::mem::take(&mut self.resources.mapped) {
            // An earlier run's future was dropped while it waited for its results.
            self.resources.staging.unmap();
        }
        if !control(0.0) {
            return Err(Error::Aborted);
        }
        let total: u64 = self.cost(0..self.program.commands.len()).max(1);
        let mut start = 0;
        loop {
            let end = self.submission_end(start);
            let last = end == self.program.commands.len();
            let work = || {
                if start == 0 {
                    self.upload(inputs);
                }
                self.submit(start..end, last, None);
                Ok(())
            };
            self.gpu.scoped(work).await?;
            if last {
                break;
            }
            self.gpu.finished().await?;
            if !control(self.cost(0..end) as f32 / total as f32) {
                return Err(Error::Aborted);
            }
            start = end;
        }
        let outputs = self.read_back().await?;
        if !control(1.0) {
            return Err(Error::Aborted);
        }
        Ok(outputs)
    }

    fn upload(&self, inputs: &[&Tensor]) {
        for (tensor, &id) in inputs.iter().zip(&self.plan.inputs) {
            let (buffer, offset) = self.location(id);
            let data = pack(tensor, Packing::Layout(self.plan.values[id.0].layout));
            self.gpu.queue().write_buffer(buffer, offset, bytemuck::cast_slice(&data));
        }
    }

    /// Buffer of a value, and its first byte there.
    fn location(&self, id: ValueId) -> (&wgpu::Buffer, u64) {
        let place = self.program.places[id.0];
        (self.piece(place.piece), 16 * u64::from(place.base))
    }

    fn piece(&self, piece: usize) -> &wgpu::Buffer {
        &self.resources.slots[self.program.slots.slot_of[piece]]
    }

    fn cost(&self, commands: std::ops::Range<usize>) -> u64 {
        let flops = |command: &Command| match command {
            Command::Dispatch(dispatch) => dispatch.flops,
            Command::Copy { .. } => 0,
        };
        self.program.commands[commands].iter().map(flops).sum()
    }

    /// One past the last command of the submission that begins at `start`; never empty.
    fn submission_end(&self, start: usize) -> usize {
        let limit = self.gpu.flops_per_submission();
        let mut end = start;
        let mut flops = 0_u64;
        while end < self.program.commands.len() {
            flops = flops.saturating_add(self.cost(end..end + 1));
            if flops > limit && end > start {
                break;
            }
            end += 1;
        }
        end
    }

    fn submit(&self, commands: std::ops::Range<usize>, last: bool, mut timer: Option<&mut Timer>) {
        let mut encoder = self.gpu.device().create_command_encoder(&Default::default());
        let mut next = commands.start;
        while next < commands.end {
            if let Command::Copy { from, to, bytes } = self.program.commands[next] {
                let (from, to) = ((self.piece(from.0), from.1), (self.piece(to.0), to.1));
                encoder.copy_buffer_to_buffer(from.0, from.1, to.0, to.1, bytes);
                next += 1;
                continue;
            }
            let timestamp_writes = timer.as_mut().map(|timer| timer.pass());
            let descriptor = wgpu::ComputePassDescriptor { label: None, timestamp_writes };
            let mut pass = encoder.begin_compute_pass(&descriptor);
            while let (Some(Command::Dispatch(Dispatch { workgroups: [x, y, z], .. })), true) =
                (self.program.commands.get(next), next < commands.end)
            {
                if let Some((pipeline, bindings)) = &self.resources.dispatches[next] {
                    pass.set_pipeline(pipeline);
                    pass.set_bind_group(0, bindings, &[]);
                    pass.dispatch_workgroups(*x, *y, *z);
                }
                next += 1;
            }
        }
        if last {
            let mut to_byte = 0;
            for &id in &self.plan.outputs {
                let (buffer, offset) = self.location(id);
                let size = bytes(&self.plan.values[id.0]);
                encoder.copy_buffer_to_buffer(buffer, offset, &self.resources.staging, to_byte, size);
                to_byte += size;
            }
        }
        self.gpu.queue().submit([encoder.finish()]);
    }

    async fn read_back(&mut self) -> Result<Vec<Tensor>> {
        self.resources.mapped = true;
        let staging = &self.resources.staging;
        let ticket = self
            .gpu
            .scoped(|| {
                let (ticket, settle) = self.gpu.events().ticket();
                staging.map_async(wgpu::MapMode::Read, .., move |outcome| settle(outcome.is_ok()));
                Ok(ticket)
            })
            .await?;
        self.gpu.settled(ticket).await?;
        let outputs = {
            let mapped = staging.get_mapped_range(..).map_err(|e| Error::Gpu(e.to_string()))?;
            let mut rest: &[u8] = &mapped;
            let mut outputs = Vec::with_capacity(self.plan.outputs.len());
            for &id in &self.plan.outputs {
                let value = &self.plan.values[id.0];
                let (stored, after) = rest.split_at(bytes(value) as usize);
                let stored = bytemuck::cast_slice(stored);
                outputs.push(unpack(stored, value.layout, &value.shape, value.dtype));
                rest = after;
            }
            outputs
        };
        staging.unmap();
        self.resources.mapped = false;
        outputs.into_iter().collect()
    }
}

impl Drop for Executor {
    fn drop(&mut self) {
        for buffer in self.resources.slots.drain(..) {
            self.gpu.return_buffer(buffer);
        }
        self.resources.staging.destroy();
    }
}

/// Checks that kernels can bind all constants.
///
/// # Errors
/// `TooLarge` for a constant above the size limit of a binding.
fn check_constants(gpu: &Gpu, plan: &Plan, program: &Program) -> Result<()> {
    for command in &program.commands {
        let Command::Dispatch(dispatch) = command else { continue };
        for binding in &dispatch.bindings {
            if let Binding::Constant(id, packing) = *binding {
                check_size(gpu, dispatch.variant.shader.name, &plan.constants[id.0].tensor, packing)?;
            }
        }
    }
    Ok(())
}

impl Resources {
    /// Creates all buffers and bindings; to be called within error scopes.
    fn new(gpu: &Gpu, plan: &Plan, program: &Program, staging_bytes: u64, cache: &mut WeightCache) -> Self {
        let device = gpu.device();
        let slots: Vec<_> = program.slots.bytes.iter().map(|&bytes| gpu.take_buffer(bytes)).collect();
        let staging = device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("outputs"),
            size: staging_bytes.max(16),
            usage: wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        let filled = |label, usage, data: &[u8]| {
            let buffer = device.create_buffer(&wgpu::BufferDescriptor {
                label: Some(label),
                size: (data.len() as u64).next_multiple_of(16).max(16),
                usage: usage | wgpu::BufferUsages::COPY_DST,
                mapped_at_creation: false,
            });
            gpu.queue().write_buffer(&buffer, 0, data);
            buffer
        };
        let tables = filled("tables", wgpu::BufferUsages::STORAGE, bytemuck::cast_slice(&program.tables));
        let unread = filled("unread", wgpu::BufferUsages::STORAGE, &[]);
        let unwritten = filled("unwritten", wgpu::BufferUsages::STORAGE, &[]);
        let (params, offsets) = join_params(program);
        let params = filled("params", wgpu::BufferUsages::UNIFORM, &params);

        let mut buffer = |binding: Binding| match binding {
            Binding::Piece(piece) => slots[program.slots.slot_of[piece]].clone(),
            Binding::Constant(id, packing) => cache.get(gpu, &plan.constants[id.0].tensor, packing),
            Binding::Tables => tables.clone(),
            Binding::Unread => unread.clone(),
            Binding::Unwritten => unwritten.clone(),
        };
        let mut prepare = |dispatch: &Dispatch, offset: u64| {
            let pipeline = gpu.pipeline(&dispatch.variant);
            let storage: Vec<_> = dispatch.bindings.iter().map(|&b| (b, buffer(b))).collect();
            let params = wgpu::BindGroupEntry {
                binding: 0,
                resource: wgpu::BindingResource::Buffer(wgpu::BufferBinding {
                    buffer: &params,
                    offset,
                    size: wgpu::BufferSize::new((dispatch.params.len() as u64).next_multiple_of(16)),
                }),
            };
            let entry = |i: usize| {
                let (binding, buffer) = &storage[i];
                // A pooled buffer may be longer than its slot, and longer than a binding may be.
                let size = match *binding {
                    Binding::Piece(p) => wgpu::BufferSize::new(program.pieces[p].bytes),
                    _ => None,
                };
                wgpu::BindGroupEntry {
                    binding: i as u32 + 1,
                    resource: wgpu::BindingResource::Buffer(wgpu::BufferBinding { buffer, offset: 0, size }),
                }
            };
            let entries: Vec<_> = std::iter::once(params).chain((0..storage.len()).map(entry)).collect();
            let group = device.create_bind_group(&wgpu::BindGroupDescriptor {
                label: Some(dispatch.variant.shader.name),
                layout: &pipeline.get_bind_group_layout(0),
                entries: &entries,
            });
            (pipeline, group)
        };
        let dispatches = (program.commands.iter().zip(offsets))
            .map(|(command, offset)| match command {
                Command::Dispatch(dispatch) => Some(prepare(dispatch, offset)),
                Command::Copy { .. } => None,
            })
            .collect();
        Self { slots, staging, mapped: false, dispatches }
    }
}

/// Concatenates the parameters of all dispatches, and returns the offset of each command's.
fn join_params(program: &Program) -> (Vec<u8>, Vec<u64>) {
    let mut joined = Vec::new();
    let mut offsets = Vec::with_capacity(program.commands.len());
    for command in &program.commands {
        offsets.push(joined.len() as u64);
        if let Command::Dispatch(dispatch) = command {
            joined.extend_from_slice(&dispatch.params);
            joined.resize(joined.len().next_multiple_of(OFFSET_ALIGNMENT as usize), 0);
        }
    }
    (joined, offsets)
}
