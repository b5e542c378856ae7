import type { LayerMaps } from "../engine/protocol.ts";
import {
  type Canvas,
  type KeyInput,
  made,
  type PageElement,
  type PointerInput,
} from "./dom.ts";
import { draw, grey, picture, type Ramp, scaled, signed } from "./pictures.ts";
import { pixelCard, type Place } from "./pixel_card.ts";

/** What people call the layers. */
const kinds: Readonly<Record<string, string>> = {
  Conv2d: "convolution",
  BatchNorm2d: "batch normalisation",
  ReLU: "ReLU",
  MaxPool2d: "max pooling",
  Linear: "linear",
};

/** How arrows and page keys go from pixel to pixel. */
const steps: Readonly<Record<string, Place>> = {
  ArrowLeft: [0, 0, -1],
  ArrowRight: [0, 0, 1],
  ArrowUp: [0, -1, 0],
  ArrowDown: [0, 1, 0],
  PageUp: [-1, 0, 0],
  PageDown: [1, 0, 0],
};

/** The maps after a layer; of a convolution, how each pixel comes about, too. */
export class LayerView {
  readonly element: PageElement;
  readonly #canvases: readonly Canvas[];
  readonly #maps: PageElement;
  readonly #card = made("div", "sum");
  #layer: LayerMaps;
  #drawn: readonly DrawnMap[];
  #place: Place | null = null;

  /** Shows a layer's maps. */
  constructor(layer: LayerMaps) {
    this.#layer = layer;
    this.#drawn = mapsOf(layer);
    const { kind, name, shape } = layer;
    this.#canvases = this.#drawn.map((map) => picture(...map));
    const className = shape.length === 3 ? "maps" : "maps units";
    this.#maps = made("div", className, ...this.#canvases);
    const hint = layer.convolution === null ? "" : "; point at a pixel";
    const text = ` ${kinds[kind] ?? kind}, ${shape.join(" × ")}${hint}`;
    const caption = made("h3", "", made("code", "", name), text);
    this.element = made("div", "layer", caption, this.#maps);
    if (layer.convolution !== null) this.#listen(name);
  }

  /** Whether a layer's maps fit where these are. */
  fits({ kind, name, shape }: LayerMaps): boolean {
    return name === this.#layer.name && kind === this.#layer.kind &&
      shape.join() === this.#layer.shape.join();
  }

  /** Shows the maps of another image, which fit. */
  show(layer: LayerMaps): void {
    this.#layer = layer;
    this.#drawn = mapsOf(layer);
    for (const [at, map] of this.#drawn.entries()) {
      draw(this.#canvases[at], ...map);
    }
    this.#point(this.#place);
  }

  #listen(name: string): void {
    const maps = this.#maps;
    maps.setAttribute("tabindex", "0");
    maps.setAttribute("role", "img");
    maps.setAttribute(
      "aria-label",
      `The maps of ${name}: arrows go from pixel to pixel, Page Up and Page ` +
        "Down from map to map",
    );
    this.#card.setAttribute("role", "status");
    this.#point(null);
    this.element.append(this.#card);
    for (const [map, canvas] of this.#canvases.entries()) {
      for (const kind of ["pointermove", "pointerdown"]) {
        canvas.addEventListener(kind, (event) => {
          this.#point([map, ...this.#pixelAt(canvas, event as PointerInput)]);
        });
      }
    }
    maps.addEventListener("pointerleave", (event) => {
      // A finger that is lifted leaves, too.
      if ((event as PointerInput).pointerType === "mouse") this.#point(null);
    });
    maps.addEventListener("blur", () => this.#point(null));
    maps.addEventListener("keydown", (event) => this.#key(event as KeyInput));
  }

  #pixelAt(
    canvas: Canvas,
    { clientX, clientY }: PointerInput,
  ): [row: number, column: number] {
    const { height, left, top, width } = canvas.getBoundingClientRect();
    const [, rows, columns] = this.#layer.shape;
    return [
      within(Math.floor((clientY - top) / height * rows), rows),
      within(Math.floor((clientX - left) / width * columns), columns),
    ];
  }

  #key(event: KeyInput): void {
    const step = steps[event.key];
    if (event.key === "Escape") this.#point(null);
    if (step === undefined) return;
    // The page does not scroll meanwhile.
    event.preventDefault();
    const { shape } = this.#layer;
    const [map, row, column] = (this.#place ?? [0, 0, 0])
      .map((at, axis) => within(at + step[axis], shape[axis]));
    this.#point([map, row, column]);
  }

  /** Shows how a pixel comes about; null hides it. */
  #point(place: Place | null): void {
    this.#place = place;
    this.#card.hidden = place === null;
    const { convolution } = this.#layer;
    if (place === null || convolution === null) return;
    const map = picture(...this.#drawn[place[0]]);
    this.#card.replaceChildren(...pixelCard(convolution, map, place));
  }
}

/** The nearest number from 0 to below another. */
function within(at: number, end: number): number {
  return Math.min(Math.max(at, 0), end - 1);
}

/** What is drawn of a map: values, how many in a row, and their colours. */
type DrawnMap = [values: Float32Array, columns: number, ramp: Ramp];

/** What is drawn of a layer. */
function mapsOf({ data, shape }: LayerMaps): DrawnMap[] {
  const values = scaled(data);
  // What lies behind a ReLU has no sign.
  const ramp = data.some((value) => value < 0) ? signed : grey;
  const isMaps = shape.length === 3;
  const size = isMaps ? shape[1] * shape[2] : data.length;
  const columns = isMaps ? shape[2] : Math.min(data.length, 50);
  return Array.from({ length: values.length / size }, (_, map) => [
    padded(values.subarray(map * size, (map + 1) * size), columns),
    columns,
    ramp,
  ]);
}

/** Values with zeros after them, so that they fill whole rows. */
function padded(values: Float32Array, columns: number): Float32Array {
  if (values.length % columns === 0) return values;
  const rows = Math.ceil(values.length / columns);
  const filled = new Float32Array(rows * columns);
  filled.set(values);
  return filled;
}
