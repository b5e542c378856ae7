import type { HostTensor } from "../formats/safetensors.ts";

/** What the names of a checkpoint's tensors begin with that are no weights. */
export const trainerPrefix = "trainer.";

/**
 * The weights among the tensors of a file, which may be a checkpoint.
 *
 * @param tensors As `readSafetensors` gives them.
 */
export function weightsOf(
  tensors: ReadonlyMap<string, HostTensor>,
): Map<string, HostTensor> {
  return new Map(
    [...tensors].filter(([name]) => !name.startsWith(trainerPrefix)),
  );
}
