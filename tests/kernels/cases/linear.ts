import type { LinearShape } from "../../../kernels/shapes.ts";
import * as reference from "../../reference.ts";
import { type KernelCase, type KernelHarness, random } from "./_harness.ts";

/** Sums of up to 1,568 terms. Worst measured: 4e-6 absolute. */
const TOLERANCE = { atol: 3e-5, rtol: 1e-5 };

const SHAPES: readonly LinearShape[] = [
  { batch: 1, inFeatures: 1, outFeatures: 1 },
  { batch: 1, inFeatures: 37, outFeatures: 5 },
  { batch: 13, inFeatures: 6, outFeatures: 11 },
  { batch: 7, inFeatures: 1568, outFeatures: 10 },
  { batch: 300, inFeatures: 3, outFeatures: 65 },
];

function linear(harness: KernelHarness, shape: LinearShape): void {
  const { kernels } = harness;
  const { batch, inFeatures, outFeatures } = shape;
  const x = random(batch * inFeatures, 1);
  const weight = random(outFeatures * inFeatures, 2);
  const bias = random(outFeatures, 3);
  const gradient = random(batch * outFeatures, 4);
  for (const used of [bias, null]) {
    const output = harness.output(batch * outFeatures);
    const given = used === null ? null : harness.f32(used);
    const [left, right] = [harness.f32(x), harness.f32(weight)];
    kernels.linearForward(left, right, given, output, shape);
    const expected = reference.linearForward(x, weight, used, shape);
    harness.expectClose(output, expected, TOLERANCE);
  }
  const gradOutput = harness.f32(gradient);
  const gradX = harness.output(x.length);
  kernels.linearInputGradient(gradOutput, harness.f32(weight), gradX, shape);
  const byX = reference.linearInputGradient(gradient, weight, shape);
  harness.expectClose(gradX, byX, TOLERANCE);
  const gradWeight = harness.output(weight.length);
  kernels.linearWeightGradient(gradOutput, harness.f32(x), gradWeight, shape);
  const byWeight = reference.linearWeightGradient(gradient, x, shape);
  harness.expectClose(gradWeight, byWeight, TOLERANCE);
  const gradBias = harness.output(outFeatures);
  kernels.linearBiasGradient(gradOutput, gradBias, shape);
  const byBias = reference.linearBiasGradient(gradient, shape);
  harness.expectClose(gradBias, byBias, TOLERANCE);
}

/** The linear layer, with and without bias. */
export const linearCases: readonly KernelCase[] = SHAPES.map((shape) => ({
  name: `linear: ${shape.batch} × ${shape.inFeatures} → ${shape.outFeatures}`,
  run: (harness) => linear(harness, shape),
}));
