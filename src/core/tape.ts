import { accumulate } from "../../kernels/accumulate/accumulate.ts";
import { fill } from "../../kernels/fill/fill.ts";
import { describe, ShapeError } from "../base/errors.ts";
import { printAsText } from "../base/printing.ts";
import { backwardAt, type Place, presentPlace } from "./anomaly.ts";
import { currentScope, Scope } from "./scope.ts";
import { isSameShape } from "./shape.ts";
import { type AnyTensor, Tensor } from "./tensor.ts";

/** An operation's tensor argument; null is one that was left out. */
export type Input = AnyTensor | null;

/**
 * Gradients in the order of the inputs; null where none is wanted. That of an
 * only input is wanted always: without any, nothing is worked out.
 */
export type Gradients<Inputs extends readonly Input[]> = Inputs extends
  readonly [Input] ? readonly [Tensor] : readonly (Tensor | null)[];

/**
 * Works out the gradients by an operation's inputs from that by its output,
 * into tensors. Each must be written whole.
 */
export type Backward<Inputs extends readonly Input[] = readonly Input[]> = (
  gradOutput: Tensor,
  gradients: Gradients<Inputs>,
) => void;

/** One operation that took place. */
export interface Entry {
  /** The output. */
  readonly output: AnyTensor;
  /** The inputs. */
  readonly inputs: readonly Input[];
  /** How gradients go back. */
  readonly backward: Backward;
  /**
   * The gradients with respect to the inputs for the seed gradient, 1, of an
   * operation that computes them in its forward pass.
   */
  readonly seedGradients?: readonly (Tensor | null)[];
  /** Where it took place, if anybody asked. */
  readonly place: Place | null;
}

/** Where an operation writes a gradient, and the sum that it belongs to. */
interface Destination {
  readonly written: Tensor;
  readonly sum: Tensor | null;
}

/**
 * Records operations while it is open, walks them backwards for the gradients,
 * and frees everything that was made meanwhile when it closes.
 *
 * Nothing may be awaited while a tape is open: other code would run under it.
 * Only the loss that {@linkcode Tape.backward} went back from outlives the tape,
 * and what {@linkcode Tape.keep} keeps: await their values afterwards.
 *
 * @example
 * ```ts
 * import { mul, openDevice, sum, Tape, Tensor } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * const x = Tensor.from(device, [1, 2, 3], [3], { requiresGrad: true });
 * {
 *   using tape = new Tape();
 *   tape.backward(sum(mul(x, x)));
 * }
 * assertEquals(await x.grad?.data(), new Float32Array([2, 4, 6]));
 * ```
 *
 * @category Gradients
 */
export class Tape extends Scope {
  static readonly #text = /* @__PURE__ */ printAsText(this);

  #entries: Entry[] = [];
  /** Outputs of operations that a backward pass has gone through. */
  readonly #passed = new WeakSet<AnyTensor>();
  #isClosed = false;
  #spansAwait = false;
  #isRefused = false;

  /** Opens a tape inside the one that is open now. */
  constructor() {
    super();
    // Runs before anything that an `await` under the tape waits for.
    queueMicrotask(() => {
      if (this.#isClosed) return;
      this.#spansAwait = true;
      this.#entries = [];
      this.abandon();
    });
  }

  /**
   * Frees what was made since the tape was opened.
   *
   * @throws {TypeError} If something was awaited meanwhile, or a tape inside it
   * is still open.
   */
  override [Symbol.dispose](): void {
    if (this.#isClosed || this.#isRefused) return;
    this.#checkAwait();
    super[Symbol.dispose]();
    this.#isClosed = true;
  }

  #checkAwait(): void {
    if (!this.#spansAwait) return;
    this.#isRefused = true;
    throw new TypeError(describe({
      what: "tape open across an `await`",
      expected: "a tape that closes before its function awaits anything",
      got: "one that was open while other code could run",
      help: "Give `using tape` a block of its own that ends before the " +
        "`await`: a loss outlives it.",
    }));
  }

  /** Adds an operation; the order of calls is a topological order. */
  append(entry: Entry): void {
    for (const input of entry.inputs) {
      const tape = input?.root.tape ?? this;
      if (tape !== this) {
        throw new TypeError(describe({
          what: "operation on a tensor of another tape",
          expected: "inputs recorded on the innermost open tape",
          got: "one recorded on a tape outside it, or closed",
          help: "Work out loss and gradients on one tape.",
        }));
      }
    }
    entry.output.tape = this;
    this.#entries.push(entry);
  }

  /**
   * Adds the gradient of `loss` by every parameter that it depends on to the
   * parameter's `grad`. `loss` itself outlives the tape; its record does not: a
   * tape goes back from it once. The record of other losses stays, unless they
   * share operations with this one.
   *
   * @param loss One element, recorded on this tape.
   * @throws {ShapeError} If `loss` has more than one element.
   * @throws {TypeError} If `loss` does not depend on any parameter, shares
   * operations with a loss before, or something was awaited since the tape was
   * opened.
   */
  backward(loss: Tensor): void {
    this.#checkAwait();
    this.#check(loss);
    const gradients = new Map<AnyTensor, Tensor>();
    const others: Entry[] = [];
    for (const entry of this.#entries.reverse()) {
      const { output, inputs, backward, place } = entry;
      const isLoss = output.root === loss.root;
      if (isLoss && takeSeedGradients(entry, gradients)) {
        this.#pass(entry);
        continue;
      }
      const found = isLoss ? oneFor(output) : gradients.get(output.root);
      if (found === undefined) {
        others.push(entry);
        continue;
      }
      this.#pass(entry);
      const destinations = inputs.map((input) => destination(input, gradients));
      const places = inputs.map((input, at) =>
        withShapeOf(input, destinations[at]?.written ?? null)
      );
      backwardAt(place, () => {
        // None is wanted where a parameter was frozen after the forward pass.
        if (places.some((place) => place !== null)) {
          backward(withShapeOf(output, found)!, places);
        }
        for (const destination of destinations) addUp(destination);
      });
      found[Symbol.dispose]();
    }
    this.#entries = others.reverse();
    this.keep(loss);
  }

  /** The number of operations recorded so far: `Tape(3 operations)`. */
  override toString(): string {
    const count = this.#entries.length;
    return `Tape(${count} operation${count === 1 ? "" : "s"})`;
  }

  /** Notes that a backward pass goes through an operation, which it may once. */
  #pass({ inputs, output }: Entry): void {
    if (
      inputs.some((input) => input !== null && this.#passed.has(input.root))
    ) {
      throw new TypeError(describe({
        what: "backward",
        expected: "operations that no backward pass went through before",
        got: "a loss that shares some with an earlier one",
        help: "Add the losses and go back from their sum, or detach() what " +
          "the second one shall not go through.",
      }));
    }
    this.#passed.add(output.root);
  }

  #check(loss: Tensor): void {
    if (loss.length !== 1) {
      throw new ShapeError(describe({
        what: "backward",
        expected: "a loss of one element",
        got: `shape [${loss.shape.join(", ")}]`,
        help: "Reduce it with sum() or mean().",
      }));
    }
    if (this.#entries.some(({ output }) => output.root === loss.root)) return;
    throw new TypeError(describe({
      what: "backward",
      expected: "a loss that this tape has recorded",
      got: this.#passed.has(loss.root)
        ? "one from which backward ran before"
        : this.#entries.length === 0
        ? "an empty tape: nothing with requiresGrad was used"
        : "a tensor that depends on no parameter, or of another tape",
      help: "Compute the loss while the tape is open, from tensors with " +
        "requiresGrad.",
    }));
  }
}

/**
 * Records how `output` was made, if a tape is open and one of the inputs needs
 * a gradient; gives `output` back.
 *
 * @param seedGradients See {@linkcode Entry.seedGradients}.
 */
export function record<
  T extends AnyTensor,
  const Inputs extends readonly Input[],
>(
  output: T,
  inputs: Inputs,
  backward: Backward<Inputs>,
  seedGradients?: readonly (Tensor | null)[],
): T {
  const tape = currentScope();
  const needed = inputs.some((input) => input?.needsGradient);
  if (tape instanceof Tape && needed) {
    const place = presentPlace();
    const entry = { output, inputs, seedGradients, place };
    tape.append({ ...entry, backward: backward as Backward });
  }
  return output;
}

/** The gradient of a loss by itself. A program that is recorded keeps it. */
function oneFor({ device, shape }: Tensor): Tensor {
  if (device.recording) return Tensor.from(device, [1], shape);
  const one = Tensor.empty(device, shape);
  device.run(fill, { output: one }, 1);
  return one;
}

/**
 * Takes the gradients that the loss's own operation has ready. Not where an
 * input is a parameter, whose gradient has a place of its own.
 */
function takeSeedGradients(
  { seedGradients, inputs }: Entry,
  gradients: Map<AnyTensor, Tensor>,
): boolean {
  if (seedGradients === undefined) return false;
  if (inputs.some((input) => input?.root.requiresGrad)) return false;
  for (const [index, input] of inputs.entries()) {
    const gradient = seedGradients[index];
    if (input?.needsGradient && gradient) gradients.set(input.root, gradient);
  }
  return true;
}

/** A gradient in the shape of its tensor, which others may see in other shapes. */
function withShapeOf(
  tensor: Input,
  gradient: Tensor | null,
): Tensor | null {
  if (tensor === null || gradient === null) return null;
  const { shape } = tensor;
  return isSameShape(gradient.shape, shape)
    ? gradient
    : gradient.reshape(shape);
}

function destination(
  input: Input,
  gradients: Map<AnyTensor, Tensor>,
): Destination | null {
  if (input === null || !input.needsGradient) return null;
  const root: AnyTensor = input.root;
  const { device, shape } = root;
  if (root.requiresGrad) {
    const { gradient, accumulate } = root.claimGradient();
    if (!accumulate) return { written: gradient, sum: null };
    return { written: Tensor.empty(device, shape), sum: gradient };
  }
  const sum = gradients.get(root) ?? null;
  const written = Tensor.empty(device, shape);
  if (sum === null) gradients.set(root, written);
  return { written, sum };
}

function addUp(found: Destination | null): void {
  if (found === null || found.sum === null) return;
  const { written, sum } = found;
  sum.device.run(accumulate, { source: written, destination: sum });
  written[Symbol.dispose]();
}
