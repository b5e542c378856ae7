import { Tensor } from "../../src/core/tensor.ts";
import * as ops from "../../src/ops/mod.ts";
import { type GradcheckCase, uniformInput } from "../gradcheck.ts";

/** Operations that move elements. */
export const shapesRows: Readonly<Record<string, readonly GradcheckCase[]>> = {
  concat: [
    {
      run: (x, y) => ops.concat([x, y, x], 1),
      inputs: [uniformInput([2, 1, 2], 1), uniformInput([2, 2, 2], 2)],
    },
  ],
  expand: [
    {
      run: (x) => ops.expand(x, [2, -1, 3]),
      inputs: [uniformInput([2, 1], 1)],
    },
  ],
  indexSelect: [
    {
      run: (x) => {
        const index = Tensor.from(x.device, Int32Array.of(2, 0, 2, 2), [4]);
        return ops.indexSelect(x, 1, index);
      },
      inputs: [uniformInput([2, 3, 2], 1)],
    },
  ],
  pad: [
    {
      run: (x) => ops.pad(x, [1, 2, -1, 1], "constant", 0.5),
      inputs: [uniformInput([2, 3, 2], 1)],
    },
  ],
  permute: [
    {
      run: (x) => ops.permute(x, [2, 0, 1]),
      inputs: [uniformInput([2, 3, 2], 1)],
    },
  ],
  select: [
    { run: (x) => ops.select(x, 1, -1), inputs: [uniformInput([2, 3, 2], 1)] },
  ],
  slice: [
    {
      run: (x) => ops.slice(x, 1, 1, 5, 2),
      inputs: [uniformInput([2, 5], 1)],
    },
  ],
  squeeze: [
    { run: (x) => ops.squeeze(x, 1), inputs: [uniformInput([2, 1, 3], 1)] },
  ],
  stack: [
    {
      run: (x, y) => ops.stack([x, y], -1),
      inputs: [uniformInput([2, 3], 1), uniformInput([2, 3], 2)],
    },
  ],
  transpose: [
    {
      run: (x) => ops.transpose(x, 0, -1),
      inputs: [uniformInput([2, 3, 2], 1)],
    },
  ],
  unsqueeze: [
    { run: (x) => ops.unsqueeze(x, 1), inputs: [uniformInput([2, 3], 1)] },
  ],
};
