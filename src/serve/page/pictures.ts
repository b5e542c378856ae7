import { type Canvas, document } from "./dom.ts";

/** A colour, by the amount of something from −1 to 1. */
type Ramp = (value: number) => readonly [r: number, g: number, b: number];

/** Light on black, as MNIST has it. */
export const grey: Ramp = (value) => {
  const level = 255 * Math.max(0, value);
  return [level, level, level];
};

/** Black is zero, orange more, blue less. */
export const signed: Ramp = (value) =>
  value < 0
    ? [-70 * value, -150 * value, -255 * value]
    : [255 * value, 166 * value, 87 * value];

/** Draws values, row by row, into a canvas that gets their size. */
export function draw(
  canvas: Canvas,
  values: ArrayLike<number>,
  width: number,
  ramp: Ramp = grey,
): void {
  canvas.width = width;
  canvas.height = values.length / width;
  const context = canvas.getContext("2d");
  const picture = context.createImageData(canvas.width, canvas.height);
  const { data } = picture;
  for (let pixel = 0, at = 0; pixel < values.length; pixel++) {
    const [red, green, blue] = ramp(values[pixel]);
    data[at++] = red;
    data[at++] = green;
    data[at++] = blue;
    data[at++] = 255;
  }
  context.putImageData(picture, 0, 0);
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
