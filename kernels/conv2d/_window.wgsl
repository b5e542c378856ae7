// The sizes of a window that slides over images called source: x for the output
// and for the gradient with respect to the weight, the gradient of the output for
// the gradient with respect to x. The images called target have one pixel for
// each position of the window.

override sourceChannels: u32;
override sourceHeight: u32;
override sourceWidth: u32;
override targetChannels: u32;
override targetHeight: u32;
override targetWidth: u32;
override kernelHeight: u32;
override kernelWidth: u32;
override strideHeight: i32;
override strideWidth: i32;
override paddingHeight: i32;
override paddingWidth: i32;
override dilationHeight: i32;
override dilationWidth: i32;

// The source's pixels lie this far apart, with zeros between them: more than 1
// where the window slides over the gradient of a convolution with a stride.
override inputDilationHeight: i32 = 1;
override inputDilationWidth: i32 = 1;

// From the weights of one channel to those of the next.
override sourceChannelStep: u32;
override targetChannelStep: u32;

// Whether the kernel is flipped along both axes, as for the gradient with respect
// to x.
override flipped: bool;
override hasBias: bool;
