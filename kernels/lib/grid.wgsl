// One invocation for each item, in a line of workgroups; those that do not fit in
// one row of the grid go on in the next: `workgroupsFor` in kernel.ts.

override workgroupSize: u32;

fn itemOf(invocation: vec3u, workgroups: vec3u) -> u32 {
  return invocation.y * workgroups.x * workgroupSize + invocation.x;
}
