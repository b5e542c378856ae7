// The elements of a channel of [batch, channels, area], counted through all
// images. A walk over them, so many at a step, divides only where it starts.

struct Channels {
  channels: u32,
  area: u32,
}

@group(0) @binding(8) var<uniform> sizes: Channels;

// Where an element is, and where in its plane. Of a step: how far from one
// element to the next, in whole planes and the rest.
struct Walk {
  at: u32,
  inPlane: u32,
}

fn elementOf(channel: u32, i: u32) -> Walk {
  let plane = i / sizes.area * sizes.channels + channel;
  return Walk(plane * sizes.area + i % sizes.area, i % sizes.area);
}

fn after(walk: Walk, step: Walk) -> Walk {
  let inPlane = walk.inPlane + step.inPlane;
  let goesOn = inPlane >= sizes.area;
  return Walk(
    walk.at + step.at + select(0, (sizes.channels - 1) * sizes.area, goesOn),
    inPlane - select(0, sizes.area, goesOn),
  );
}
