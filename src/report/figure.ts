import { displayAs } from "../base/display.ts";

/** A drawing that a notebook shows. */
export class Figure {
  static {
    displayAs(this.prototype, ({ svg, text }) => ({
      "text/plain": text,
      "image/svg+xml": svg,
    }));
  }

  /** Keeps drawing and text. */
  constructor(
    /** The drawing. */
    readonly svg: string,
    /** The same in words and numbers, where no drawing is shown. */
    readonly text: string,
  ) {}

  /** The text. */
  toString(): string {
    return this.text;
  }
}
