/**
 * Random numbers that are PyTorch's, bit for bit: the same seed gives the same
 * weights and the same order of images as `torch.manual_seed` does on its CPU.
 *
 * @module
 */

import { describe } from "../base/errors.ts";
import { normalBlock, normalise } from "./_normal.ts";

const WORDS = 624;
const MIDDLE = 397;
/** PyTorch draws 64-bit numbers for permutations from here on. */
const LARGEST_PERMUTATION = /* @__PURE__ */ Math.floor((2 ** 32 - 1) / 20);

/**
 * A stream of random numbers: the Mersenne Twister mt19937 of Matsumoto and
 * Nishimura (1998), used as PyTorch's `torch.Generator` uses it.
 *
 * @example
 * ```ts
 * import { RandomGenerator } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * // torch.manual_seed(0); torch.randperm(10)
 * const generator = new RandomGenerator(0);
 * assertEquals([...generator.permutation(10)], [4, 1, 7, 5, 3, 9, 0, 8, 6, 2]);
 * ```
 *
 * @category Tensors
 */
export class RandomGenerator {
  readonly #words = new Uint32Array(WORDS);
  #next = WORDS;
  /** The second number of a pair whose first one was drawn, if there is one. */
  #nextNormal: number | null = null;

  /**
   * Starts the stream that `torch.manual_seed(seed)` starts.
   *
   * @param seed An integer of at least 0. Its low 32 bits decide alone, as in
   * PyTorch.
   * @throws {RangeError} If the seed is anything else.
   */
  constructor(seed: number) {
    if (!Number.isSafeInteger(seed) || seed < 0) {
      throw new RangeError(describe({
        what: "RandomGenerator: seed",
        expected: "an integer from 0 to 2^53 - 1",
        got: `${seed}`,
        help: "Give a whole number such as 0.",
      }));
    }
    const words = this.#words;
    words[0] = seed % 2 ** 32;
    for (let i = 1; i < WORDS; i++) {
      const previous = words[i - 1] ^ (words[i - 1] >>> 30);
      words[i] = Math.imul(1812433253, previous) + i;
    }
  }

  /**
   * Where the stream is: setting what was got before goes back there.
   *
   * The 624 words of the twister, and how many of them have been used; where
   * {@linkcode RandomGenerator.normal} holds a number back, its two words too.
   *
   * @throws {RangeError} On setting anything that no generator gave.
   */
  get state(): Uint32Array {
    const held = this.#nextNormal;
    const state = new Uint32Array(held === null ? WORDS + 1 : WORDS + 3);
    state.set(this.#words);
    state[WORDS] = this.#next;
    if (held !== null) {
      state.set(new Uint32Array(Float64Array.of(held).buffer), WORDS + 1);
    }
    return state;
  }

  set state(state: Uint32Array) {
    const next = state[WORDS];
    const isState = state.length === WORDS + 1 || state.length === WORDS + 3;
    if (!isState || next > WORDS) {
      throw new RangeError(describe({
        what: "RandomGenerator: state",
        expected: `${WORDS + 1} words, the last of them at most ${WORDS}`,
        got: `${state.length} words, the last of them ${state.at(-1)}`,
        help: "Set what `state` of a generator gave.",
      }));
    }
    this.#words.set(state.subarray(0, WORDS));
    this.#next = next;
    const held = Uint32Array.from(state.subarray(WORDS + 1));
    this.#nextNormal = held.length === 0
      ? null
      : new Float64Array(held.buffer)[0];
  }

  /** The next 32 random bits, as an integer from 0 to 2³² − 1. */
  random(): number {
    if (this.#next === WORDS) this.#twist();
    let bits = this.#words[this.#next++];
    bits ^= bits >>> 11;
    bits ^= (bits << 7) & 0x9d2c5680;
    bits ^= (bits << 15) & 0xefc60000;
    return (bits ^ (bits >>> 18)) >>> 0;
  }

  /**
   * Fills `output` with numbers evenly spread over `[from, to)`, as
   * `Tensor.uniform_` does for f32 on the CPU, and returns it.
   *
   * @param from Least number; default 0.
   * @param to The numbers' end; default 1.
   * @throws {RangeError} If `from` is above `to`, or either is not finite.
   */
  uniform(output: Float32Array, from = 0, to = 1): Float32Array {
    const start = Math.fround(from);
    const range = Math.fround(Math.fround(to) - start);
    if (!(from <= to) || !Number.isFinite(range)) {
      throw new RangeError(describe({
        what: "RandomGenerator.uniform: bounds",
        expected: "from ≤ to, both finite",
        got: `from ${from}, to ${to}`,
        help: "Exchange the bounds, or give finite ones.",
      }));
    }
    for (let i = 0; i < output.length; i++) {
      // PyTorch multiplies and adds in one rounding (FMA). The product of two
      // f32 is exact in f64, so that rounding once to f32 does the same.
      const unit = (this.random() & 0xffffff) / 2 ** 24;
      output[i] = unit * range + start;
    }
    return output;
  }

  /**
   * Fills `output` with normally distributed numbers, as `Tensor.normal_` does
   * for f32 on a CPU with AVX2, and returns it. As there, fewer than 16 numbers
   * are drawn otherwise than more.
   *
   * @param mean Default 0.
   * @param std Standard deviation; default 1.
   * @throws {RangeError} If `std` is below 0, or either is not finite.
   *
   * @example
   * ```ts
   * import { RandomGenerator } from "@x/mnist-cnn";
   * import { assertEquals } from "@std/assert";
   *
   * // torch.manual_seed(0); torch.randn(2)
   * const [first, second] = new RandomGenerator(0).normal(new Float32Array(2));
   * assertEquals([first.toFixed(4), second.toFixed(4)], ["1.5410", "-0.2934"]);
   * ```
   */
  normal(output: Float32Array, mean = 0, std = 1): Float32Array {
    if (!(std >= 0) || !Number.isFinite(mean) || !Number.isFinite(std)) {
      throw new RangeError(describe({
        what: "RandomGenerator.normal: distribution",
        expected: "std ≥ 0, and a mean, both finite",
        got: `mean ${mean}, std ${std}`,
        help: "Give the standard deviation, not its negative.",
      }));
    }
    const { length } = output;
    if (length < normalBlock) {
      for (let i = 0; i < length; i++) output[i] = this.#normal() * std + mean;
      return output;
    }
    const [roundMean, roundStd] = [Math.fround(mean), Math.fround(std)];
    this.uniform(output);
    for (let i = 0; i <= length - normalBlock; i += normalBlock) {
      normalise(output, i, roundMean, roundStd);
    }
    if (length % normalBlock === 0) return output;
    // The last 16 are drawn again, together.
    this.uniform(output.subarray(length - normalBlock));
    normalise(output, length - normalBlock, roundMean, roundStd);
    return output;
  }

  /** A normal number in double precision, by Box and Muller's method. */
  #normal(): number {
    const held = this.#nextNormal;
    if (held !== null) {
      this.#nextNormal = null;
      return held;
    }
    const angle = 2 * Math.PI * this.#double();
    const radius = Math.sqrt(-2 * Math.log1p(-this.#double()));
    this.#nextNormal = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }

  /** A number of 53 random bits in [0, 1). */
  #double(): number {
    const high = this.random() & 0x1fffff;
    return (high * 2 ** 32 + this.random()) / 2 ** 53;
  }

  /**
   * The numbers from 0 to `length − 1` in random order, as
   * `torch.randperm(length)` gives them.
   *
   * @throws {RangeError} If `length` is no integer from 0 to 214,748,363: there
   * PyTorch changes its algorithm.
   */
  permutation(length: number): Int32Array {
    if (
      !Number.isInteger(length) || length < 0 || length >= LARGEST_PERMUTATION
    ) {
      throw new RangeError(describe({
        what: "RandomGenerator.permutation: length",
        expected: `an integer from 0 to ${LARGEST_PERMUTATION - 1}`,
        got: `${length}`,
        help: "Give the number of rows.",
      }));
    }
    const order = Int32Array.from({ length }, (_, i) => i);
    for (let i = 0; i < length - 1; i++) {
      const other = i + this.random() % (length - i);
      const swap = order[i];
      order[i] = order[other];
      order[other] = swap;
    }
    return order;
  }

  /**
   * A new generator, seeded with the next number of this one: what PyTorch's
   * `RandomSampler` makes for each epoch.
   *
   * An epoch of `DataLoader(shuffle=True)` forks twice and shuffles with the
   * second: the first seed is that of its worker processes.
   *
   * @example
   * ```ts
   * import { RandomGenerator } from "@x/mnist-cnn";
   * import { assertEquals } from "@std/assert";
   *
   * // torch.manual_seed(7); list(DataLoader(range(10), shuffle=True))
   * const generator = new RandomGenerator(7);
   * generator.fork();
   * const order = generator.fork().permutation(10);
   * assertEquals([...order], [3, 2, 7, 8, 6, 1, 5, 9, 0, 4]);
   * ```
   */
  fork(): RandomGenerator {
    // A seed of 63 bits, `torch.empty((), dtype=torch.int64).random_()`, is
    // drawn with its high word first, and only its low word seeds.
    this.random();
    return new RandomGenerator(this.random());
  }

  #twist(): void {
    const words = this.#words;
    for (let i = 0; i < WORDS; i++) {
      const next = words[(i + 1) % WORDS];
      const mixed = (words[i] & 0x80000000) | (next & 0x7fffffff);
      words[i] = words[(i + MIDDLE) % WORDS] ^ (mixed >>> 1) ^
        (next & 1 ? 0x9908b0df : 0);
    }
    this.#next = 0;
  }
}

/** A generator of a seed; without one its numbers differ from call to call. */
export function randomGenerator(seed?: number): RandomGenerator {
  const [random] = crypto.getRandomValues(new Uint32Array(1));
  return new RandomGenerator(seed ?? random);
}
