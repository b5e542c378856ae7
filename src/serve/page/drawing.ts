import {
  type Canvas,
  type Context,
  document,
  element,
  type KeyInput,
  type PointerInput,
} from "./dom.ts";

/** Pixels of a side of the image that is looked at; the page shows a finer one. */
const side = 84;

/** Width of a stroke, and a step of the arrow keys, of a side that is 1. */
const [strokeWidth, step] = [0.07, 1 / 28];

const arrows: Readonly<Record<string, readonly [x: number, y: number]>> = {
  ArrowLeft: [-step, 0],
  ArrowRight: [step, 0],
  ArrowUp: [0, -step],
  ArrowDown: [0, step],
};

/** The paper: strokes by mouse, pen, finger or keys. Dark ink on white. */
export class Drawing {
  readonly #canvas: Canvas;
  readonly #small: Canvas = document.createElement("canvas");
  readonly #contexts: readonly Context[];
  readonly #pen = element("pen");
  readonly #onChange: () => void;
  #place: readonly [x: number, y: number] = [0.5, 0.2];
  #isDown = false;
  #isEmpty = true;

  /**
   * Makes a canvas the paper.
   *
   * @param onChange Is told of each change.
   */
  constructor(canvas: Canvas, onChange: () => void) {
    this.#canvas = canvas;
    this.#onChange = onChange;
    this.#small.width = this.#small.height = side;
    this.#contexts = [canvas, this.#small].map((each) => {
      const context = each.getContext("2d", { willReadFrequently: true });
      context.scale(each.width, each.height);
      context.lineCap = "round";
      context.lineWidth = strokeWidth;
      return context;
    });
    this.clear();
    const on = (name: string, listener: (event: Event) => void) =>
      canvas.addEventListener(name, listener);
    on("pointerdown", (event) => this.#down(event as PointerInput));
    on("pointermove", (event) => this.#move(event as PointerInput));
    for (const name of ["pointerup", "pointercancel"]) {
      on(name, () => this.#set(false));
    }
    on("keydown", (event) => this.#key(event as KeyInput));
    on("focus", () => this.#pen.hidden = false);
    on("blur", () => {
      this.#pen.hidden = true;
      this.#set(false);
    });
  }

  /** Whether nothing is drawn. */
  get isEmpty(): boolean {
    return this.#isEmpty;
  }

  /** The image of what is drawn, a value a pixel: 255 is paper. */
  pixels() {
    const context = this.#contexts[1];
    const { data } = context.getImageData(0, 0, side, side);
    const grey = Uint8Array.from(
      { length: side * side },
      (_, pixel) => data[pixel * 4],
    );
    const size = { width: side, height: side };
    return { ...size, channels: 1, data: grey, white: 255 };
  }

  /** White paper. */
  clear(): void {
    for (const context of this.#contexts) {
      context.fillStyle = "#fff";
      context.fillRect(0, 0, 1, 1);
    }
    this.#isEmpty = true;
    this.#set(false);
    this.#onChange();
  }

  #down(event: PointerInput): void {
    if (!event.isPrimary) return;
    this.#canvas.setPointerCapture(event.pointerId);
    this.#place = this.#placeOf(event);
    this.#set(true);
    this.#lineTo(this.#place);
  }

  #move(event: PointerInput): void {
    if (this.#isDown && event.isPrimary) this.#lineTo(this.#placeOf(event));
  }

  #placeOf({ clientX, clientY }: PointerInput): [x: number, y: number] {
    const { height, left, top, width } = this.#canvas.getBoundingClientRect();
    return [(clientX - left) / width, (clientY - top) / height];
  }

  #key(event: KeyInput): void {
    const { key } = event;
    const arrow = arrows[key];
    if (arrow !== undefined) {
      const [x, y] = this.#place.map((at, axis) =>
        Math.min(1, Math.max(0, at + arrow[axis]))
      );
      if (this.#isDown) this.#lineTo([x, y]);
      this.#place = [x, y];
      this.#set(this.#isDown);
    } else if (key === " ") {
      this.#set(!this.#isDown);
      if (this.#isDown) this.#lineTo(this.#place);
    } else if (["Delete", "Backspace"].includes(key)) {
      this.clear();
    } else return;
    // The page does not scroll meanwhile.
    event.preventDefault();
  }

  /** Sets the pen down or lifts it, and shows where it is. */
  #set(isDown: boolean): void {
    this.#isDown = isDown;
    const [x, y] = this.#place;
    this.#pen.className = isDown ? "down" : "";
    this.#pen.style.left = `${100 * x}%`;
    this.#pen.style.top = `${100 * y}%`;
  }

  #lineTo([x, y]: readonly [x: number, y: number]): void {
    for (const context of this.#contexts) {
      context.beginPath();
      context.moveTo(...this.#place);
      context.lineTo(x, y);
      context.stroke();
    }
    this.#place = [x, y];
    this.#isEmpty = false;
    this.#onChange();
  }
}
