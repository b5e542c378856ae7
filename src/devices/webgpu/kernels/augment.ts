import { augmentSource } from "../../../../kernels/augment.gen.ts";
import type { BlurShape, WarpShape } from "../../../../kernels/shapes.ts";
import type { Kernels } from "../../kernels.ts";
import type { Run } from "../kernel_record.ts";
import { type Elements, elements, elementwise } from "./_elementwise.ts";

interface NoiseElements extends Elements {
  height: number;
  width: number;
}

interface BlurElements extends Elements, BlurShape {
  taps: number;
}

interface WarpElements extends Elements, WarpShape {
  displaced: boolean;
}

const file = { source: augmentSource, file: "kernels/augment.wgsl" };

const drawNoise = elementwise<NoiseElements>({
  ...file,
  name: "drawNoise",
  entryPoint: "drawNoise",
  bindings: ["read", "read", "write"],
  constants: ({ height, width }) => ({ height, width }),
});

const blur = elementwise<BlurElements>({
  ...file,
  name: "blur",
  entryPoint: "blur",
  bindings: ["read", "read", "write"],
  constants: ({ factor, inner, size, taps }) => ({ factor, inner, size, taps }),
  cost: ({ length, taps }) => ({ operations: 2 * length * taps }),
});

const warp = elementwise<WarpElements>({
  ...file,
  name: "warp",
  entryPoint: "warp",
  bindings: ["read", "read", "read", "read", "write"],
  constants: (shape) => ({
    channels: shape.channels,
    height: shape.height,
    width: shape.width,
    mean: shape.mean,
    deviation: shape.std,
    erased: shape.erased,
    displaced: Number(shape.displaced),
  }),
});

/** Random changes of images. */
export function augmentKernels(
  run: Run,
): Pick<Kernels, "blur" | "drawNoise" | "warp"> {
  return {
    drawNoise(draws, cursor, noise, shape) {
      run(drawNoise, { ...shape, ...elements(noise) }, [draws, cursor, noise]);
    },
    blur(x, weights, output, shape) {
      const { length: taps } = weights.buffer;
      const all = { ...shape, ...elements(output), taps };
      run(blur, all, [x, weights, output]);
    },
    warp(x, draws, cursor, displacements, output, shape) {
      const displaced = displacements !== null;
      const all = { ...shape, ...elements(output), displaced };
      const operands = [x, draws, cursor, displacements ?? draws, output];
      run(warp, all, operands);
    },
  };
}
