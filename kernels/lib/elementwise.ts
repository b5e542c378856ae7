import {
  type Dispatch,
  dispatch,
  type Operand,
  workgroupsFor,
} from "../kernel.ts";
import type { EntryPoint } from "../wgsl.ts";

/** Invocations of a workgroup: as many as every WebGPU device can run. */
export const workgroupSize = 256;

/**
 * A command with one invocation for each of `length` elements: see
 * `lib/grid.wgsl`. The length is no constant but `arrayLength` of the bound
 * buffer, so that one pipeline serves all lengths.
 */
export function elementwise<
  Bindings extends string,
  Constants extends Record<string, number | undefined>,
>(
  entryPoint: EntryPoint<Bindings, Constants>,
  length: number,
  bind: Readonly<Record<NoInfer<Bindings>, Operand>>,
  constants?: Readonly<Omit<NoInfer<Constants>, "workgroupSize">>,
): Dispatch {
  const all = { ...constants, workgroupSize } as Record<string, number>;
  return dispatch<string, Record<string, number | undefined>>(entryPoint, {
    bind,
    constants: all,
    workgroups: workgroupsFor(length, workgroupSize),
  });
}
