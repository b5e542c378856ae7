import type { Kernel, OperandsOf, Signature } from "../../../kernels/kernel.ts";
import { describe, DeviceError } from "../../base/errors.ts";
import { printAsText } from "../../base/printing.ts";
import type { Device, DeviceBuffer, DType, HostArray } from "../device.ts";

/** Memory that has a size and no elements. */
class ShapeBuffer implements DeviceBuffer {
  constructor(readonly dtype: DType, readonly length: number) {}

  view(_offset: number, length: number): ShapeBuffer {
    return new ShapeBuffer(this.dtype, length);
  }
}

/**
 * A device that keeps no elements and runs no kernels: operations check and
 * work out shapes on it as on any other, at no cost.
 */
export class ShapeDevice implements Device {
  static readonly #text = /* @__PURE__ */ printAsText(this);

  readonly kind = "cpu";
  readonly label = "shapes only";
  readonly counters = {
    allocations: 0,
    bytes: 0,
    dispatches: 0,
    bindGroups: 0,
    submits: 0,
    reads: 0,
  };
  readonly profile = null;
  readonly alignment = 1;
  readonly recording = false;
  readonly #onMultiplyAdds: (count: number) => void;

  /**
   * Keeps the argument.
   *
   * @param onMultiplyAdds Is told of the multiplications of a convolution or a
   * linear layer, each with its addition, when its kernel would run.
   */
  constructor(onMultiplyAdds: (count: number) => void) {
    this.#onMultiplyAdds = onMultiplyAdds;
  }

  run<S extends Signature, P>(
    { cost }: Kernel<S, P>,
    _operands: OperandsOf<S>,
    params?: P,
  ): void {
    const { operations = 0 } = cost?.(params as P) ?? {};
    if (operations > 0) this.#onMultiplyAdds(operations / 2);
  }

  allocate(dtype: DType, length: number): DeviceBuffer {
    return new ShapeBuffer(dtype, length);
  }

  release(): void {}

  write(): void {}

  read(): Promise<HostArray> {
    throw noElements("reading a value");
  }

  record<T>(): { program: never; result: T } {
    throw noElements("a captured step");
  }

  settle(): Promise<void> {
    return Promise.resolve();
  }

  /** The label: `shapes only`. */
  toString(): string {
    return this.label;
  }

  [Symbol.dispose](): void {}
}

function noElements(what: string): DeviceError {
  return new DeviceError(describe({
    what: `model.trace: ${what}`,
    expected: "a forward pass that needs no values",
    got: "one that looks at them",
    help: "Leave that out of `forward`.",
  }));
}
