//! Compiles all shaders, which otherwise happens on first use, and checks their metadata.

use super::shaders;
use naga::valid::{Capabilities, ValidationFlags, Validator};

#[test]
fn every_shader_is_valid_and_matches_its_metadata() {
    for shader in shaders() {
        let name = shader.name;
        let source = shader.files.concat();
        let module = naga::front::wgsl::parse_str(&source)
            .unwrap_or_else(|e| panic!("{name}: {}", e.emit_to_string(&source)));
        Validator::new(ValidationFlags::all(), Capabilities::empty())
            .validate(&module)
            .unwrap_or_else(|e| panic!("{name}: {}", e.emit_to_string(&source)));

        let params = module.types.iter().find(|(_, ty)| ty.name.as_deref() == Some("Params"));
        let naga::TypeInner::Struct { span, .. } = params.unwrap().1.inner else {
            panic!("{name}: Params is no struct")
        };
        assert_eq!(span as usize, shader.params, "{name}: size of Params");

        let mut bindings = vec![None; 1 + (shader.reads + shader.writes) as usize];
        for (_, variable) in module.global_variables.iter() {
            if let Some(at) = variable.binding {
                bindings[at.binding as usize] = Some(variable.space);
            }
        }
        let writes = |space| match space {
            Some(naga::AddressSpace::Storage { access }) => access.contains(naga::StorageAccess::STORE),
            other => panic!("{name}: binding is {other:?}"),
        };
        assert_eq!(bindings[0], Some(naga::AddressSpace::Uniform), "{name}");
        for (i, &space) in bindings.iter().enumerate().skip(1) {
            assert_eq!(writes(space), i > shader.reads as usize, "{name}: binding {i}");
        }
        assert!(bindings.len() - 1 <= 8, "{name}: WebGPU has 8 storage buffers a stage");

        let entry = &module.entry_points[0];
        assert!(entry.workgroup_size.iter().product::<u32>() <= 256, "{name}");
        let workgroup_bytes: u32 = (module.global_variables.iter())
            .filter(|(_, v)| v.space == naga::AddressSpace::WorkGroup)
            .map(|(_, v)| module.types[v.ty].inner.size(module.to_ctx()))
            .sum();
        assert!(workgroup_bytes <= 16 << 10, "{name}: {workgroup_bytes} bytes of workgroup memory");
    }
}

#[test]
fn every_wgsl_file_is_used() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/shaders");
    let used: Vec<&str> = shaders().iter().flat_map(|s| s.files).copied().collect();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let (kept, len) = super::wgsl::strip::<{ 1 << 15 }>(&std::fs::read_to_string(&path).unwrap());
        assert!(used.iter().any(|file| file.as_bytes() == &kept[..len]), "{} is not used", path.display());
    }
}
