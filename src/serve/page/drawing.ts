import type { Picture } from "../engine/protocol.ts";
import {
  type Canvas,
  type Context,
  contextOf,
  document,
  element,
  type KeyInput,
  type PointerInput,
} from "./dom.ts";

/** Pixels of the image that is looked at; the page shows a finer one. */
const [width, height] = [224, 168];

/** How much wider than high the paper is. */
const aspect = width / height;

/** Width of a stroke, and a step of the arrow keys, of a height that is 1. */
const [strokeWidth, step] = [0.06, 1 / 28];

const arrows: Readonly<Record<string, readonly [x: number, y: number]>> = {
  ArrowLeft: [-step, 0],
  ArrowRight: [step, 0],
  ArrowUp: [0, -step],
  ArrowDown: [0, step],
};

/** The paper: strokes by mouse, pen, finger or keys. Dark ink on white. */
export class Drawing {
  readonly #canvas: Canvas;
  /** Of the paper and of the image that is looked at; none before the first use. */
  #contexts: readonly Context[] | null = null;
  readonly #pen = element("pen");
  readonly #onChange: () => void;
  #place: readonly [x: number, y: number] = [aspect / 2, 0.2];
  #isDown = false;
  #isEmpty = true;
  /** Whether a picture lies on the paper, which the first stroke takes away. */
  #isCovered = false;

  /**
   * Makes a canvas the paper.
   *
   * @param onChange Is told of each change.
   */
  constructor(canvas: Canvas, onChange: () => void) {
    this.#canvas = canvas;
    this.#onChange = onChange;
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

  /** Whether a stroke is being drawn. */
  get isDown(): boolean {
    return this.#isDown;
  }

  /** What is drawn; null where nothing is. */
  picture(): Picture | null {
    if (this.#isEmpty) return null;
    const [, small] = this.#used();
    const { data } = small.getImageData(0, 0, width, height);
    const ink = new Uint8Array(width * height);
    for (let pixel = 0; pixel < ink.length; pixel++) {
      ink[pixel] = 255 - data[pixel * 4];
    }
    return { kind: "drawing", width, height, ink };
  }

  /** White paper. */
  clear(): void {
    this.#wipe();
    this.#set(false);
    this.#onChange();
  }

  /**
   * Lays a picture on the paper, to look at alone.
   *
   * @param isPhoto Whether it keeps its colours in the dark.
   */
  cover(
    picture: Canvas | ImageBitmap,
    isPhoto: boolean,
  ): { left: number; top: number; width: number; height: number } {
    this.#wipe();
    this.#set(false);
    const place = fitted(picture);
    const [context] = this.#used();
    context.imageSmoothingEnabled = isPhoto;
    const { left, top } = place;
    context.drawImage(picture, left, top, place.width, place.height);
    this.#canvas.className = isPhoto ? "photo" : "";
    this.#isCovered = true;
    return place;
  }

  /** Loading the page makes no canvas, which takes longer than the rest of it. */
  #used(): readonly Context[] {
    return this.#contexts ??= [this.#canvas, smallCanvas()].map((each) => {
      const context = contextOf(each);
      context.scale(each.height, each.height);
      context.lineCap = "round";
      context.lineWidth = strokeWidth;
      fillWhite(context);
      return context;
    });
  }

  #wipe(): void {
    this.#contexts?.forEach(fillWhite);
    this.#canvas.className = "";
    this.#isCovered = false;
    this.#isEmpty = true;
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
    const { height, left, top } = this.#canvas.getBoundingClientRect();
    return [(clientX - left) / height, (clientY - top) / height];
  }

  #key(event: KeyInput): void {
    const { key } = event;
    const arrow = arrows[key];
    if (arrow !== undefined) {
      const [x, y] = this.#place.map((at, axis) =>
        Math.min(axis === 0 ? aspect : 1, Math.max(0, at + arrow[axis]))
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
    this.#pen.style.left = `${100 * x / aspect}%`;
    this.#pen.style.top = `${100 * y}%`;
  }

  #lineTo([x, y]: readonly [x: number, y: number]): void {
    if (this.#isCovered) this.#wipe();
    for (const context of this.#used()) {
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

function smallCanvas(): Canvas {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  return canvas;
}

function fillWhite(context: Context): void {
  context.fillStyle = "#fff";
  context.fillRect(0, 0, aspect, 1);
}

/** Where a picture lies on the paper: in the middle, as large as fits. */
function fitted(picture: { readonly width: number; readonly height: number }) {
  const scale = Math.min(aspect / picture.width, 1 / picture.height);
  const width = picture.width * scale;
  const height = picture.height * scale;
  return { left: (aspect - width) / 2, top: (1 - height) / 2, width, height };
}
