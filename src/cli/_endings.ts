/** The endings of the files that a model is read from and written into. */
export const modelEndings: readonly string[] = [
  ...[".safetensors", ".npz", ".pth", ".pt", ".onnx"],
];

/** The endings of files of pictures that are read. */
export const pictureEndings: readonly string[] = [
  ...[".png", ".jpg", ".jpeg", ".bmp", ".pgm", ".gif", ".webp", ".avif"],
];
