import * as plain from "../../../kernels/plain/mod.ts";
import { composedConvBlock, type SingleKernels } from "../_conv_block.ts";
import type { Scratch } from "../scratch.ts";
import type { HostArray, Operand } from "../device.ts";
import type { Kernels } from "../kernels.ts";

/** A parameter of a plain kernel as a device takes it: operands for arrays. */
type OnDevice<Parameter> = Parameter extends HostArray ? Operand
  : Parameter extends readonly HostArray[] ? readonly Operand[]
  : Parameter;

/** The parameters of a plain kernel as a device takes them. */
type AllOnDevice<Parameters extends unknown[]> = {
  [Index in keyof Parameters]: OnDevice<Parameters[Index]>;
};

/** What the plain kernels make, worked out from what they are. */
type PlainKernels = {
  [Name in keyof typeof plain]: (
    ...parameters: AllOnDevice<Parameters<(typeof plain)[Name]>>
  ) => void;
};

/**
 * What a device must have. As functions, whose parameters the compiler compares
 * strictly, where it lets the parameters of methods be narrower.
 */
type RequiredKernels = {
  [Name in keyof SingleKernels]: (
    ...parameters: Parameters<SingleKernels[Name]>
  ) => void;
};

/**
 * The plain kernels as a device's {@linkcode Kernels}.
 *
 * @param run Runs a kernel on its arrays, now and in every replay.
 * @param unwrap Gives an operand's array; throws if it is another device's.
 * @param scratch Where kernels that are made of others keep what lies between.
 */
export function plainKernels(
  run: (name: string, kernel: () => void) => void,
  unwrap: (operand: Operand) => HostArray,
  scratch: Scratch,
): Kernels {
  const unwrapAny = (parameter: unknown): unknown => {
    if (Array.isArray(parameter)) return parameter.map(unwrapAny);
    return isOperand(parameter) ? unwrap(parameter) : parameter;
  };
  const all: Record<string, unknown> = plain;
  const kernels = Object.entries(all).map(([name, kernel]) => [
    name,
    (...parameters: unknown[]) => {
      const unwrapped = parameters.map(unwrapAny);
      run(
        name,
        () => (kernel as (...parameters: unknown[]) => void)(...unwrapped),
      );
    },
  ]);
  const single: RequiredKernels = Object.fromEntries(kernels) as PlainKernels;
  return { ...single, ...composedConvBlock(scratch) };
}

function isOperand(parameter: unknown): parameter is Operand {
  return typeof parameter === "object" && parameter !== null &&
    "buffer" in parameter;
}
