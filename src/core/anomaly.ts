import type { Access, AnyKernel, Operand } from "../../kernels/kernel.ts";
import { describe, TrainingError } from "../base/errors.ts";
import type { Device } from "../devices/device.ts";
import { setObserver } from "../devices/observer.ts";

/** Where an operation takes place. */
export interface Place {
  /** Path of the module that runs: `layer1.0`; `""` for none, or the model. */
  readonly path: string;
  /** Whether gradients are worked out there. */
  readonly isBackward: boolean;
}

let watch: Watch | null = null;
let runningPath = () => "";
let backwardPlace: Place | null = null;

/**
 * Runs a function and finds the first operation in it that makes a number which
 * is not finite, NaN or an infinity, forward or backward: PyTorch's
 * `torch.autograd.detect_anomaly`, which looks for NaN in gradients alone.
 *
 * Every kernel's operands are read back, captured functions are not replayed and
 * no layers run fused: slow, and only for looking for a fault. Until the function
 * is done, all else that runs is watched too.
 *
 * @param run May be asynchronous: a whole training.
 * @returns The function's result, if all numbers were finite.
 * @throws {TrainingError} Which operation made the number, in which layer, and
 * whether forward or backward; or that it was there before.
 *
 * @example
 * ```ts
 * import { detectAnomaly, log, openDevice, sum, Tape, Tensor } from "@x/mnist-cnn";
 * import { assertRejects } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * const x = Tensor.from(device, [1, -1], [2], { requiresGrad: true });
 * await assertRejects(
 *   () =>
 *     detectAnomaly(() => {
 *       using tape = new Tape();
 *       tape.backward(sum(log(x)));
 *     }),
 *   Error,
 *   "log, forward: output: expected finite numbers, got NaN at [1] of [2]",
 * );
 * ```
 *
 * @category Gradients
 */
export async function detectAnomaly<T>(run: () => T | Promise<T>): Promise<T> {
  if (watch !== null) return await run();
  const own = watch = new Watch();
  const before = setObserver((device, kernel, operands) => {
    own.look(device, kernel, operands);
  });
  let failure: unknown = null;
  let result: T | undefined;
  try {
    result = await run();
  } catch (error) {
    failure = error;
  } finally {
    watch = null;
    setObserver(before);
  }
  const anomaly = await own.finish();
  if (anomaly !== null) throw anomaly;
  if (failure !== null) throw failure;
  return result as T;
}

/** Whether {@linkcode detectAnomaly} watches: operations run one by one then. */
export function isDetectingAnomaly(): boolean {
  return watch !== null;
}

/** Sets what knows the path of the module that runs: modules are a room above. */
export function locateBy(path: () => string): void {
  runningPath = path;
}

/** Where the operation takes place that runs now, if anybody asks. */
export function presentPlace(): Place | null {
  if (watch === null) return null;
  return backwardPlace ?? { path: runningPath(), isBackward: false };
}

/** Works out gradients of an operation that took place somewhere. */
export function backwardAt(place: Place | null, run: () => void): void {
  if (place === null) return run();
  const outer = backwardPlace;
  backwardPlace = { ...place, isBackward: true };
  try {
    run();
  } finally {
    backwardPlace = outer;
  }
}

/** A number that is not finite. */
interface Finding {
  /** Which of all operands that were looked at has it, in the order of the work. */
  readonly order: number;
  readonly error: TrainingError;
}

/** Looks at the operands of all kernels, and keeps the first finding. */
class Watch {
  readonly #pending = new Set<Promise<void>>();
  #looked = 0;
  #first: Finding | null = null;
  #failure: unknown = null;

  /** Copies what a kernel has read, then what it has written. */
  look(
    device: Device,
    kernel: AnyKernel,
    operands: Readonly<Record<string, Operand | null>>,
  ): void {
    if (this.#first !== null) throw this.#first.error;
    // What is recorded is run by others, who read what it has made.
    if (device.recording) return;
    const names = Object.keys(operands);
    const isRead = (name: string) => kernel.operands[name].startsWith("read");
    for (
      const name of [
        ...names.filter(isRead),
        ...names.filter((name) => !isRead(name)),
      ]
    ) {
      const operand = operands[name];
      if (operand === null || operand.buffer.dtype !== "f32") continue;
      const describeIt = describer(kernel, name, operand, isRead(name));
      this.#check(this.#looked++, device, operand, describeIt);
    }
  }

  /** Waits for all copies. */
  async finish(): Promise<TrainingError | null> {
    await Promise.all(this.#pending);
    if (this.#first === null && this.#failure !== null) throw this.#failure;
    return this.#first?.error ?? null;
  }

  #check(
    order: number,
    device: Device,
    { buffer }: Operand,
    errorOf: (value: number, index: number) => TrainingError,
  ): void {
    const copied = device.read(buffer).then((values) => {
      const index = values.findIndex((value) => !Number.isFinite(value));
      if (index < 0 || order > (this.#first?.order ?? Infinity)) return;
      this.#first = { order, error: errorOf(values[index], index) };
    }).catch((error) => {
      this.#failure ??= error;
    }).finally(() => {
      this.#pending.delete(copied);
    });
    this.#pending.add(copied);
  }
}

/** Makes the error of an operand, from what is known when its kernel has run. */
function describer(
  { name: kernel, operands }: AnyKernel,
  operand: string,
  { buffer, shape = [buffer.length] }: Operand & { shape?: readonly number[] },
  wasRead: boolean,
): (value: number, index: number) => TrainingError {
  const { isBackward, path } = presentPlace()!;
  const isUpdate = !isBackward && path === "" &&
    Object.values<Access>(operands).some((access) =>
      access.startsWith("update")
    );
  const phase = isBackward ? "backward" : isUpdate ? "update" : "forward";
  const where = path === "" ? "" : `${path}: `;
  return (value, index) =>
    new TrainingError(describe({
      what: `${where}${operationOf(kernel)}, ${phase}: ${operand}`,
      expected: "finite numbers",
      got: `${value} at [${indicesOf(index, shape)}] of [${shape.join(", ")}]`,
      help: wasRead
        ? "It was there before any operation ran: look at the data or the " +
          "weights that you gave."
        : "All numbers before it were finite: look at what this operation " +
          "was given.",
    }));
}

/** The operation that a kernel belongs to: `conv2d` of `conv2dWeightGradient`. */
function operationOf(kernel: string): string {
  return kernel.replace(
    /(Forward|Step|(Left|Right|Input|Weight|Bias|Parameter|Eval)*Gradient)$/,
    "",
  );
}

/** The indices of an element, one for each dimension. */
function indicesOf(index: number, shape: readonly number[]): string {
  const indices: number[] = [];
  let rest = index;
  for (const size of shape.toReversed()) {
    indices.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return indices.join(", ");
}
