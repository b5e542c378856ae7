import type { Tensor } from "../core/tensor.ts";
import { batchNorm2d } from "../ops/batch_norm2d.ts";
import { BatchNorm } from "./batch_norm.ts";
import type { Stage } from "./stage.ts";

/**
 * Batch normalisation layer for images: {@linkcode batchNorm2d} with learnt
 * weight and bias, and running statistics for evaluation, unless told otherwise.
 *
 * @example
 * ```ts
 * import { BatchNorm2d, openDevice, Tensor } from "@x/mnist-cnn";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * const layer = new BatchNorm2d(1).to(device);
 * using x = Tensor.from(device, [1, 3], [2, 1, 1, 1]);
 * const [low, high] = await layer.forward(x).data();
 * assertAlmostEquals(low, -1, 1e-4);
 * assertAlmostEquals(high, 1, 1e-4);
 * ```
 *
 * @category Layers
 */
export class BatchNorm2d extends BatchNorm {
  /** `[N, channels, H, W]` to the same shape. */
  override forward(x: Tensor): Tensor {
    return batchNorm2d(x, this.arguments());
  }

  /** The layer as a stage of a fused operation. */
  override stage(): Stage {
    return {
      name: "normalisation",
      forward: BatchNorm2d.prototype.forward,
      options: () => this.arguments(),
    };
  }
}
