import { tidy } from "../src/core/scope.ts";
import { Tape } from "../src/core/tape.ts";
import { Tensor } from "../src/core/tensor.ts";
import type { Device } from "../src/devices/device.ts";
import { mul, sum } from "../src/ops/mod.ts";
import { assertClose, type Tolerance } from "./close.ts";
import { uniform } from "./reference.ts";

/** Values of an operand that an operation differentiates. */
export interface GradcheckInput {
  /** Its shape. */
  readonly shape: readonly number[];
  /** One for each element. */
  readonly values: ArrayLike<number>;
}

/** An operation as a function of all that it differentiates. */
export interface GradcheckCase {
  /** Computes the output; whatever else it needs, it makes itself. */
  readonly run: (...inputs: Tensor[]) => Tensor;
  /** The operands. */
  readonly inputs: readonly GradcheckInput[];
  /**
   * How far a value moves. Longer steps lose less to rounding, shorter ones
   * less to curvature and kinks. Default 1/16.
   */
  readonly step?: number;
  /** How far a gradient may lie from the difference. Default 1e-4 each. */
  readonly tolerance?: Tolerance;
}

/** Outputs at these multiples of a step, and their weights, make a derivative. */
const stencil = [[-2, 1 / 12], [-1, -2 / 3], [1, 2 / 3], [2, -1 / 12]] as const;

/**
 * Compares every gradient that a tape works out with central differences of
 * fourth order (Fornberg, "Generation of Finite Difference Formulas", 1988), of
 * a weighted sum of the output. The sum is made on the host in f64, so that only
 * the operation itself rounds to f32.
 */
export async function gradcheck(
  device: Device,
  { inputs, run, step = 1 / 16, tolerance = { atol: 1e-4, rtol: 1e-4 } }:
    GradcheckCase,
): Promise<void> {
  const values = inputs.map(({ values }) => Float32Array.from(values));
  const tensorsOf = (arrays: readonly Float32Array[], requiresGrad: boolean) =>
    arrays.map((array, at) =>
      Tensor.from(device, array, inputs[at].shape, { requiresGrad })
    );
  const parameters = tensorsOf(values, true);
  let weights: Float32Array;
  {
    using tape = new Tape();
    const output = run(...parameters);
    weights = Float32Array.from(uniform(output.length, 1000));
    const weight = Tensor.from(device, weights, output.shape);
    tape.backward(sum(mul(output, weight)));
  }
  const weightedSum = async (arrays: readonly Float32Array[]) => {
    using output = tidy(() => run(...tensorsOf(arrays, false)));
    const elements = await output.data();
    return elements.reduce((total, one, i) => total + one * weights[i], 0);
  };
  for (const [at, own] of values.entries()) {
    // All at once: each wait for a GPU takes longer than its work.
    const differences = await Promise.all(Array.from(own, async (value, i) => {
      const terms = await Promise.all(stencil.map(async ([steps, weight]) => {
        const moved = own.with(i, value + steps * step);
        return weight * await weightedSum(values.with(at, moved));
      }));
      return terms.reduce((total, term) => total + term, 0) / step;
    }));
    const gradient = await parameters[at].grad!.data();
    assertClose(gradient, differences, tolerance, `operand ${at}`);
  }
  for (const parameter of parameters) parameter[Symbol.dispose]();
}

/** An operand of values in [−1, 1), or `scale` times that, around `center`. */
export function uniformInput(
  shape: readonly number[],
  seed: number,
  { center = 0, scale = 1 }: { center?: number; scale?: number } = {},
): GradcheckInput {
  const values = uniform(elementsOf(shape), seed)
    .map((value) => center + scale * value);
  return { shape, values };
}

/**
 * An operand of different values, in no order, that lie 0.3 apart and 0.15 away
 * from 0: no step changes which is the largest, or a sign.
 */
export function spacedInput(
  shape: readonly number[],
  seed: number,
): GradcheckInput {
  const length = elementsOf(shape);
  const draws = uniform(length, seed);
  const order = Array.from(draws.keys()).sort((a, b) => draws[a] - draws[b]);
  const half = Math.ceil(length / 2);
  return { shape, values: order.map((rank) => (rank - half + 0.5) * 0.3) };
}

function elementsOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
