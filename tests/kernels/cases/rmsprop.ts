import {
  type RmspropConstants,
  rmspropStep,
} from "../../../kernels/rmsprop/rmsprop.ts";
import { type KernelCase, random, rounded, zeros } from "./_harness.ts";

/** Worst measured after three steps: 7.2e-8 absolute. */
const TOLERANCE = { atol: 1e-6, rtol: 1e-5 };
const STEPS = 3;

const PLAIN: RmspropConstants = {
  alpha: 0.99,
  eps: 1e-8,
  momentum: 0,
  weightDecay: 0,
};

/** RMSprop in all its forms, several steps each. */
export const rmspropCases: readonly KernelCase[] = [
  { name: "plain", length: 1001, constants: PLAIN, centered: false },
  {
    name: "weight decay, other constants",
    length: 1,
    constants: { alpha: 0.8, eps: 1e-3, momentum: 0, weightDecay: 0.1 },
    centered: false,
  },
  { name: "centered", length: 259, constants: PLAIN, centered: true },
  {
    name: "momentum",
    length: 130,
    constants: { ...PLAIN, momentum: 0.9 },
    centered: false,
  },
  {
    name: "centered, momentum, weight decay",
    length: 67,
    constants: { ...PLAIN, momentum: 0.9, weightDecay: 0.1 },
    centered: true,
  },
  {
    name: "momentum, and no buffer for it",
    length: 70,
    constants: { ...PLAIN, momentum: 0.9 },
    centered: false,
    hasBuffer: false,
  },
].map((
  { name, length, constants, centered, hasBuffer = true },
): KernelCase => ({
  name: `rmspropStep, ${STEPS} steps: ${name}`,
  run: (harness) => {
    const { momentum } = constants;
    let moved = {
      parameter: random(length, 2),
      squareAvg: zeros(length),
      gradAvg: centered ? zeros(length) : null,
      momentumBuffer: hasBuffer && momentum > 0 ? zeros(length) : null,
    };
    for (let step = 1; step <= STEPS; step++) {
      const operands = {
        // One element never has a gradient.
        gradient: random(length, 10 + step).with(length - 1, 0),
        learningRate: Float64Array.of(Math.fround(0.01)),
        ...moved,
      };
      harness.check(rmspropStep, operands, constants, TOLERANCE);
      rmspropStep.reference(operands, constants);
      moved = {
        parameter: rounded(moved.parameter),
        squareAvg: rounded(moved.squareAvg),
        gradAvg: moved.gradAvg && rounded(moved.gradAvg),
        momentumBuffer: moved.momentumBuffer && rounded(moved.momentumBuffer),
      };
    }
  },
}));
