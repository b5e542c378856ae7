import { fillSource } from "../../../../kernels/fill.gen.ts";
import type { Kernels } from "../../kernels.ts";
import type { Run } from "../kernel_record.ts";
import { type Elements, elementwise } from "./_elementwise.ts";

interface FillShape extends Elements {
  /** The value of every element, as its 32 bits. */
  bits: number;
}

const fill = elementwise<FillShape>({
  name: "fill",
  source: fillSource,
  file: "kernels/fill.wgsl",
  entryPoint: "fill",
  bindings: ["write"],
  constants: ({ bits }) => ({ bits }),
});

/** Gives all elements of a buffer one value. */
export function fillKernels(run: Run): Pick<Kernels, "fill"> {
  return {
    fill(output, value) {
      const { dtype, length } = output.buffer;
      const values = dtype === "f32"
        ? Float32Array.of(value)
        : Int32Array.of(value);
      const [bits] = new Uint32Array(values.buffer);
      run(fill, { length, bits }, [output]);
    },
  };
}
