import * as ops from "../../src/ops/mod.ts";
import { type GradcheckCase, uniformInput } from "../gradcheck.ts";

/** Convolutions and transposed convolutions. */
export const convolutionRows: Readonly<
  Record<string, readonly GradcheckCase[]>
> = {
  conv2d: [
    {
      run: (x, weight, bias) =>
        ops.conv2d(x, weight, bias, { padding: [1, 0], stride: [2, 1] }),
      inputs: [
        uniformInput([2, 2, 5, 4], 1),
        uniformInput([3, 2, 3, 2], 2),
        uniformInput([3], 3),
      ],
    },
    {
      run: (x, weight, bias) => ops.conv2d(x, weight, bias, 2, { groups: 2 }),
      inputs: [
        uniformInput([2, 4, 5, 4], 1),
        uniformInput([6, 2, 3, 2], 2),
        uniformInput([6], 3),
      ],
    },
    {
      run: (x, weight) =>
        ops.conv2d(x, weight, null, { padding: "same", groups: 3 }),
      inputs: [
        uniformInput([1, 3, 3, 4], 1),
        uniformInput([6, 1, 2, 3], 2),
      ],
    },
  ],
  convTranspose2d: [
    {
      run: (x, weight, bias) =>
        ops.convTranspose2d(x, weight, bias, 2, 1, { outputPadding: 1 }),
      inputs: [
        uniformInput([2, 2, 3, 2], 1),
        uniformInput([2, 3, 3, 2], 2),
        uniformInput([3], 3),
      ],
    },
    {
      run: (x, weight) =>
        ops.convTranspose2d(x, weight, null, {
          dilation: [2, 1],
          groups: 2,
          outputPadding: [1, 0],
        }),
      inputs: [
        uniformInput([1, 4, 2, 3], 1),
        uniformInput([4, 2, 2, 2], 2),
      ],
    },
  ],
};
