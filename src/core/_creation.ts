import { fill } from "../../kernels/fill/fill.ts";
import { describe, ShapeError } from "../base/errors.ts";
import { checkOptions } from "../base/options.ts";
import type { Device, DType, HostArray, Lifetime } from "../devices/device.ts";
import { dtypeOf, hostArrays } from "../devices/host_arrays.ts";
import { defaultDevice, isDevice } from "./default_device.ts";
import {
  flatValues,
  hostArray,
  type HostValues,
  type NestedNumbers,
} from "./host_values.ts";
import { RandomGenerator } from "./random.ts";
import { checkShape, elementsOf, type Shape } from "./shape.ts";
import type { AnyTensor, TensorOptions } from "./tensor.ts";
import type {
  Creation,
  RandomOptions,
  ValueOptions,
} from "./tensor_creation.ts";

/** Makes a tensor with arbitrary content. */
export type Make = (
  device: Device,
  shape: Shape,
  dtype: DType,
  lifetime: Lifetime,
  requiresGrad: boolean,
) => AnyTensor;

/** The functions that make tensors, of the one that gives them memory. */
export function creationWith(make: Make): Creation {
  const creation: Record<keyof Creation, (...args: unknown[]) => unknown> = {
    from: (...args) => fromValues(make, args),
    zeros: (...args) => filled(make, "Tensor.zeros", args, 0),
    ones: (...args) => filled(make, "Tensor.ones", args, 1),
    full: (...args) => filled(make, "Tensor.full", args),
    arange: (...args) => arange(make, args),
    eye: (...args) => eye(make, args),
    rand: (...args) =>
      random(make, "Tensor.rand", args, (generator, values) => {
        generator.uniform(values);
      }),
    randn: (...args) =>
      random(make, "Tensor.randn", args, (generator, values) => {
        generator.normal(values);
      }),
  };
  // Shapes and types follow from the arguments, as the interface declares.
  return creation as unknown as Creation;
}

function fromValues(make: Make, args: readonly unknown[]): AnyTensor {
  const what = "Tensor.from";
  const [device, first, second, third] = withDevice(what, args);
  const isObject = typeof second === "object" && !Array.isArray(second);
  const hasShape = second !== undefined && !isObject || third !== undefined;
  const options = optionsOf(what, hasShape ? third : second);
  if (hasShape) {
    const values = first as HostValues;
    const shape = second as Shape;
    checkShape(what, shape);
    const { length } = Object(values);
    if (length !== elementsOf(shape)) throw otherLength(length, shape);
    return written(
      make,
      device,
      shape,
      hostArray(values, options.dtype),
      options,
    );
  }
  const isTyped = ArrayBuffer.isView(first);
  const { shape, values } = isTyped
    ? { shape: [(first as HostArray).length], values: first as HostArray }
    : flatValues(first as NestedNumbers);
  const host = hostArray(values, options.dtype);
  checkShape(what, shape);
  return written(make, device, shape, host, options);
}

function filled(
  make: Make,
  what: string,
  args: readonly unknown[],
  value?: number,
): AnyTensor {
  const [device, first, ...others] = withDevice(what, args);
  const shape = first as Shape;
  checkShape(what, shape);
  const given = value ?? others.shift();
  const options = optionsOf(what, others[0]);
  const { dtype = "f32", requiresGrad = false } = options;
  const [element] = hostArray([given as number], dtype);
  if (requiresGrad || dtype === "u8") {
    const values = hostArray(Array(elementsOf(shape)).fill(element), dtype);
    return written(make, device, shape, values, options);
  }
  const output = make(device, shape, dtype, "pooled", false);
  device.run(fill, { output }, element);
  return output;
}

function arange(make: Make, args: readonly unknown[]): AnyTensor {
  const what = "Tensor.arange";
  const [device, ...rest] = withDevice(what, args);
  const count = rest.findIndex((one) => typeof one !== "number");
  const numbers = (count < 0 ? rest : rest.slice(0, count)) as number[];
  const options = optionsOf(what, count < 0 ? undefined : rest[count]);
  const [start, end, step = 1] = numbers.length === 1
    ? [0, ...numbers]
    : numbers;
  const length = Math.ceil((end - start) / step);
  if (!(length > 0 && length < Infinity)) {
    throw new RangeError(describe({
      what,
      expected: "an end that steps from the start come to",
      got: `start ${start}, end ${end}, step ${step}`,
      help: "Give end, or start and end, or start, end and step.",
    }));
  }
  const values = Array.from({ length }, (_, index) => start + index * step);
  const host = hostArray(values, options.dtype);
  return written(make, device, [length], host, options);
}

function eye(make: Make, args: readonly unknown[]): AnyTensor {
  const what = "Tensor.eye";
  const [device, first, ...others] = withDevice(what, args);
  const rows = first as number;
  const columns = typeof others[0] === "number"
    ? others.shift() as number
    : rows;
  const options = optionsOf(what, others.find((one) => one !== undefined));
  checkShape(what, [rows, columns]);
  const values = Array<number>(rows * columns).fill(0);
  for (let i = 0; i < Math.min(rows, columns); i++) {
    values[i * columns + i] = 1;
  }
  const host = hostArray(values, options.dtype);
  return written(make, device, [rows, columns], host, options);
}

function random(
  make: Make,
  what: string,
  args: readonly unknown[],
  draw: (generator: RandomGenerator, values: Float32Array) => void,
): AnyTensor {
  const [device, first, second] = withDevice(what, args);
  const shape = first as Shape;
  const options = second as RandomOptions | undefined;
  checkShape(what, shape);
  checkOptions<RandomOptions>(what, options, [
    "generator",
    "requiresGrad",
    "seed",
  ]);
  if (device.recording) throw drawnOnce(what);
  const values = new Float32Array(elementsOf(shape));
  draw(generatorOf(options), values);
  return written(make, device, shape, values, options);
}

/** A tensor with these values. */
function written(
  make: Make,
  device: Device,
  shape: Shape,
  values: HostArray,
  { requiresGrad = false }: TensorOptions = {},
): AnyTensor {
  const lifetime = requiresGrad ? "persistent" : "constant";
  const dtype = dtypeOf(values);
  const tensor = make(device, shape, dtype, lifetime, requiresGrad);
  device.write(tensor.buffer, values);
  return tensor;
}

/** The arguments, with the default device before those that have none. */
function withDevice(
  what: string,
  args: readonly unknown[],
): [Device, ...unknown[]] {
  const [first, ...rest] = args;
  return isDevice(first) ? [first, ...rest] : [defaultDevice(what), ...args];
}

function optionsOf(what: string, given: unknown): ValueOptions<DType> {
  const options = given as ValueOptions<DType> | undefined;
  checkOptions<ValueOptions<DType>>(what, options, ["dtype", "requiresGrad"]);
  const { dtype = "f32" } = options ?? {};
  if (Object.hasOwn(hostArrays, dtype)) return options ?? {};
  throw new TypeError(describe({
    what: `${what}: dtype`,
    expected: '"f32", "i32" or "u8"',
    got: String(dtype),
    help: "Leave it out for f32.",
  }));
}

/** Draws for those who give no generator and no seed. */
let unseeded: RandomGenerator | null = null;

function generatorOf({ generator, seed }: RandomOptions = {}): RandomGenerator {
  if (generator !== undefined) return generator;
  if (seed !== undefined) return new RandomGenerator(seed);
  const [random] = crypto.getRandomValues(new Uint32Array(1));
  return unseeded ??= new RandomGenerator(random);
}

function otherLength(length: unknown, shape: Shape): ShapeError {
  return new ShapeError(describe({
    what: `tensor of shape [${shape.join(", ")}]`,
    expected: `${elementsOf(shape)} values`,
    got: String(length),
    help: "Give one value for each element.",
  }));
}

function drawnOnce(what: string): TypeError {
  return new TypeError(describe({
    what: `${what} inside a captured function`,
    expected: "numbers that are drawn anew by every call",
    got: "some that every replay would use again",
    help: "Draw them outside, and give them as an argument.",
  }));
}
