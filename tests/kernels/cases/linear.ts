import type { LinearShape } from "../../../kernels/shapes.ts";
import * as reference from "../../reference.ts";
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
  "to one": { batch: 17, inFeatures: 300, outFeatures: 1 },
};

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
    {
      name: `linearInputGradient: ${name}`,
      run: (harness) => inputGradient(harness, shape),
    },
    {
      name: `linearWeightGradient: ${name}`,
      run: (harness) => weightGradient(harness, shape),
    },
    {
      name: `linearBiasGradient: ${name}`,
      run: (harness) => biasGradient(harness, shape),
    },
  ]);

function forward(
  harness: KernelHarness,
  shape: LinearShape,
  withBias: boolean,
): void {
  const { batch, inFeatures, outFeatures } = shape;
  const x = random(batch * inFeatures, 1);
  const weight = random(outFeatures * inFeatures, 2);
  const bias = withBias ? random(outFeatures, 3) : null;
  const output = harness.output(batch * outFeatures);
  harness.kernels.linearForward(
    harness.f32(x),
    harness.f32(weight),
    bias && harness.f32(bias),
    output,
    shape,
  );
  const expected = reference.linearForward(x, weight, bias, shape);
  harness.expectClose(output, expected, TOLERANCE);
}

function inputGradient(harness: KernelHarness, shape: LinearShape): void {
  const { batch, inFeatures, outFeatures } = shape;
  const gradOutput = random(batch * outFeatures, 4);
  const weight = random(outFeatures * inFeatures, 5);
  const gradX = harness.output(batch * inFeatures);
  harness.kernels.linearInputGradient(
    harness.f32(gradOutput),
    harness.f32(weight),
    gradX,
    shape,
  );
  const expected = reference.linearInputGradient(gradOutput, weight, shape);
  harness.expectClose(gradX, expected, TOLERANCE);
}

function weightGradient(harness: KernelHarness, shape: LinearShape): void {
  const { batch, inFeatures, outFeatures } = shape;
  const gradOutput = random(batch * outFeatures, 6);
  const x = random(batch * inFeatures, 7);
  const gradWeight = harness.output(outFeatures * inFeatures);
  harness.kernels.linearWeightGradient(
    harness.f32(gradOutput),
    harness.f32(x),
    gradWeight,
    shape,
  );
  const expected = reference.linearWeightGradient(gradOutput, x, shape);
  harness.expectClose(gradWeight, expected, TOLERANCE);
}

function biasGradient(harness: KernelHarness, shape: LinearShape): void {
  const gradOutput = random(shape.batch * shape.outFeatures, 8);
  const gradBias = harness.output(shape.outFeatures);
  harness.kernels.linearBiasGradient(
    harness.f32(gradOutput),
    gradBias,
    shape,
  );
  const expected = reference.linearBiasGradient(gradOutput, shape);
  harness.expectClose(gradBias, expected, TOLERANCE);
}
