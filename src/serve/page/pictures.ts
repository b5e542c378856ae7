import { type Canvas, contextOf, document } from "./dom.ts";

/** Puts the colour of an amount from −1 to 1 where a pixel's bytes begin. */
export type Ramp = (
  value: number,
  pixels: Uint8ClampedArray,
  at: number,
) => void;

/** Light on black, as MNIST has it. */
export const grey: Ramp = (value, pixels, at) => {
  pixels[at] = pixels[at + 1] = pixels[at + 2] = 255 * value;
};

/** Black is zero, orange more, blue less. */
export const signed: Ramp = (value, pixels, at) => {
  pixels[at] = value * (value < 0 ? -70 : 255);
  pixels[at + 1] = value * (value < 0 ? -150 : 166);
  pixels[at + 2] = value * (value < 0 ? -255 : 87);
};

/** Draws values, row by row, into a canvas that gets their size. */
export function draw(
  canvas: Canvas,
  values: ArrayLike<number>,
  width: number,
  ramp: Ramp = grey,
): void {
  canvas.width = width;
  canvas.height = values.length / width;
  const context = contextOf(canvas);
  const picture = context.createImageData(canvas.width, canvas.height);
  const { data } = picture;
  for (let pixel = 0; pixel < values.length; pixel++) {
    ramp(values[pixel], data, 4 * pixel);
    data[4 * pixel + 3] = 255;
  }
  context.putImageData(picture, 0, 0);
}

/** Takes away the digit that is drawn, if there is one. */
export function blank(canvas: Canvas): void {
  // Which is to empty it, without a context.
  canvas.width = 28;
}

/** A new canvas with values as {@linkcode draw} draws them. */
export function picture(
  values: ArrayLike<number>,
  width: number,
  ramp: Ramp = grey,
): Canvas {
  const canvas = document.createElement("canvas");
  canvas.setAttribute("aria-hidden", "true");
  draw(canvas, values, width, ramp);
  return canvas;
}

/** Values divided by the largest of their amounts. */
export function scaled(values: Float32Array): Float32Array {
  const most = values.reduce((most, one) => Math.max(most, Math.abs(one)), 0);
  return most === 0 ? values : values.map((value) => value / most);
}
