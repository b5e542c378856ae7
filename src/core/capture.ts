import { copy } from "../../kernels/copy/copy.ts";
import { block, printAs } from "../base/printing.ts";
import { isDetectingAnomaly } from "./anomaly.ts";
import { type Trace, traceGuards } from "./guards.ts";
import { defaultDevice } from "./default_device.ts";
import type { Device, Program } from "../devices/device.ts";
import { inScope, type TensorResult, tensorsOf, tidy } from "./scope.ts";
import { isSameShape } from "./shape.ts";
import { type AnyTensor, Tensor } from "./tensor.ts";

/**
 * A function that runs once and is replayed from then on.
 *
 * @category Devices
 */
export interface Captured<
  Inputs extends readonly AnyTensor[],
  Result extends TensorResult,
> extends Disposable {
  /** Runs the function's kernels on the inputs. */
  (...inputs: Inputs): Result;
}

/** One recording of the function, and when it is the right one. */
interface Variant<Result> {
  readonly program: Program;
  readonly result: Result;
  readonly trace: Trace;
  readonly inputs: readonly AnyTensor[];
  /** Whether `inputs` are copies that the variant owns. */
  readonly copies: boolean;
  /** The tensors of the result that the program made. */
  readonly lent: readonly AnyTensor[];
}

/**
 * Records the kernels that a function starts, and replays them in later calls:
 * the same kernels on the same buffers, with no allocation and no checks.
 *
 * The function runs again only where a recording does not fit: for other input
 * shapes, another mode of a module (`train()` / `eval()`), or gradients that
 * were there or not. So its JavaScript must do nothing but call operations,
 * backward passes and optimizer steps. What it returns is written anew by every
 * call, and freed with the captured function: disposing of it does nothing.
 *
 * Inputs that come in the same memory every time, as a `DataLoader`'s do, are
 * used where they are; others are copied into place.
 *
 * @param device Where the function runs.
 * @param run The function. Its tensors live as long as the recording.
 *
 * @example
 * ```ts
 * import { capture, openDevice, scale, Tensor } from "@x/mnist-cnn";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * using double = capture(device, (x: Tensor) => scale(x, 2));
 * using one = Tensor.from(device, [1], [1]);
 * using five = Tensor.from(device, [5], [1]);
 * assertEquals(await double(one).item(), 2);
 * assertEquals(await double(five).item(), 10);
 * ```
 *
 * @category Devices
 */
export function capture<
  const Inputs extends readonly AnyTensor[],
  Result extends TensorResult,
>(
  device: Device,
  run: (...inputs: Inputs) => Result,
): Captured<Inputs, Result>;
/** The same on the default device: see {@linkcode setDefaultDevice}. */
export function capture<
  const Inputs extends readonly AnyTensor[],
  Result extends TensorResult,
>(run: (...inputs: Inputs) => Result): Captured<Inputs, Result>;
export function capture<
  const Inputs extends readonly AnyTensor[],
  Result extends TensorResult,
>(
  ...given: [Device, (...inputs: Inputs) => Result] | [
    (...inputs: Inputs) => Result,
  ]
): Captured<Inputs, Result> {
  const [device, run] = given.length === 2
    ? given
    : [defaultDevice("capture"), given[0]];
  const variants: Variant<Result>[] = [];
  const call = (...inputs: Inputs): Result => {
    if (device.recording) return run(...inputs);
    if (isDetectingAnomaly()) return tidy(() => run(...inputs));
    const known = variants.find((variant) => fits(variant, inputs));
    if (known !== undefined) return replay(known, inputs);
    tensorsOf(
      inputs,
      "arguments of a captured function",
      "Give numbers in tensors: a replay reads no others.",
    );
    const moved = variants.some((variant) => fitsElsewhere(variant, inputs));
    const places = inputs.map(moved ? copyOf : placeOf) as AnyTensor[];
    const made = recordVariant(device, run, places as never, moved);
    variants.push(made);
    return made.result;
  };
  const captured = Object.assign(call, {
    [Symbol.dispose]: () => {
      for (const variant of variants) disposeVariant(variant);
      variants.length = 0;
    },
  });
  return printAs(captured, () => textOf(variants));
}

function recordVariant<
  Inputs extends readonly AnyTensor[],
  Result extends TensorResult,
>(
  device: Device,
  run: (...inputs: Inputs) => Result,
  inputs: Inputs,
  copies: boolean,
): Variant<Result> {
  const lent: AnyTensor[] = [];
  const { trace, result: { program, result } } = traceGuards(() =>
    device.record(() =>
      inScope((scope) => {
        const result = run(...inputs);
        const tensors = tensorsOf(
          result,
          "result of a captured function",
          "Return tensors and read them outside: a replay runs kernels only.",
        );
        for (const { owner } of tensors) {
          if (!scope.disown(owner)) continue;
          owner.isLent = true;
          lent.push(owner);
        }
        return result;
      })
    )
  );
  return { program, result, trace, inputs, copies, lent };
}

function fits(
  variant: Variant<unknown>,
  inputs: readonly AnyTensor[],
): boolean {
  return fitsElsewhere(variant, inputs) && (variant.copies ||
    variant.inputs.every((own, index) => own.buffer === inputs[index].buffer));
}

/** Whether the recording is right but for where the inputs are. */
function fitsElsewhere(
  { inputs: own, trace }: Variant<unknown>,
  inputs: readonly AnyTensor[],
): boolean {
  return own.length === inputs.length &&
    own.every(({ dtype, shape }, index) =>
      dtype === inputs[index].dtype && isSameShape(shape, inputs[index].shape)
    ) &&
    trace.guards.every((holds) => holds());
}

function replay<Result>(
  variant: Variant<Result>,
  inputs: readonly AnyTensor[],
): Result {
  const { copies, program, result, trace } = variant;
  if (copies) {
    variant.inputs.forEach((own, index) => {
      own.device.run(copy, { source: inputs[index], output: own });
    });
  }
  program.replay();
  for (const effect of trace.sideEffects) effect();
  return result;
}

/** The input's memory, which stays known when the input itself is freed. */
function placeOf({ buffer, device, shape }: AnyTensor): AnyTensor {
  return Tensor.over(device, buffer, shape);
}

function copyOf(input: AnyTensor): AnyTensor {
  const { device, dtype, shape } = input;
  const output = Tensor.empty(device, shape, dtype, "persistent");
  device.run(copy, { source: input, output });
  return output;
}

/** A line for each recording: its inputs, and how much it runs. */
function textOf(variants: readonly Variant<unknown>[]): string {
  if (variants.length === 0) return "Captured function, not recorded yet";
  const lines = variants.map(({ inputs, program: { length } }) => {
    const types = inputs.map(({ dtype, shape }) =>
      `[${shape.join(", ")}] ${dtype}`
    );
    return `(${types.join(", ")}): ${length} kernel call${
      length === 1 ? "" : "s"
    }`;
  });
  return block("Captured function", lines);
}

function disposeVariant(variant: Variant<unknown>): void {
  for (const own of variant.lent) {
    own.isLent = false;
    own[Symbol.dispose]();
  }
  variant.program[Symbol.dispose]();
  if (!variant.copies) return;
  for (const own of variant.inputs) own[Symbol.dispose]();
}
