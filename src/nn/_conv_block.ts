import { convBlock } from "../ops/conv_block.ts";
import type { Images, Tensor } from "../core/tensor.ts";
import { BatchNorm2d } from "./batch_norm2d.ts";
import { Conv2d } from "./conv2d.ts";
import { MaxPool2d } from "./max_pool2d.ts";
import type { Layer } from "./module.ts";
import { ReLU } from "./relu.ts";

/** A part of a chain: one layer, or several that run as one. */
export type Link = (x: Tensor) => Tensor;

/** The layers as links, those that make a block in one. */
export function linksOf(layers: readonly Layer[]): Link[] {
  const links: Link[] = [];
  let at = 0;
  while (at < layers.length) {
    const block = blockAt(layers, at);
    const layer = layers[at];
    links.push(block ?? ((x) => layer.forward(x)));
    at += block === null ? 1 : 4;
  }
  return links;
}

function blockAt(layers: readonly Layer[], at: number): Link | null {
  const [convolution, normalisation, relu, pooling] = layers.slice(at, at + 4);
  const isBlock = is(convolution, Conv2d) && is(normalisation, BatchNorm2d) &&
    is(relu, ReLU) && is(pooling, MaxPool2d);
  if (!isBlock) return null;
  const parts: Layer[] = [convolution, normalisation, relu, pooling];
  return (x) =>
    parts.some(hasOwnForward)
      ? parts.reduce((input, layer) => layer.forward(input), x)
      : forward(x, convolution, normalisation, pooling);
}

/** Whether somebody listens to a layer, or replaced what it does. */
function hasOwnForward(layer: Layer): boolean {
  return Object.hasOwn(layer, "forward");
}

/** Whether a layer is of the class itself: a subclass may do something else. */
function is<L extends Layer>(
  layer: Layer | undefined,
  type: abstract new (...parameters: never[]) => L,
): layer is L {
  return layer?.constructor === type;
}

function forward(
  x: Tensor,
  convolution: Conv2d,
  normalisation: BatchNorm2d,
  { kernelSize, options }: MaxPool2d,
): Tensor<Images> {
  return convBlock(x, {
    convolution: {
      ...convolution.options,
      weight: convolution.weight.tensor,
      bias: convolution.bias?.tensor ?? null,
    },
    normalisation: normalisation.arguments(),
    pooling: { ...options, kernelSize },
  });
}
