import {
  linearForward,
  linearGradient,
  type LinearShape,
} from "../../../kernels/linear/linear.ts";
import { type KernelCase, type KernelHarness, random } from "./_harness.ts";

/** Sums of up to 1,568 terms. Worst measured: 2.1e-5 absolute (CPU), 4e-6 (WebGPU). */
const TOLERANCE = { atol: 3e-5, rtol: 1e-5 };

const SHAPES: Record<string, LinearShape> = {
  "3 × 7 to 5": { batch: 3, inFeatures: 7, outFeatures: 5 },
  "one element": { batch: 1, inFeatures: 1, outFeatures: 1 },
  "the network's": { batch: 5, inFeatures: 1568, outFeatures: 10 },
  "one past a tile": { batch: 65, inFeatures: 33, outFeatures: 129 },
  "batch 1": { batch: 1, inFeatures: 130, outFeatures: 67 },
  "one feature": { batch: 131, inFeatures: 1, outFeatures: 3 },
  "fours, more rows than a tile, few features": {
    batch: 70,
    inFeatures: 12,
    outFeatures: 37,
  },
  "to one": { batch: 17, inFeatures: 300, outFeatures: 1 },
};

/** What gradients are made by. */
const WANTED = [
  ["x", "weight", "bias"],
  ["weight", "bias"],
  ["x", "bias"],
  ["x"],
  ["weight"],
  ["bias"],
] as const;

/** Every kernel of the linear layer on every shape. */
export const linearCases: readonly KernelCase[] = Object.entries(SHAPES)
  .flatMap(([name, shape]): KernelCase[] => [
    {
      name: `linearForward: ${name}`,
      run: (harness) => forward(harness, shape, true),
    },
    {
      name: `linearForward without bias: ${name}`,
      run: (harness) => forward(harness, shape, false),
    },
    ...WANTED.map((wanted) => ({
      name: `linearGradient by ${wanted.join(", ")}: ${name}`,
      run: (harness: KernelHarness) => gradient(harness, shape, wanted),
    })),
  ]);

function forward(
  harness: KernelHarness,
  shape: LinearShape,
  withBias: boolean,
): void {
  const { batch, inFeatures, outFeatures } = shape;
  harness.check(
    linearForward,
    {
      x: random(batch * inFeatures, 1),
      weight: random(outFeatures * inFeatures, 2),
      bias: withBias ? random(outFeatures, 3) : null,
      output: new Float64Array(batch * outFeatures),
    },
    shape,
    TOLERANCE,
  );
}

function gradient(
  harness: KernelHarness,
  shape: LinearShape,
  wanted: readonly ("x" | "weight" | "bias")[],
): void {
  const { batch, inFeatures, outFeatures } = shape;
  const output = (name: "x" | "weight" | "bias", length: number) =>
    wanted.includes(name) ? new Float64Array(length) : null;
  harness.check(
    linearGradient,
    {
      gradOutput: random(batch * outFeatures, 4),
      x: random(batch * inFeatures, 5),
      weight: random(outFeatures * inFeatures, 6),
      gradX: output("x", batch * inFeatures),
      gradWeight: output("weight", outFeatures * inFeatures),
      gradBias: output("bias", outFeatures),
    },
    shape,
    TOLERANCE,
  );
}
