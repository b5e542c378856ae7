import { describe } from "../base/errors.ts";
import { block, printAsText } from "../base/printing.ts";
import { pythonNumber } from "../base/python_text.ts";
import type { HostTensor } from "../formats/safetensors.ts";
import type { Arena, Parameter } from "../nn/parameter.ts";
import { Tensor } from "../core/tensor.ts";
import { type Span, Spans } from "./_spans.ts";
import { loadSlots, readSlots, type Slot } from "./_state_dict.ts";

export type { Slot, Span };

/** The parts that all optimizers have: parameters, a learning rate, steps. */
export abstract class Optimizer {
  static {
    printAsText(this.prototype);
  }

  /** The parameters, in the order given, each once. */
  readonly parameters: readonly Parameter[];
  readonly #spans: Spans;

  /**
   * Makes an optimizer of parameters.
   *
   * @param parameters Of a model that is on its device; one that is there twice
   * counts once.
   * @throws {TypeError} If there are none, or the model is on no device.
   */
  constructor(parameters: readonly Parameter[]) {
    if (parameters.length === 0) {
      throw new TypeError(describe({
        what: "optimizer",
        expected: "at least one parameter",
        got: "an empty list",
        help: "Give it `model.parameters()`.",
      }));
    }
    this.parameters = [...new Set(parameters)];
    this.#spans = new Spans(this.parameters);
  }

  /** The learning rate; a change holds from the next step on. */
  abstract lr: number;

  /** Moves every parameter that has a gradient. */
  abstract step(): void;

  /**
   * A copy of the optimizer's state between steps, under PyTorch's
   * names with the parameter's number before them: `0.exp_avg`. And `lr`.
   */
  async stateDict(): Promise<Map<string, HostTensor>> {
    const state = await readSlots(this.slots());
    const data = new Float64Array([this.lr]);
    return state.set("lr", { dtype: "F64", shape: [], data });
  }

  /**
   * Takes over what {@linkcode Optimizer.stateDict} gave: the steps that follow
   * are those that would have followed there, bit for bit.
   *
   * @throws {StateDictError} If names or shapes differ; then nothing is taken
   * over.
   */
  loadStateDict(state: ReadonlyMap<string, HostTensor>): void {
    const { lr, ...slots } = Object.fromEntries(state);
    loadSlots(this.slots(), new Map(Object.entries(slots)));
    if (lr !== undefined) this.lr = Number(lr.data[0]);
  }

  /** The tensors of the state, by their names in a state dictionary. */
  protected abstract slots(): Slot[];

  /** A slot of each parameter in tensors that lie beside their arenas. */
  protected slotsBeside(
    name: string,
    tensors: ReadonlyMap<Arena, Tensor>,
  ): Slot[] {
    return this.parameters.flatMap(
      ({ arena, offset, shape }, index) => {
        const tensor = tensors.get(arena);
        if (tensor === undefined) return [];
        return [[`${index}.${name}`, tensor.part(offset, shape)] as const];
      },
    );
  }

  /**
   * Learning rate and constants as they are printed, by PyTorch's names. A
   * subclass adds its own.
   */
  protected representation(): Record<string, string> {
    return { lr: pythonNumber(this.lr) };
  }

  /** The text that PyTorch's `print(optimizer)` prints. */
  toString(): string {
    const entries = Object.entries(this.representation()).toSorted();
    const lines = entries.map(([name, value]) => `${name}: ${value}`);
    const group = block("Parameter Group 0", lines);
    return `${this.constructor.name} (\n${group}\n)`;
  }

  /** Forgets the gradients of all parameters. */
  zeroGrad(): void {
    for (const parameter of this.parameters) parameter.tensor.zeroGrad();
  }

  /** The parameters that have gradients. */
  protected ready(): Parameter[] {
    return this.#spans.ready();
  }

  /**
   * The stretches of memory of these parameters: an arena whole where all of
   * its parameters are among them, else parameter by parameter.
   *
   * @param of Default: those that have gradients.
   */
  protected spans(of: readonly Parameter[] = this.ready()): Span[] {
    return this.#spans.of(of);
  }

  /** Arenas that the optimizer updates: its state lies beside them. */
  protected get arenas(): Arena[] {
    return this.#spans.arenas;
  }

  /** The arena of a span. */
  protected arenaOf(span: Span): Arena {
    return this.#spans.arenaOf(span);
  }
}

/** A tensor of zeros beside an arena: moments, momentum. */
export function besideArena({ values }: Arena): Tensor<[number]> {
  const { device, shape } = values;
  const state = Tensor.empty<[number]>(device, shape, "f32", "persistent");
  device.write(state.buffer, new Float32Array(values.length));
  return state;
}

/** Throws unless a constant of an optimizer lies in its range. */
export function checkRange(
  what: string,
  value: number,
  low: number,
  high: number,
): void {
  if (value >= low && value < high) return;
  throw new RangeError(describe({
    what,
    expected: `a number from ${low}${
      high === Infinity ? "" : ` to below ${high}`
    }`,
    got: String(value),
    help: "Use PyTorch's default by leaving it out.",
  }));
}
