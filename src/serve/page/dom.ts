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
  readonly style: Record<string, string>;
  append(...children: (PageElement | string)[]): void;
  setAttribute(name: string, value: string): void;
}

/** A canvas of the page. */
export interface Canvas extends PageElement {
  width: number;
  height: number;
  getContext(kind: "2d", options?: { willReadFrequently: boolean }): Context;
  getBoundingClientRect(): {
    left: number;
    top: number;
    width: number;
    height: number;
  };
  setPointerCapture(pointer: number): void;
}

/** What draws on a canvas. */
export interface Context {
  fillStyle: string;
  strokeStyle: string;
  lineWidth: number;
  lineCap: "round";
  fillRect(x: number, y: number, width: number, height: number): void;
  beginPath(): void;
  moveTo(x: number, y: number): void;
  lineTo(x: number, y: number): void;
  stroke(): void;
  scale(x: number, y: number): void;
  getImageData(x: number, y: number, width: number, height: number): {
    readonly data: Uint8ClampedArray;
  };
  createImageData(width: number, height: number): {
    readonly data: Uint8ClampedArray;
  };
  putImageData(
    image: { readonly data: Uint8ClampedArray },
    x: number,
    y: number,
  ): void;
}

/** A movement of mouse, pen or finger. */
export interface PointerInput extends Event {
  readonly clientX: number;
  readonly clientY: number;
  readonly pointerId: number;
  readonly isPrimary: boolean;
}

/** A key that is pressed. */
export interface KeyInput extends Event {
  readonly key: string;
}

interface Page {
  readonly document: {
    createElement(name: "canvas"): Canvas;
    createElement(name: string): PageElement;
    getElementById(id: string): PageElement | null;
  };
  requestAnimationFrame(run: () => void): void;
}

/** The page that the script runs in. */
export const { document, requestAnimationFrame } =
  globalThis as unknown as Page;

/** The element with an id, which the page has. */
export function element<Kind extends PageElement = PageElement>(
  id: string,
): Kind {
  return document.getElementById(id) as Kind;
}
