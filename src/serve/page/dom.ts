/**
 * As much of a page's types as its script uses: Deno has none, and a package may
 * not ask for the library that has them.
 *
 * @module
 */

/** An element of the page. */
export interface PageElement extends EventTarget {
  textContent: string;
  hidden: boolean;
  disabled: boolean;
  value: string;
  className: string;
  type: string;
  title: string;
  href: string;
  download: string;
  readonly files: readonly File[] | null;
  readonly style: Record<string, string>;
  append(...children: (PageElement | string)[]): void;
  replaceChildren(...children: (PageElement | string)[]): void;
  setAttribute(name: string, value: string): void;
  click(): void;
  focus(): void;
}

/** A canvas of the page. */
export interface Canvas extends PageElement {
  width: number;
  height: number;
  getContext(kind: "2d", options: { willReadFrequently: boolean }): Context;
  getBoundingClientRect(): {
    left: number;
    top: number;
    width: number;
    height: number;
  };
  setPointerCapture(pointer: number): void;
}

/** Red, green, blue and alpha of pixels. */
export interface Colours {
  readonly data: Uint8ClampedArray;
}

/** What draws on a canvas. */
export interface Context {
  fillStyle: string;
  strokeStyle: string;
  lineWidth: number;
  lineCap: "round";
  imageSmoothingEnabled: boolean;
  fillRect(x: number, y: number, width: number, height: number): void;
  drawImage(
    image: Canvas | ImageBitmap,
    x: number,
    y: number,
    width: number,
    height: number,
  ): void;
  beginPath(): void;
  moveTo(x: number, y: number): void;
  lineTo(x: number, y: number): void;
  stroke(): void;
  scale(x: number, y: number): void;
  getImageData(x: number, y: number, width: number, height: number): Colours;
  createImageData(width: number, height: number): Colours;
  putImageData(image: Colours, x: number, y: number): void;
}

/** A movement of mouse, pen or finger. */
export interface PointerInput extends Event {
  readonly clientX: number;
  readonly clientY: number;
  readonly pointerId: number;
  readonly pointerType: string;
  readonly isPrimary: boolean;
}

/** A key that is pressed. */
export interface KeyInput extends Event {
  readonly key: string;
}

/** Files that are dragged over the page, or pasted into it. */
export interface DropInput extends Event {
  readonly dataTransfer: { readonly files: readonly File[] } | null;
  readonly clipboardData: { readonly files: readonly File[] } | null;
}

interface Page {
  readonly document: EventTarget & {
    createElement(name: "canvas"): Canvas;
    createElement(name: string): PageElement;
    createElementNS(space: string, name: string): PageElement;
    getElementById(id: string): PageElement | null;
    querySelectorAll(selector: string): Iterable<PageElement>;
  };
  requestAnimationFrame(run: () => void): void;
}

/** The page that the script runs in. */
export const { document, requestAnimationFrame } =
  globalThis as unknown as Page;

/** Lets the page paint, and what else has waited for its turn. */
export async function painted(): Promise<void> {
  await new Promise<void>(requestAnimationFrame);
  await new Promise((resolve) => setTimeout(resolve));
}

/** Milliseconds of work after which the page paints and answers. */
const turn = 3;

/** Does the same with each item, in turns too short to be felt on a telephone. */
export async function inTurns<Item>(
  items: Iterable<Item>,
  run: (item: Item) => void,
): Promise<void> {
  let end = 0;
  for (const item of items) {
    if (performance.now() >= end) {
      await painted();
      end = performance.now() + turn;
    }
    run(item);
  }
}

/** Sets a text; one that stands there already is not laid out anew. */
export function setText(element: PageElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * What draws on a canvas. Without a GPU: the pixels are few or soon read, and to
 * wait for one takes longer than all of the drawing.
 */
export function contextOf(canvas: Canvas): Context {
  return canvas.getContext("2d", { willReadFrequently: true });
}

/** The element with an id, which the page has. */
export function element<Kind extends PageElement = PageElement>(
  id: string,
): Kind {
  return document.getElementById(id) as Kind;
}

/** The elements that a selector finds, in the page's order. */
export function elements(selector: string): PageElement[] {
  return [...document.querySelectorAll(selector)];
}

/** A new element. */
export function made(
  name: string,
  className: string,
  ...children: (PageElement | string)[]
): PageElement {
  const made = document.createElement(name);
  made.className = className;
  made.append(...children);
  return made;
}
