import type { Seen } from "../engine/protocol.ts";
import {
  type Canvas,
  document,
  element,
  elements,
  inTurns,
  made,
  type PageElement,
  setText,
} from "./dom.ts";
import { blank, draw } from "./pictures.ts";

/** Where a picture lies on the paper, in parts of its width and height. */
export interface Frame {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** Pixels of the picture. */
  readonly columns: number;
  readonly rows: number;
}

/** What the network sees: its answer, and the probabilities of one digit. */
export class Answer {
  readonly #onChoice: () => void;
  readonly #seen = element<Canvas>("seen");
  /** Those of the page as it is loaded. */
  #classes: readonly string[] = elements("#bars th")
    .map(({ textContent }) => textContent);
  #bars: readonly PageElement[] = elements("#bars .bar");
  #texts: readonly PageElement[] = elements("#bars td:last-child");
  #digits: readonly Seen[] = [];
  #buttons: PageElement[] = [];
  #chosen = 0;

  /** @param onChoice Is told when another digit is shown. */
  constructor(onChoice: () => void) {
    this.#onChoice = onChoice;
  }

  /** The digit that the page shows more of. */
  get chosen(): Seen | null {
    return this.#digits[this.#chosen] ?? null;
  }

  /** The names of the classes: a bar each. */
  set classes(classes: readonly string[]) {
    const isSame = classes.length === this.#classes.length &&
      classes.every((name, index) => name === this.#classes[index]);
    if (isSame) return;
    this.#classes = classes;
    this.#bars = classes.map(() => made("div", "bar"));
    this.#texts = classes.map(() => made("td", ""));
    element("bars").replaceChildren(...classes.map((name, index) => {
      const head = made("th", "", name);
      const cell = made("td", "", this.#bars[index]);
      head.setAttribute("scope", "row");
      cell.setAttribute("aria-hidden", "true");
      return made("tr", "", head, cell, this.#texts[index]);
    }));
  }

  /**
   * Shows digits.
   *
   * @param empty What stands there where there are none.
   * @param frame Where their picture lies on the paper.
   */
  show(digits: readonly Seen[], empty: string, frame: Frame | null): void {
    const isSameCount = digits.length === this.#digits.length;
    this.#digits = digits;
    if (!isSameCount) this.#chosen = digits.length - 1;
    element("digit").textContent = this.#text(empty);
    this.#showButtons();
    this.#showBoxes(frame);
    this.#showChosen();
  }

  #text(empty: string): string {
    const digits = this.#digits;
    if (digits.length === 0) return empty;
    if (!digits.some(({ isDigit }) => isDigit)) return "no digit";
    const names = digits.map((seen) => this.#nameOf(seen));
    return names.join(names.some(({ length }) => length > 1) ? " " : "");
  }

  #nameOf({ index, isDigit }: Seen): string {
    return isDigit ? this.#classes[index] : "?";
  }

  #showButtons(): void {
    const list = element("digits");
    const digits = this.#digits;
    list.hidden = digits.length < 2;
    if (this.#buttons.length !== digits.length) {
      this.#buttons = digits.map((_, at) => {
        const button = made("button", "chip");
        button.type = "button";
        button.addEventListener("click", () => {
          this.#chosen = at;
          this.#showChosen();
        });
        return button;
      });
      list.replaceChildren(...this.#buttons);
    }
    for (const [at, button] of this.#buttons.entries()) {
      button.textContent = this.#nameOf(digits[at]);
    }
  }

  #showBoxes(frame: Frame | null): void {
    const boxes = this.#digits.length < 2 || frame === null ? [] : this.#digits;
    element("boxes").replaceChildren(...boxes.map((seen) => {
      const box = made("div", "box", made("span", "", this.#nameOf(seen)));
      const { height, left, top, width } = seen.box!;
      const { columns, rows } = frame!;
      const percent = (part: number) => `${100 * part}%`;
      box.style.left = percent(frame!.left + frame!.width * left / columns);
      box.style.top = percent(frame!.top + frame!.height * top / rows);
      box.style.width = percent(frame!.width * width / columns);
      box.style.height = percent(frame!.height * height / rows);
      return box;
    }));
  }

  #showChosen(): void {
    const seen = this.chosen;
    for (const [at, button] of this.#buttons.entries()) {
      button.setAttribute("aria-pressed", String(at === this.#chosen));
    }
    for (const [index, bar] of this.#bars.entries()) {
      const percent = 100 * (seen?.probabilities[index] ?? 0);
      bar.style.width = `${percent}%`;
      bar.className = seen?.isDigit && seen.index === index
        ? "bar most"
        : "bar";
      setText(this.#texts[index], `${percent.toFixed(2)} %`);
    }
    if (seen === null) blank(this.#seen);
    else draw(this.#seen, seen.data, 28);
    this.#onChoice();
  }
}

/** A button for each test image; they are drawn in turns. */
export async function showSamples(
  samples: readonly { label: number; pixels: readonly number[] }[],
  onClick: (pixels: Uint8Array, label: number) => void,
): Promise<void> {
  const canvases = samples.map(() => document.createElement("canvas"));
  element("images").replaceChildren(...samples.map(({ label, pixels }, at) => {
    const button = made("button", "image", canvases[at]);
    button.type = "button";
    button.setAttribute("aria-label", `test image, a ${label}`);
    button.addEventListener(
      "click",
      () => onClick(Uint8Array.from(pixels), label),
    );
    return button;
  }));
  element("samples").hidden = samples.length === 0;
  await inTurns(samples.entries(), ([at, { pixels }]) => {
    draw(canvases[at], pixels.map((value) => value / 255), 28);
  });
}
