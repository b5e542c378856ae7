/** Differentiable operations, one per file. */
import "./methods.ts";

export { outputSize } from "./_window.ts";
export { add } from "./add.ts";
export { argmax } from "./argmax.ts";
export { avgPool2d, type AvgPool2dOptions } from "./avg_pool2d.ts";
export { batchNorm2d } from "./batch_norm2d.ts";
export { conv2d, type Conv2dOptions } from "./conv2d.ts";
export { correctCount } from "./correct_count.ts";
export { crossEntropy, type CrossEntropyOptions } from "./cross_entropy.ts";
export { div } from "./div.ts";
export { dropout } from "./dropout.ts";
export { exp } from "./exp.ts";
export { leakyRelu } from "./leaky_relu.ts";
export { linear } from "./linear.ts";
export { log } from "./log.ts";
export { maxPool2d, type MaxPool2dOptions } from "./max_pool2d.ts";
export { mean } from "./mean.ts";
export { mul } from "./mul.ts";
export { relu } from "./relu.ts";
export { scale } from "./scale.ts";
export { sigmoid } from "./sigmoid.ts";
export { sub } from "./sub.ts";
export { sum } from "./sum.ts";
export { tanh } from "./tanh.ts";
