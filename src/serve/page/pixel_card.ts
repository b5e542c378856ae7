import type { Convolution } from "../engine/protocol.ts";
import { type Canvas, made, type PageElement } from "./dom.ts";
import { pixelSum } from "./pixel_sum.ts";

/** A pixel of a layer's maps. */
export type Place = readonly [map: number, row: number, column: number];

/** The largest share of its colour that a cell takes: its numbers stay legible. */
const mostTint = 30;

/**
 * What a convolution adds up for a pixel.
 *
 * @param picture The map, on which the pixel is marked.
 */
export function pixelCard(
  convolution: Convolution,
  picture: Canvas,
  place: Place,
): readonly PageElement[] {
  const { bias, channel, channels, pixels, value, weights } = pixelSum(
    convolution,
    place,
  );
  const { inChannels, kernelHeight, kernelWidth } = convolution.shape;
  const { outHeight, outWidth } = convolution.shape;
  const [map, row, column] = place.map((at) => at + 1);
  const products = pixels.map((pixel, at) => pixel * weights[at]);
  const most = Math.max(...products.map(Math.abs));
  const cells = products.map((product, at) => {
    const cell = made("td", "", number(pixels[at]), made("br", ""));
    cell.append(`×\u2009${number(weights[at])}`);
    const tint = most === 0 ? 0 : mostTint * Math.abs(product) / most;
    const colour = product < 0 ? "--less" : "--more";
    cell.style.background = `color-mix(in srgb, var(${colour}) ${
      tint.toFixed(0)
    }%, transparent)`;
    return cell;
  });
  const rows = Array.from(
    { length: kernelHeight },
    (_, y) =>
      made("tr", "", ...cells.slice(y * kernelWidth, (y + 1) * kernelWidth)),
  );
  const mark = made("div", "mark");
  mark.style.left = `${100 * (column - 1) / outWidth}%`;
  mark.style.top = `${100 * (row - 1) / outHeight}%`;
  mark.style.width = `${100 / outWidth}%`;
  mark.style.height = `${100 / outHeight}%`;
  const whole = channels.reduce((sum, one) => sum + one, 0);
  const from = channels.length === 1
    ? ""
    : `from map ${channel + 1} of ${inChannels}, which adds most; ` +
      `${number(whole)} from all maps; `;
  const sum = number(products.reduce((sum, one) => sum + one, 0));
  return [
    made("p", "", `Map ${map}, row ${row}, column ${column}: pixel × weight`),
    made(
      "div",
      "products",
      made("table", "", ...rows),
      made("div", "map", picture, mark),
    ),
    made(
      "p",
      "",
      `The sum is ${sum} ${from}with the bias of ${number(bias)}: ${
        number(value)
      }`,
    ),
  ];
}

function number(value: number): string {
  return value.toFixed(2).replace("-", "−");
}
