import { type Pair, pair } from "../ops/check.ts";
import type { Conv2dLayerOptions } from "./conv2d.ts";
import { pythonPair } from "../base/python_text.ts";

/** The arguments of a convolution, transposed or not, as PyTorch prints them. */
export function convolutionText(
  inChannels: number,
  outChannels: number,
  options: Readonly<Conv2dLayerOptions & { outputPadding?: Pair }>,
): string {
  const { dilation = 1, groups = 1, kernelSize, padding = 0, stride = 1 } =
    options;
  const facts = [
    `${inChannels}, ${outChannels}`,
    `kernel_size=${pythonPair(pair(kernelSize))}`,
    `stride=${pythonPair(pair(stride))}`,
  ];
  if (typeof padding === "string") facts.push(`padding=${padding}`);
  else addUnless(0, "padding", padding, facts);
  addUnless(1, "dilation", dilation, facts);
  addUnless(0, "output_padding", options.outputPadding ?? 0, facts);
  if (groups !== 1) facts.push(`groups=${groups}`);
  if (options.bias === false) facts.push("bias=False");
  return facts.join(", ");
}

function addUnless(
  usual: number,
  name: string,
  value: Pair,
  facts: string[],
): void {
  if (pair(value).every((pixels) => pixels === usual)) return;
  facts.push(`${name}=${pythonPair(pair(value))}`);
}
