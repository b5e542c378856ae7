import { assertEquals } from "@std/assert";
import { Tape } from "../src/core/tape.ts";
import { type AnyTensor, Tensor } from "../src/core/tensor.ts";
import { mul, sum } from "../src/ops/mod.ts";
import { deviceTest } from "./_devices.ts";
import { assertClose, type Tolerance } from "./close.ts";
import type { Golden } from "./golden.ts";
import { testWith } from "./permissions.ts";

/** The tensors of a case by name, and what else the function is called with. */
export interface GoldenArguments {
  // deno-lint-ignore no-explicit-any -- each case knows its own
  readonly tensors: Readonly<Record<string, Tensor<any, any>>>;
  // deno-lint-ignore no-explicit-any -- whatever the generator wrote
  readonly options: any;
}

/**
 * Registers a test for each case of a golden file: the output and every gradient
 * that the file has, on every device.
 *
 * @param functions How each operation is called, by its name.
 */
export function testGoldenCases(
  golden: Golden,
  functions: Readonly<
    Record<string, (args: GoldenArguments) => Tensor | AnyTensor>
  >,
  tolerance: Tolerance,
): void {
  const names = Object.keys(golden.metadata);
  const operations = new Set(names.map((name) => name.split(".")[0]));
  testWith("read")("every golden operation is tested", () => {
    assertEquals([...operations].sort(), Object.keys(functions).sort());
  });
  for (const name of names) {
    const run = functions[name.split(".")[0]];
    deviceTest(`golden: ${name}`, async (device) => {
      const own = [...golden.tensors.keys()]
        .filter((key) => key.startsWith(`${name}.`))
        .map((key) => key.slice(name.length + 1));
      const gradients = own.filter((key) => /^grad(?!Output$)[A-Z]/.test(key));
      const gradientOf = (key: string) =>
        `grad${key[0].toUpperCase()}${key.slice(1)}`;
      const inputs = own.filter((key) =>
        !["output", "gradOutput", ...gradients].includes(key)
      );
      const tensors = Object.fromEntries(inputs.map((key) => {
        const { data, shape, dtype } = golden.tensor(`${name}.${key}`);
        const values = dtype === "I64"
          ? Int32Array.from(data, Number)
          : Float32Array.from(data, Number);
        const requiresGrad = gradients.includes(gradientOf(key));
        return [key, Tensor.from(device, values, shape, { requiresGrad })];
      }));
      const options = JSON.parse(golden.metadata[name]);
      let output: AnyTensor;
      {
        using tape = new Tape();
        output = tape.keep(run({ tensors, options }));
        const stored = golden.tensor(`${name}.gradOutput`);
        const weight = Tensor.from(
          device,
          Float32Array.from(stored.data, Number),
          output.shape,
        );
        if (gradients.length > 0) tape.backward(sum(mul(output, weight)));
      }
      const { shape } = golden.tensor(`${name}.output`);
      assertEquals(output.shape, shape.length === 0 ? [1] : shape);
      const expected = golden.numbers(`${name}.output`);
      assertGolden(await output.data(), expected, tolerance, "output");
      for (const key of inputs) {
        const gradient = gradientOf(key);
        if (!gradients.includes(gradient)) continue;
        const actual = await tensors[key].grad!.data();
        const expected = golden.numbers(`${name}.${gradient}`);
        assertGolden(actual, expected, tolerance, gradient);
      }
      for (const tensor of [output, ...Object.values(tensors)]) {
        tensor[Symbol.dispose]();
      }
    });
  }
}

/** As `assertClose`; NaN and infinities must be the same. */
function assertGolden(
  actual: ArrayLike<number>,
  expected: Float64Array,
  tolerance: Tolerance,
  label: string,
): void {
  const isSame = (value: number, i: number) =>
    !Number.isFinite(value) && Object.is(actual[i], value);
  const finite = Array.from(
    actual,
    (value, i) => isSame(expected[i], i) ? 0 : value,
  );
  const wanted = expected.map((value, i) => isSame(value, i) ? 0 : value);
  assertClose(finite, wanted, tolerance, label);
}
