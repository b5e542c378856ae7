import type { Explanation, Seen } from "../engine/protocol.ts";
import { type Canvas, element } from "./dom.ts";
import { LayerView } from "./layer_view.ts";
import { blank, draw, scaled, signed } from "./pictures.ts";

/** The way from the pixels to the scores: the maps after each layer. */
export class Inside {
  readonly #saliency = element<Canvas>("saliency");
  #views: readonly LayerView[] = [];

  /** Shows nothing. */
  clear(): void {
    element("inside").hidden = true;
    blank(this.#saliency);
  }

  /** Shows how a digit came about. */
  show({ layers, saliency }: Explanation, { data }: Seen): void {
    // The digit shines through, so that one sees where the pixels lie.
    const mattered = scaled(saliency.map(Math.abs))
      .map((value, pixel) => Math.max(value, 0.12 * data[pixel]));
    draw(this.#saliency, mattered, 28, signed);
    const isSame = layers.length === this.#views.length &&
      layers.every((layer, at) => this.#views[at].fits(layer));
    if (isSame) {
      for (const [at, layer] of layers.entries()) this.#views[at].show(layer);
    } else {
      this.#views = layers.map((layer) => new LayerView(layer));
      element("layers").replaceChildren(
        ...this.#views.map(({ element }) => element),
      );
    }
    element("inside").hidden = false;
  }
}
