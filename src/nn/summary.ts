import { grouped, table } from "../base/table.ts";
import type { Shape } from "../core/tensor.ts";
import type { LayerTrace, Trace } from "./_trace.ts";
import type { Module } from "./module.ts";

/**
 * A model as people look at it: the text of PyTorch's `print(model)`, a line
 * for each layer, and the sums. Of what {@linkcode Module.trace} finds.
 *
 * @param inputShapes The shape of every input of `forward`.
 * @throws {ShapeError} Where a layer does not take its input.
 *
 * @example
 * ```ts
 * import { Linear, Sequential, summary } from "@x/mnist-cnn";
 * import { assertMatch } from "@std/assert";
 *
 * const text = summary(new Sequential(new Linear(4, 2)), [3, 4]);
 * assertMatch(text, /\n0 +Linear +\[3, 2\] +10 +24 +24 B\n/);
 * ```
 *
 * @category Modules
 */
export function summary(model: Module, ...inputShapes: Shape[]): string {
  const trace = model.trace(...inputShapes);
  const layers = trace.layers.filter(isWorthALine);
  const head = [
    ...["layer", "class", "output shape"],
    ...["parameters", "multiply-adds", "memory"],
  ];
  return [
    String(model),
    "",
    `input: ${trace.inputShapes.map(shapeText).join(", ")}`,
    table([head, ...layers.map(line)], 3),
    totals(trace),
  ].join("\n");
}

/** A container that does nothing itself is in the text above the table. */
function isWorthALine(layer: LayerTrace): boolean {
  return !layer.isContainer || layer.parameters > 0 || layer.multiplyAdds > 0;
}

function line(layer: LayerTrace): string[] {
  return [
    layer.name,
    layer.type,
    layer.outputShape === null ? "-" : shapeText(layer.outputShape),
    grouped(layer.parameters),
    grouped(layer.multiplyAdds),
    bytesText(layer.outputBytes),
  ];
}

function totals(trace: Trace): string {
  return [
    `parameters: ${grouped(trace.parameters)}, ` +
    bytesText(trace.parameterBytes),
    `multiply-adds: ${grouped(trace.multiplyAdds)}`,
    `memory of the outputs: ${bytesText(trace.activationBytes)}`,
  ].join("\n");
}

function shapeText(shape: Shape): string {
  return `[${shape.join(", ")}]`;
}

/** Bytes in units of 1000. */
function bytesText(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}
