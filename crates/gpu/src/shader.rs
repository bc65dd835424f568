//! Shaders as plain data, and their pipelines.

use std::collections::HashMap;

/// A compute shader. Binding 0 is its `Params`, followed by `reads` read-only and `writes` writable storage
/// buffers.
#[derive(Debug)]
pub(crate) struct Shader {
    pub name: &'static str,
    /// WGSL files to concatenate: shared functions, then the kernel.
    pub files: &'static [&'static str],
    pub reads: u32,
    pub writes: u32,
    /// Size of `Params` in bytes.
    pub params: usize,
}

/// A shader with its `override` constants set.
#[derive(Debug, Clone)]
pub(crate) struct Variant {
    pub shader: &'static Shader,
    pub constants: Vec<(&'static str, f64)>,
}

type Key = (&'static str, Vec<(&'static str, u64)>);

/// Compiled variants.
#[derive(Default)]
pub(crate) struct Pipelines {
    compiled: HashMap<Key, wgpu::ComputePipeline>,
}

impl Pipelines {
    pub(crate) fn get(&mut self, device: &wgpu::Device, variant: &Variant) -> wgpu::ComputePipeline {
        let constants = variant.constants.iter().map(|&(name, value)| (name, value.to_bits()));
        let key = (variant.shader.name, constants.collect());
        self.compiled.entry(key).or_insert_with(|| compile(device, variant)).clone()
    }
}

fn compile(device: &wgpu::Device, variant: &Variant) -> wgpu::ComputePipeline {
    let shader = variant.shader;
    let label = Some(shader.name);
    let module = device.create_shader_module(wgpu::ShaderModuleDescriptor {
        label,
        source: wgpu::ShaderSource::Wgsl(shader.files.concat().into()),
    });
    // Explicit, because a layout derived from the shader lacks bindings that a variant does not use.
    let entry = |binding, ty, bytes| wgpu::BindGroupLayoutEntry {
        binding,
        visibility: wgpu::ShaderStages::COMPUTE,
        ty: wgpu::BindingType::Buffer {
            ty,
            has_dynamic_offset: false,
            min_binding_size: wgpu::BufferSize::new(bytes),
        },
        count: None,
    };
    let storage = |binding| {
        let read_only = binding <= shader.reads;
        entry(binding, wgpu::BufferBindingType::Storage { read_only }, 0)
    };
    let params = entry(0, wgpu::BufferBindingType::Uniform, shader.params as u64);
    let entries: Vec<_> =
        std::iter::once(params).chain((1..=shader.reads + shader.writes).map(storage)).collect();
    let bindings =
        device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor { label, entries: &entries });
    let layout = device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
        label,
        bind_group_layouts: &[Some(&bindings)],
        immediate_size: 0,
    });
    device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
        label,
        layout: Some(&layout),
        module: &module,
        entry_point: Some("main"),
        compilation_options: wgpu::PipelineCompilationOptions {
            constants: &variant.constants,
            // Kernels write workgroup memory before reading it.
            zero_initialize_workgroup_memory: false,
        },
        cache: None,
    })
}
