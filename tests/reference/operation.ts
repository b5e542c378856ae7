/** Arrays by name: `x`, `weight`, `bias`. */
export type Arrays = Record<string, Float64Array>;

/** An operation of the reference as a function of all that it differentiates. */
export interface Operation {
  /** The output. A scalar is an array of one. */
  forward(inputs: Arrays): Float64Array;
  /** The gradient of each input, under the input's name. */
  backward(gradOutput: Float64Array, inputs: Arrays): Arrays;
}
