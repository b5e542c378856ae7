import type { HostTensor } from "./_host_tensor.ts";

/**
 * The state dictionary within the tensors of a file, without what stands before
 * its names: `model_state_dict.` in a checkpoint of PyTorch, `module.` of
 * `DataParallel`. The tensors themselves, where the name stands alone, or in
 * none or several dictionaries.
 *
 * @param tensors As `readWeights` gives them.
 * @param name A name that the dictionary has.
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
): Map<string, HostTensor> {
  const found = [...tensors.keys()].filter((key) => key.endsWith(`.${name}`));
  if (tensors.has(name) || found.length !== 1) return new Map(tensors);
  const before = found[0].slice(0, -name.length);
  return new Map(
    [...tensors].filter(([key]) => key.startsWith(before))
      .map(([key, tensor]) => [key.slice(before.length), tensor]),
  );
}
