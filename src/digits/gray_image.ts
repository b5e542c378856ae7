/** An image of one channel. */
export interface GrayImage {
  /** Columns. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /** The pixels row by row, 0 (black) to 255 (white). */
  readonly data: Uint8Array<ArrayBuffer>;
}
