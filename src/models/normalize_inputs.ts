import type { Tensor } from "../core/tensor.ts";
import type { Layer } from "../nn/mod.ts";
import { Normalize } from "../transforms/normalize.ts";

/** The hook of each model that normalises, which a second call replaces. */
const hooks = new WeakMap<Layer, Disposable>();

/**
 * Makes a model normalise what it gets, `(x − mean) / std`, wherever it is
 * called: in training, by `evaluate` and `predict`, and by `predictDigits`. For
 * weights that were trained so: those that `train` writes have mean and
 * deviation in their metadata.
 *
 * @param normalize Mean and standard deviation; or a mean of each channel, then
 * a standard deviation of each. Empty: it does so no more; undefined: as it was.
 * @returns The model.
 * @throws {RangeError} If they are not as many, a standard deviation is not above
 * 0, or a number is not finite.
 *
 * @example Weights that a training with `--normalize` has left
 * ```ts
 * import { Linear, normalizeInputs, openDevice, Tensor } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * const model = new Linear(2, 1, { bias: false }).to(device, { seed: 0 });
 * model.loadStateDict(
 *   new Map([["weight", {
 *     dtype: "F32",
 *     shape: [1, 2],
 *     data: new Float32Array([1, 1]),
 *   }]]),
 * );
 * const metadata = { normalize: "0.5,0.25" };
 * normalizeInputs(model, metadata.normalize.split(",").map(Number));
 * using x = Tensor.from(device, [0.5, 1], [1, 2]);
 * assertEquals(await model.forward(x).data(), new Float32Array([2]));
 * ```
 *
 * @category Models
 */
export function normalizeInputs<Model extends Layer>(
  model: Model,
  normalize: readonly number[] | undefined,
): Model {
  if (normalize === undefined) return model;
  hooks.get(model)?.[Symbol.dispose]();
  hooks.delete(model);
  if (normalize.length === 0) return model;
  const transform = normalizeOf(normalize);
  const hook = model.registerForwardPreHook((_model, [x]) =>
    transform.apply(x as Tensor)
  );
  hooks.set(model, hook);
  return model;
}

/** The transform of means, followed by as many standard deviations. */
function normalizeOf(normalize: readonly number[]): Normalize {
  const channels = Math.ceil(normalize.length / 2);
  return new Normalize(
    normalize.slice(0, channels),
    normalize.slice(channels),
  );
}
