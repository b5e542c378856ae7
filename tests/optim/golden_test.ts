import { assertEquals } from "@std/assert";
import { capture } from "../../src/core/capture.ts";
import type { Device } from "../../src/devices/device.ts";
import type { Parameter } from "../../src/nn/parameter.ts";
import {
  Adadelta,
  Adam,
  AdamW,
  type Optimizer,
  RMSprop,
  SGD,
} from "../../src/optim/mod.ts";
import { deviceTest } from "../_devices.ts";
import { assertClose } from "../close.ts";
import { Golden } from "../golden.ts";
import { needs } from "../permissions.ts";
import { setGradient, Values } from "./_values.ts";

needs(import.meta.url, "read");

/** Ten steps in f32, here and there. Worst measured: 1.9e-6 absolute, of 9. */
const TOLERANCE = { atol: 1e-6, rtol: 1e-6 };

const STEPS = 10;
const golden = await Golden.read("optim");
const names = ["a", "b", "c"] as const;

/** An optimizer that PyTorch moved the parameters with. */
interface Variant {
  readonly optimizer: string;
  readonly options: object;
  readonly groups: Readonly<Record<string, object>>;
}

const makers: Readonly<
  Record<string, (given: never, options: object) => Optimizer>
> = {
  SGD: (given, options) => new SGD(given, options),
  Adam: (given, options) => new Adam(given, options),
  AdamW: (given, options) => new AdamW(given, options),
  RMSprop: (given, options) => new RMSprop(given, options),
  Adadelta: (given, options) => new Adadelta(given, options),
};

const variants = Object.keys(golden.metadata)
  .filter((name) => name.startsWith("updates."));

/** Parameters, their optimizer, and the gradients of ten steps. */
class Task {
  readonly parameters: readonly Parameter[];
  readonly optimizer: Optimizer;

  constructor(device: Device, variant: string) {
    const { groups, optimizer, options }: Variant = JSON.parse(
      golden.metadata[variant],
      renamed,
    );
    const start = names.map((name) => golden.numbers(`start.${name}`));
    this.parameters = new Values(...start).to(device).all;
    const given = Object.entries(groups).map(([letters, own]) => {
      const params = this.parameters
        .filter((_, index) => letters.includes(names[index]));
      return { params, ...own };
    });
    this.optimizer = makers[optimizer](
      (given.length === 0 ? this.parameters : given) as never,
      options,
    );
  }

  /** Writes the gradients of a step; `c` has none in three of them. */
  setGradients(step: number): void {
    for (const [index, parameter] of this.parameters.entries()) {
      const { length } = parameter;
      const gradients = golden.numbers(`gradients.${names[index]}`)
        .subarray(step * length, (step + 1) * length);
      const has = names[index] !== "c" || ![2, 5, 6].includes(step);
      setGradient(parameter, has ? gradients : null);
    }
  }

  values(): Promise<Float32Array[]> {
    return Promise.all(this.parameters.map(({ tensor }) => tensor.data()));
  }
}

/** Python's names of options in TypeScript's spelling. */
function renamed(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return value;
  }
  const entries = Object.entries(value).map((
    [name, own],
  ) => [name.replaceAll(/_(\w)/g, (_, letter) => letter.toUpperCase()), own]);
  return Object.fromEntries(entries);
}

for (const variant of variants) {
  deviceTest(`${variant}: ten steps are PyTorch's`, async (device) => {
    const tasks = [new Task(device, variant), new Task(device, variant)];
    using captured = capture(device, () => tasks[1].optimizer.step());
    for (let step = 0; step < STEPS; step++) {
      for (const task of tasks) task.setGradients(step);
      tasks[0].optimizer.step();
      captured();
      const values = await tasks[0].values();
      for (const [index, name] of names.entries()) {
        const { length } = values[index];
        const expected = golden.numbers(`${variant}.${name}`)
          .subarray(step * length, (step + 1) * length);
        const label = `${name}, step ${step}`;
        assertClose(values[index], expected, TOLERANCE, label);
      }
      assertEquals(await tasks[1].values(), values);
    }
  });

  deviceTest(`${variant}: its state goes to another`, async (device) => {
    const [source, target] = [0, 1].map(() => new Task(device, variant));
    for (let step = 0; step < STEPS; step++) {
      if (step === 4 || step === 8) {
        const state = await source.optimizer.stateDict();
        target.optimizer.loadStateDict(state);
        assertEquals(await target.optimizer.stateDict(), state);
        for (const [index, values] of (await source.values()).entries()) {
          const { tensor } = target.parameters[index];
          device.write(tensor.buffer, values);
        }
      }
      for (const { optimizer } of [source, target]) optimizer.step();
      source.setGradients(step);
      if (step >= 4) target.setGradients(step);
    }
    assertEquals(await target.values(), await source.values());
  });
}
