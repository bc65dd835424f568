// Invocations per workgroup in kernels that compute one element each.
const WORKGROUP: u32 = 64u;

// Index of a workgroup: those beyond 65,535 continue along the grid's y.
fn linear(workgroup: vec3<u32>, grid: vec3<u32>) -> u32 {
    return workgroup.y * grid.x + workgroup.x;
}
