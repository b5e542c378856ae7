import {
  type AdadeltaConstants,
  adadeltaStep,
} from "../../../kernels/adadelta/adadelta.ts";
import { type KernelCase, random, rounded, zeros } from "./_harness.ts";

/** Worst measured after three steps: 7.2e-8 absolute. */
const TOLERANCE = { atol: 1e-6, rtol: 1e-5 };
const STEPS = 3;

const PLAIN: AdadeltaConstants = { rho: 0.9, eps: 1e-6, weightDecay: 0 };

/** Adadelta, several steps each. */
export const adadeltaCases: readonly KernelCase[] = [
  { name: "one element", length: 1, constants: PLAIN },
  { name: "1001 elements", length: 1001, constants: PLAIN },
  {
    name: "weight decay, other constants",
    length: 259,
    constants: { rho: 0.8, eps: 1e-3, weightDecay: 0.1 },
  },
].map(({ name, length, constants }): KernelCase => ({
  name: `adadeltaStep, ${STEPS} steps: ${name}`,
  run: (harness) => {
    let moved = {
      parameter: random(length, 2),
      squareAvg: zeros(length),
      accDelta: zeros(length),
    };
    for (let step = 1; step <= STEPS; step++) {
      const operands = {
        // One element never has a gradient.
        gradient: random(length, 10 + step).with(length - 1, 0),
        learningRate: Float64Array.of(1),
        ...moved,
      };
      harness.check(adadeltaStep, operands, constants, TOLERANCE);
      adadeltaStep.reference(operands, constants);
      moved = {
        parameter: rounded(moved.parameter),
        squareAvg: rounded(moved.squareAvg),
        accDelta: rounded(moved.accDelta),
      };
    }
  },
}));
