import { currentScope, tidy } from "../core/scope.ts";
import type { AnyTensor } from "../core/tensor.ts";

/**
 * Runs several operations as one: what lies between them is freed at once where
 * nobody owns it; under a tape, which may need it, when that closes.
 */
export function composed<T extends AnyTensor>(run: () => T): T {
  return currentScope() === null ? tidy(run) : run();
}
