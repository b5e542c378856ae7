import type { Explanation, LayerMaps, Seen } from "../engine/protocol.ts";
import { type Canvas, element, made, type PageElement } from "./dom.ts";
import { draw, grey, picture, scaled, signed } from "./pictures.ts";

/** What people call the layers. */
const kinds: Readonly<Record<string, string>> = {
  Conv2d: "convolution",
  BatchNorm2d: "batch normalisation",
  ReLU: "ReLU",
  MaxPool2d: "max pooling",
  Linear: "linear",
};

/** The way from the pixels to the scores: the maps after each layer. */
export class Inside {
  readonly #layers = element("layers");
  readonly #saliency = element<Canvas>("saliency");

  /** Shows nothing. */
  clear(): void {
    element("inside").hidden = true;
    draw(this.#saliency, new Float32Array(784), 28);
  }

  /** Shows how a digit came about. */
  show({ layers, saliency }: Explanation, { data }: Seen): void {
    // The digit shines through, so that one sees where the pixels lie.
    const mattered = scaled(saliency.map(Math.abs))
      .map((value, pixel) => Math.max(value, 0.12 * data[pixel]));
    draw(this.#saliency, mattered, 28, signed);
    this.#layers.replaceChildren(...layers.map(layerOf));
    element("inside").hidden = false;
  }
}

function layerOf({ data, kind, name, shape }: LayerMaps): PageElement {
  const maps = made("div", shape.length === 3 ? "maps" : "maps units");
  const values = scaled(data);
  // What lies behind a ReLU has no sign.
  const ramp = data.some((value) => value < 0) ? signed : grey;
  const size = shape.length === 3 ? shape[1] * shape[2] : data.length;
  const columns = shape.length === 3 ? shape[2] : Math.min(data.length, 50);
  for (let start = 0; start < values.length; start += size) {
    const map = values.subarray(start, start + size);
    maps.append(picture(padded(map, columns), columns, ramp));
  }
  const text = `${kinds[kind] ?? kind}, ${shape.join(" × ")}`;
  const caption = made("h3", "", made("code", "", name), ` ${text}`);
  return made("div", "layer", caption, maps);
}

/** Values with zeros after them, so that they fill whole rows. */
function padded(values: Float32Array, columns: number): Float32Array {
  if (values.length % columns === 0) return values;
  const rows = Math.ceil(values.length / columns);
  const filled = new Float32Array(rows * columns);
  filled.set(values);
  return filled;
}
