/** A batch normalisation of `[batch, channels, area]`, one mean per channel. */
export interface BatchNorm2dShape {
  /** Images in the batch. */
  readonly batch: number;
  /** Channels. */
  readonly channels: number;
  /** Pixels of one channel of one image: height · width. */
  readonly area: number;
  /** Added to the variance before the root. */
  readonly eps: number;
}

/** The batch normalisation in training. */
export interface BatchNorm2dTraining extends BatchNorm2dShape {
  /** Share of the batch in the running statistics. */
  readonly momentum: number;
}
