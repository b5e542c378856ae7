import type { Brightness } from "./_pixels.ts";

/** An image with its rows as columns. */
export function transposed({ data, height, width }: Brightness): Brightness {
  const result = new Float32Array(data.length);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      result[column * height + row] = data[row * width + column];
    }
  }
  return { width: height, height: width, data: result };
}
