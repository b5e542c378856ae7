import { Tensor } from "../../core/tensor.ts";
import { Conv2d, type Layer } from "../../nn/mod.ts";
import { conv2dShape } from "../../ops/conv2d.ts";
import type { Convolution } from "./protocol.ts";

/** Keeps what the convolutions of a model are computed from, until it is disposed. */
export class Convolutions implements Disposable {
  readonly #hooks = new DisposableStack();
  readonly #reads = new Map<string, Promise<Convolution>>();

  /** Listens to the layers of a model. */
  constructor(model: Layer) {
    for (const [name, layer] of model.namedModules()) {
      if (!(layer instanceof Conv2d)) continue;
      this.#hooks.use(layer.registerForwardHook((_layer, [input]) => {
        if (input instanceof Tensor) this.#reads.set(name, read(layer, input));
      }));
    }
  }

  /** The convolutions that have run, by the name of their layer. */
  async all(): Promise<ReadonlyMap<string, Convolution>> {
    const entries = [...this.#reads].map(async ([name, read]) =>
      [name, await read] as const
    );
    return new Map(await Promise.all(entries));
  }

  [Symbol.dispose](): void {
    this.#hooks.dispose();
  }
}

/** Reads the input before the tape frees it. */
async function read(
  { bias, options, weight }: Conv2d,
  input: Tensor,
): Promise<Convolution> {
  const [inputs, weights, biases] = await Promise.all([
    input.data(),
    weight.tensor.data(),
    bias?.tensor.data() ?? null,
  ]);
  return {
    shape: conv2dShape(input.shape, weight.shape, options),
    ...{ inputs, weights, biases },
  };
}
