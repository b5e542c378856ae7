import { snakeCase } from "../base/snake_case.ts";
import { describe, StateDictError } from "../base/errors.ts";
import { checkOptions, definedOptions } from "../base/options.ts";
import { block, printAsText } from "../base/printing.ts";
import { pythonBool, pythonFloat, pythonNumber } from "../base/python_text.ts";
import type { HostTensor } from "../formats/safetensors.ts";
import { Parameter } from "../nn/parameter.ts";
import { Tensor } from "../core/tensor.ts";
import {
  type LearningRateOptions,
  type OptimizerParameters,
  ParameterGroup,
} from "./parameter_group.ts";
import { type Span, spansOf } from "./_spans.ts";
import { loadSlots, readSlots, type Slot } from "./_state_dict.ts";

export type { LearningRateOptions, OptimizerParameters, Slot, Span };
export { ParameterGroup };

/** How an optimizer treats its options. */
export interface OptimizerRules<Options> {
  /** The value of each option where neither it nor its group is given. */
  readonly defaults: Required<Options>;
  /** Throws where an option is out of range. `what` begins its message. */
  check(what: string, options: Required<Options>): void;
  /**
   * Names, as PyTorch has them, of the tensors that these options need beside
   * the parameters.
   */
  states(options: Required<Options>): readonly string[];
}

/**
 * The parts that all optimizers have: groups of parameters, rates, steps.
 *
 * @category Optimizers
 */
export abstract class Optimizer<
  Options extends LearningRateOptions = LearningRateOptions,
> implements Disposable {
  static readonly #text = /* @__PURE__ */ printAsText(this);

  /** The parameters of all groups, in the order given, each once. */
  readonly parameters: readonly Parameter[];
  /**
   * The groups of parameters, one where none were given. A group's `lr` can be
   * set, and holds from the next step on, also of a captured one.
   */
  readonly paramGroups: readonly ParameterGroup<Options>[];

  /**
   * Makes an optimizer of parameters.
   *
   * @param given Parameters of a model that is on its device, or groups of
   * them. One that is twice in a group counts once.
   * @param options Options of all groups.
   * @param rules Defaults, and what the options mean.
   * @throws {TypeError} If there are none, one is in two groups, the model is on
   * no device, or there is no option of that name.
   */
  constructor(
    given: OptimizerParameters<Options>,
    options: Options,
    rules: OptimizerRules<Options>,
  ) {
    const what = new.target.name;
    const names = Object.keys(rules.defaults);
    checkNames(what, options, names);
    const groups = groupsOf(given);
    this.parameters = parametersOf(groups.map(({ params }) => params));
    const all = { ...rules.defaults, ...definedOptions(options) };
    rules.check(what, all);
    this.paramGroups = groups.map(({ params, ...others }) => {
      checkNames(`${what}: group of parameters`, others, names);
      const own = { ...all, ...definedOptions(others) };
      rules.check(what, own);
      return new ParameterGroup<Options>(
        [...new Set(params)],
        own,
        rules.states(own),
        (lr) => checkRange(`${what}: lr`, lr, 0, Infinity),
      );
    });
    const [{ arena: { values: { device } } }] = this.parameters;
    for (const group of this.paramGroups) {
      const rate = Tensor.empty(device, [1], "f32", "persistent");
      device.write(rate.buffer, new Float32Array([group.lr]));
      group.rates = [rate];
    }
  }

  /** The learning rate of the first group; setting it sets that of all. */
  get lr(): number {
    return this.paramGroups[0].lr;
  }

  set lr(lr: number) {
    for (const group of this.paramGroups) group.lr = lr;
  }

  /** Moves every parameter that has a gradient. */
  step(): void {
    for (const group of this.paramGroups) {
      for (const span of this.spans(group.ready())) this.update(span, group);
    }
  }

  /** Moves a stretch of a group's parameters, all of which have gradients. */
  protected abstract update(span: Span, group: ParameterGroup<Options>): void;

  /** The stretches of memory that one kernel each moves. */
  protected spans(ready: readonly Parameter[]): Span[] {
    return spansOf(ready);
  }

  /**
   * A copy of the optimizer's state between steps, under PyTorch's names with
   * the parameter's number before them: `0.exp_avg`. And `lr`, one for each
   * group.
   */
  async stateDict(): Promise<Map<string, HostTensor>> {
    const state = await readSlots(this.slots());
    const data = Float64Array.from(this.paramGroups, ({ lr }) => lr);
    const shape = data.length === 1 ? [] : [data.length];
    return state.set("lr", { dtype: "F64", shape, data });
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
    const { length } = this.paramGroups;
    if (lr !== undefined && lr.data.length !== length) {
      throw new StateDictError(describe({
        what: "state of an optimizer: lr",
        expected: `${length}, one for each group of parameters`,
        got: String(lr.data.length),
        help: "Load it into an optimizer with the same groups.",
      }));
    }
    loadSlots(this.slots(), new Map(Object.entries(slots)));
    if (lr === undefined) return;
    const rates = Array.from(lr.data, Number);
    this.paramGroups.forEach((group, index) => group.lr = rates[index]);
  }

  /** The tensors of the state, by their names in a state dictionary. */
  protected slots(): Slot[] {
    const numbers = new Map(this.parameters.map((one, index) => [one, index]));
    return this.paramGroups.flatMap((group) =>
      group.states.flatMap((name) =>
        group.params.map((parameter) => {
          const tensor = group.stateOf(name, parameter);
          return [`${numbers.get(parameter)}.${name}`, tensor] as const;
        })
      )
    );
  }

  /** The text that PyTorch's `print(optimizer)` prints. */
  toString(): string {
    const blocks = this.paramGroups.map(({ lr, options }, index) => {
      const entries = Object.entries({ ...options, lr })
        .map(([name, value]) => `${snakeCase(name)}: ${pythonOption(value)}`);
      return block(`Parameter Group ${index}`, entries.toSorted());
    });
    return `${this.constructor.name} (\n${blocks.join("\n\n")}\n)`;
  }

  /**
   * Frees the memory of rates and moments; parameters and gradients stay. The
   * collector frees it too, where nobody calls this.
   */
  [Symbol.dispose](): void {
    for (const group of this.paramGroups) group[Symbol.dispose]();
  }

  /** Forgets the gradients of all parameters. */
  zeroGrad(): void {
    for (const parameter of this.parameters) parameter.tensor.zeroGrad();
  }
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

type GivenGroup = { readonly params: readonly Parameter[] };

function groupsOf(given: OptimizerParameters<object>): readonly GivenGroup[] {
  if (!Array.isArray(given)) {
    throw withoutParameters(`a ${(given as object).constructor.name}`);
  }
  if (given.length === 0) throw withoutParameters("an empty list");
  const [first] = given;
  if (first instanceof Parameter) {
    return [{ params: given as readonly Parameter[] }];
  }
  for (const group of given as readonly GivenGroup[]) {
    if (Array.isArray(group?.params)) continue;
    throw withoutParameters(`one whose element has no list \`params\``);
  }
  return given as readonly GivenGroup[];
}

/** The parameters of all groups, each once. */
function parametersOf(groups: readonly (readonly Parameter[])[]): Parameter[] {
  const all = groups.flatMap((params) => [...new Set(params)]);
  if (all.length === 0) throw withoutParameters("empty groups");
  if (new Set(all).size === all.length) return all;
  throw new TypeError(describe({
    what: "optimizer",
    expected: "each parameter in one group",
    got: "one in two groups",
    help: "Filter the parameters of one group out of the other.",
  }));
}

function withoutParameters(got: string): TypeError {
  return new TypeError(describe({
    what: "optimizer",
    expected: "a list of at least one parameter",
    got,
    help: "Give it `model.parameters()`, or `[{ params: …, lr: … }, …]`.",
  }));
}

/** Refuses options that the rules have no default of. */
function checkNames(
  what: string,
  options: object,
  names: readonly string[],
): void {
  checkOptions(what, options as Record<string, unknown>, names);
}

function pythonOption(value: unknown): string {
  if (typeof value === "boolean") return pythonBool(value);
  if (typeof value === "number") return pythonNumber(value);
  return `(${(value as number[]).map(pythonFloat).join(", ")})`;
}
