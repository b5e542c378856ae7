import type { AdamConstants } from "../../kernels/shapes.ts";

/** A parameter and what Adam remembers of it; the moments start as zeros. */
export interface AdamState {
  /** The values that are trained. */
  parameter: Float64Array;
  /** Running mean of the gradient. */
  expAvg: Float64Array;
  /** Running mean of the squared gradient. */
  expAvgSq: Float64Array;
}

/** Step `step` (1, 2, …) of torch.optim.Adam; changes no argument. */
export function adamStep(
  state: AdamState,
  gradient: Float64Array,
  step: number,
  learningRate: number,
  { beta1, beta2, eps, weightDecay }: AdamConstants,
): AdamState {
  const penalised = penalise(gradient, state.parameter, weightDecay);
  const expAvg = state.expAvg.map((value, i) =>
    beta1 * value + (1 - beta1) * penalised[i]
  );
  const expAvgSq = state.expAvgSq.map((value, i) =>
    beta2 * value + (1 - beta2) * penalised[i] ** 2
  );
  const parameter = state.parameter.map((value, i) => {
    const average = expAvg[i] / (1 - beta1 ** step);
    const square = expAvgSq[i] / (1 - beta2 ** step);
    return value - learningRate * average / (Math.sqrt(square) + eps);
  });
  return { parameter, expAvg, expAvgSq };
}

/** The gradient with that of the L2 penalty added. */
function penalise(
  gradient: Float64Array,
  parameter: Float64Array,
  weightDecay: number,
): Float64Array {
  return gradient.map((value, i) => value + weightDecay * parameter[i]);
}
