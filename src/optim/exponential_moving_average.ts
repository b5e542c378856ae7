import { copy } from "../../kernels/copy/copy.ts";
import { EMA_GROUP, emaUpdate, swap } from "../../kernels/ema/ema.ts";
import { describe } from "../base/errors.ts";
import { checkOptions } from "../base/options.ts";
import { printAsText } from "../base/printing.ts";
import { guard, sideEffect } from "../core/guards.ts";
import { Tensor } from "../core/tensor.ts";
import type { HostTensor } from "../formats/safetensors.ts";
import type { Parameter } from "../nn/parameter.ts";
import { type Span, spansOf } from "./_spans.ts";
import { loadSlots, readSlots, type Slot } from "./_state_dict.ts";
import { checkRange } from "./optimizer.ts";
import { checkPlaces } from "./parameter_group.ts";

/**
 * How an {@linkcode ExponentialMovingAverage} follows.
 *
 * @category Optimizers
 */
export interface ExponentialMovingAverageOptions {
  /** Share of the average that stays at an update. Default 0.999. */
  decay?: number;
}

/** A stretch of parameters, their averages, and what the next values weigh. */
interface Average {
  readonly span: Span;
  readonly average: Tensor<[number]>;
  readonly weights: Tensor<[number]>;
}

/**
 * An exponential moving average of parameters, often better than the last ones:
 * `average ← decay · average + (1 − decay) · parameter`, from the first update's
 * values on. PyTorch's `AveragedModel` with `get_ema_multi_avg_fn(decay)`;
 * buffers, as running means, are the model's own, as there.
 *
 * @example
 * ```ts
 * import { ExponentialMovingAverage, Linear, mean, openDevice, SGD, Tape, Tensor } from "@x/mnist-cnn";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * const model = new Linear(1, 1, { bias: false }).to(device, { seed: 0 });
 * const optimizer = new SGD(model.parameters(), { lr: 1 });
 * const ema = new ExponentialMovingAverage(model.parameters(), { decay: 0.5 });
 * using x = Tensor.from(device, [1], [1, 1]);
 * const before = await model.weight.tensor.item();
 * for (let step = 0; step < 2; step++) {
 *   using tape = new Tape();
 *   tape.backward(mean(model.forward(x)));
 *   optimizer.step();
 *   optimizer.zeroGrad();
 *   ema.update();
 * }
 * ema.swap(); // The model has the averages: measure it.
 * assertAlmostEquals(await model.weight.tensor.item(), before - 1.5, 1e-6);
 * ema.swap(); // It has its own values again: train on.
 * assertAlmostEquals(await model.weight.tensor.item(), before - 2, 1e-6);
 * ```
 *
 * @category Optimizers
 */
export class ExponentialMovingAverage implements Disposable {
  static readonly #text = /* @__PURE__ */ printAsText(this);

  readonly #parameters: readonly Parameter[];
  readonly #decay: number;
  readonly #averages: readonly Average[];
  #isSwapped = false;

  /**
   * Begins with the values that the parameters have.
   *
   * @param parameters `model.parameters()`, of a model that is on its device.
   * @param options The decay.
   * @throws {TypeError} If there are no parameters, the model is on no device, or
   * there is no option of a name.
   * @throws {RangeError} If the decay is not from 0 to below 1.
   */
  constructor(
    parameters: readonly Parameter[],
    options: ExponentialMovingAverageOptions = {},
  ) {
    const what = "ExponentialMovingAverage";
    checkOptions(what, options, ["decay"]);
    const { decay = 0.999 } = options;
    checkRange(`${what}: decay`, decay, 0, 1);
    if (parameters.length === 0) {
      throw new TypeError(describe({
        what,
        expected: "at least one parameter",
        got: "an empty list",
        help: "Give it `model.parameters()`.",
      }));
    }
    this.#decay = decay;
    this.#parameters = [...new Set(parameters)];
    this.#averages = spansOf(this.#parameters).map(averageOf);
  }

  /** Whether the parameters have the averages, and these the parameters. */
  get isSwapped(): boolean {
    return this.#isSwapped;
  }

  /**
   * Lets the averages follow. Call it after `optimizer.step()`, also in a captured
   * function.
   *
   * @throws {TypeError} While values and averages are exchanged, or if the
   * parameters have moved to another device.
   */
  update(): void {
    checkPlaces("average", this.#averages.map(({ span }) => span));
    this.#checkNotSwapped("update");
    for (const { average, span, weights } of this.#averages) {
      const { values: value } = span;
      const decay = this.#decay;
      value.device.run(emaUpdate, { value, weights, average }, { decay });
    }
  }

  /**
   * Exchanges the parameters' values and the averages: once to measure the model
   * with the averages, and again to train on.
   */
  swap(): void {
    checkPlaces("average", this.#averages.map(({ span }) => span));
    for (const { average, span: { values } } of this.#averages) {
      values.device.run(swap, { a: values, b: average });
    }
    const isSwapped = !this.#isSwapped;
    guard(this, () => this.#isSwapped !== isSwapped);
    sideEffect(this, () => {
      this.#isSwapped = isSwapped;
    });
  }

  /**
   * Writes the averages over the parameters' values.
   *
   * @throws {TypeError} While values and averages are exchanged.
   */
  copyTo(): void {
    this.#checkNotSwapped("copyTo");
    for (const { average, span: { values } } of this.#averages) {
      values.device.run(copy, { source: average, output: values });
    }
  }

  /**
   * A copy of the averages, and what the next values weigh, with the parameter's
   * number before them: `0.average`, `0.weight`.
   *
   * @throws {TypeError} While values and averages are exchanged.
   */
  async stateDict(): Promise<Map<string, HostTensor>> {
    this.#checkNotSwapped("stateDict");
    return await readSlots(this.#slots());
  }

  /**
   * Takes over what {@linkcode ExponentialMovingAverage.stateDict} gave.
   *
   * @throws {StateDictError} If names or shapes differ; then nothing is taken
   * over.
   * @throws {TypeError} While values and averages are exchanged.
   */
  loadStateDict(state: ReadonlyMap<string, HostTensor>): void {
    this.#checkNotSwapped("loadStateDict");
    loadSlots(this.#slots(), state);
    for (const { span, weights } of this.#averages) {
      const index = this.#parameters.indexOf(span.parameters[0]);
      const weight = Number(state.get(`${index}.weight`)!.data[0]);
      weights.device.write(weights.buffer, filled(weights.length, weight));
    }
  }

  /** Frees the averages; the parameters stay. */
  [Symbol.dispose](): void {
    for (const { average, weights } of this.#averages) {
      average[Symbol.dispose]();
      weights[Symbol.dispose]();
    }
  }

  /** Decay and parameters: `ExponentialMovingAverage(decay=0.999, 10 parameters)`. */
  toString(): string {
    const { length } = this.#parameters;
    return `ExponentialMovingAverage(decay=${this.#decay}, ${length} parameter${
      length === 1 ? "" : "s"
    })`;
  }

  #slots(): Slot[] {
    return this.#averages.flatMap(({ average, span, weights }) =>
      span.parameters.flatMap((parameter) => {
        const { offset, shape } = parameter;
        const number = this.#parameters.indexOf(parameter);
        return [
          [`${number}.average`, average.part(offset - span.offset, shape)],
          [`${number}.weight`, weights.part(0, [1])],
        ] as const;
      })
    );
  }

  #checkNotSwapped(method: string): void {
    guard(this, () => !this.#isSwapped);
    if (!this.#isSwapped) return;
    throw new TypeError(describe({
      what: `ExponentialMovingAverage: ${method}`,
      expected: "parameters that have their own values",
      got: "ones that have the averages",
      help: "Call swap() again first.",
    }));
  }
}

function averageOf(span: Span): Average {
  const { device, length } = span.values;
  const empty = (size: number) =>
    Tensor.empty<[number]>(device, [size], "f32", "persistent");
  const average = empty(length);
  device.run(copy, { source: span.values, output: average });
  const weights = empty(Math.ceil(length / EMA_GROUP));
  device.write(weights.buffer, filled(weights.length, 1));
  return { span, average, weights };
}

function filled(length: number, value: number): Float32Array {
  return new Float32Array(length).fill(value);
}
