import { kernel, type Operand } from "../kernel.ts";
import { expandedOperands } from "../lib/axes.ts";
import { elementwise } from "../lib/elementwise.ts";
import * as wgsl from "./where.gen.ts";

/**
 * `output = condition ≠ 0 ? a : b`, element by element. Without `axes` each
 * operand has the output's length, or one element; with them they are
 * broadcast, see {@linkcode broadcastAxes}.
 */
export const whereForward = /* @__PURE__ */ kernel({
  name: "where",
  operands: {
    condition: "read",
    a: "read",
    b: "read",
    axes: "read?",
    output: "write",
  },
  reference({ a, axes, b, condition, output }) {
    const { length } = output;
    const operands = [condition, a, b];
    const [holds, ofA, ofB] = expandedOperands(axes, length, operands);
    for (let i = 0; i < length; i++) {
      output[i] = holds[i] !== 0 ? ofA[i] : ofB[i];
    }
  },
  webgpu({ a, axes, b, condition, output }) {
    const { length } = output.buffer;
    const bind = { condition, a, b, output };
    if (axes !== null) {
      return [elementwise(wgsl.whereBroadcast, length, { ...bind, axes })];
    }
    const step = ({ buffer }: Operand) => Number(buffer.length === length);
    return [elementwise(wgsl.whereFlat, length, bind, {
      conditionStep: step(condition),
      aStep: step(a),
      bStep: step(b),
    })];
  },
});
