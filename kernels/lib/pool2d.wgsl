// The sizes of a pooling, and which windows a pixel belongs to.

// #import "lib/grid.wgsl"

override inHeight: u32;
override inWidth: u32;
override outHeight: u32;
override outWidth: u32;
override kernelHeight: u32;
override kernelWidth: u32;
override strideHeight: u32;
override strideWidth: u32;
override paddingHeight: u32;
override paddingWidth: u32;

// The first window that reaches a position of the padded image, along an axis
// on which a window's last element lies `reach` positions after its first.
fn firstWindow(position: u32, reach: u32, stride: u32) -> u32 {
  return (max(position, reach) - reach + stride - 1) / stride;
}
