import type { Tensor } from "../core/tensor.ts";
import type { Layer } from "../nn/mod.ts";
import { add, div } from "../ops/mod.ts";

/** The hook of each model that normalises, which a second call replaces. */
const hooks = new WeakMap<Layer, Disposable>();

/**
 * Makes a model normalise what it gets, `(x − mean) / std`, wherever it is
 * called: in training, where it is measured, and where it predicts.
 *
 * @param normalize Mean and standard deviation. Empty: it does so no more;
 * undefined: as it was.
 */
export function normalizeInputs<Model extends Layer>(
  model: Model,
  normalize: readonly number[] | undefined,
): Model {
  if (normalize === undefined) return model;
  hooks.get(model)?.[Symbol.dispose]();
  hooks.delete(model);
  if (normalize.length === 0) return model;
  const [mean, std] = normalize;
  const hook = model.registerForwardPreHook((_model, [x]) =>
    div(add(x as Tensor, -mean), std)
  );
  hooks.set(model, hook);
  return model;
}
