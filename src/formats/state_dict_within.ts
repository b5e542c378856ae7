import { optionText } from "../base/help.ts";
import { describe, StateDictError } from "../base/errors.ts";
import type { HostTensor } from "./_host_tensor.ts";

/**
 * The state dictionary within the tensors of a file, without the prefix of its
 * names: `model_state_dict.` in a checkpoint of PyTorch, `module.` of
 * `DataParallel`. The tensors themselves, where the name stands alone, or in no
 * dictionary.
 *
 * @param tensors As `readWeights` gives them.
 * @param name A name that the dictionary has.
 * @param key The dictionary's own name, where the file has several: `model_ema`.
 * Default: the only one.
 * @throws {StateDictError} If there are several, or none of that name.
 *
 * @example
 * ```ts
 * import { stateDictWithin } from "@x/mnist-cnn/formats";
 * import { assertEquals } from "@std/assert";
 *
 * const one = { dtype: "F32", shape: [1], data: new Float32Array(1) } as const;
 * const file = new Map([["model_state_dict.fc.bias", one], ["lr", one]]);
 * const found = stateDictWithin(file, "fc.bias");
 * assertEquals([...found.keys()], ["fc.bias"]);
 * ```
 */
export function stateDictWithin(
  tensors: ReadonlyMap<string, HostTensor>,
  name: string,
  key?: string,
): Map<string, HostTensor> {
  const own = key === undefined ? tensors : keyWithin(tensors, key);
  const before = [...own.keys()]
    .filter((one) => one.endsWith(`.${name}`))
    .map((one) => one.slice(0, -name.length));
  if (own.has(name) || before.length === 0) return new Map(own);
  if (before.length > 1) throw ambiguous(before, "one");
  return within(own, before[0]);
}

/**
 * The state dictionary of this name within the tensors of a file.
 *
 * @throws {StateDictError} If there is none.
 */
export function keyWithin(
  tensors: ReadonlyMap<string, HostTensor>,
  key: string,
): Map<string, HostTensor> {
  const found = within(tensors, `${key}.`);
  if (found.size > 0) return found;
  const names = new Set(
    [...tensors.keys()].map((name) => `${name.split(".")[0]}.`),
  );
  throw ambiguous([...names], `one that is called ${key}`);
}

function within(
  tensors: ReadonlyMap<string, HostTensor>,
  before: string,
): Map<string, HostTensor> {
  return new Map(
    [...tensors].filter(([key]) => key.startsWith(before))
      .map(([key, tensor]) => [key.slice(before.length), tensor]),
  );
}

function ambiguous(found: readonly string[], expected: string): StateDictError {
  const names = found.map((before) => before.slice(0, -1));
  return new StateDictError(describe({
    what: "state dictionary in the file",
    expected,
    got: names.length === 0 ? "none" : names.join(", "),
    help: `Choose one by its name: ${optionText("key", "NAME")}.`,
  }));
}
