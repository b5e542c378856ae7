import { float, type KernelsOf } from "../_call.ts";

/** Dropout. */
export const dropout: KernelsOf<"dropoutForward"> = (caller) => ({
  dropoutForward(x, state, mask, output, probability) {
    const { length } = output.buffer;
    // The smallest of the hashes, whole numbers below 2³², that stays.
    const stays = Math.min(Math.ceil(probability * 2 ** 32), 2 ** 32 - 1);
    const words = [
      ...[x, state, mask, output].map(caller.pointer),
      length,
      stays,
      float(1 / (1 - probability)),
    ];
    caller.run("dropoutForward", words, length * 8);
  },
});
