import { type SgdConstants, sgdStep } from "../../../kernels/sgd/sgd.ts";
import { type KernelCase, random, rounded } from "./_harness.ts";

/** Worst measured after three steps: 2.2e-7 absolute. */
const TOLERANCE = { atol: 1e-6, rtol: 1e-5 };
const STEPS = 3;

const PLAIN: SgdConstants = {
  momentum: 0,
  dampening: 0,
  weightDecay: 0,
  nesterov: false,
};

/** Stochastic gradient descent, several steps each. */
export const sgdCases: readonly KernelCase[] = [
  { name: "plain", length: 1001, constants: PLAIN },
  {
    name: "weight decay",
    length: 1,
    constants: { ...PLAIN, weightDecay: 0.1 },
  },
  { name: "momentum", length: 257, constants: { ...PLAIN, momentum: 0.9 } },
  {
    name: "momentum, dampening",
    length: 259,
    constants: { ...PLAIN, momentum: 0.9, dampening: 0.25 },
  },
  {
    name: "momentum, weight decay",
    length: 130,
    constants: { ...PLAIN, momentum: 0.9, weightDecay: 0.1 },
  },
  {
    name: "Nesterov",
    length: 1000,
    constants: { ...PLAIN, momentum: 0.9, nesterov: true },
  },
  {
    name: "Nesterov, weight decay",
    length: 67,
    constants: { ...PLAIN, momentum: 0.8, weightDecay: 0.1, nesterov: true },
  },
].map(({ name, length, constants }): KernelCase => ({
  name: `sgdStep, ${STEPS} steps: ${name}`,
  run: (harness) => {
    let parameter = random(length, 2);
    let momentumBuffer: Float64Array | null = constants.momentum === 0
      ? null
      : new Float64Array(length);
    for (let step = 1; step <= STEPS; step++) {
      const operands = {
        // One element never has a gradient.
        gradient: random(length, 10 + step).with(length - 1, 0),
        learningRate: Float64Array.of(Math.fround(0.1)),
        parameter,
        momentumBuffer,
      };
      harness.check(sgdStep, operands, constants, TOLERANCE);
      sgdStep.reference(operands, constants);
      parameter = rounded(parameter);
      momentumBuffer &&= rounded(momentumBuffer);
    }
  },
}));
