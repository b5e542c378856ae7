/** Sizes of a window that slides over an image, per axis, in pixels. */
export interface Window2d {
  /** Rows of the window. */
  readonly kernelHeight: number;
  /** Columns of the window. */
  readonly kernelWidth: number;
  /** Rows from one window to the next. */
  readonly strideHeight: number;
  /** Columns from one window to the next. */
  readonly strideWidth: number;
  /** Rows added above and below the image. */
  readonly paddingHeight: number;
  /** Columns added left and right of the image. */
  readonly paddingWidth: number;
  /** Rows from one element of the window to the next. */
  readonly dilationHeight: number;
  /** Columns from one element of the window to the next. */
  readonly dilationWidth: number;
}
