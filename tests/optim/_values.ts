import { Module } from "../../src/nn/module.ts";
import { Parameter } from "../../src/nn/parameter.ts";

/** Parameters of these values and nothing else. */
export class Values extends Module {
  readonly all: readonly Parameter[];

  constructor(...values: readonly ArrayLike<number>[]) {
    super();
    this.all = values.map((own) =>
      new Parameter([own.length], (target) => target.set(own))
    );
  }

  override *parts(): Iterable<[string, Parameter]> {
    for (const [i, part] of this.all.entries()) yield [String(i), part];
  }

  override forward(): void {}
}

/** Gives a parameter a gradient, as a backward pass does; null takes it away. */
export function setGradient(
  { tensor }: Parameter,
  values: ArrayLike<number> | null,
): void {
  tensor.zeroGrad();
  if (values === null) return;
  const { gradient } = tensor.claimGradient();
  tensor.device.write(gradient.buffer, Float32Array.from(values));
}
