import { accumulate } from "../../kernels/accumulate/accumulate.ts";
import { describe, FormatError, ShapeError } from "../base/errors.ts";
import { noGrad } from "../core/scope.ts";
import { type AnyTensor, Tensor } from "../core/tensor.ts";
import type { Device } from "../devices/device.ts";
import type { HostTensor } from "../formats/safetensors.ts";
import { wrongArgument } from "./_check_arguments.ts";
import type { Metric } from "./metrics/mod.ts";

/** Values of metrics by their names. */
export type MetricValues = Record<string, number>;

/** The sums of metrics over the batches of an epoch, which stay on the device. */
export class MetricSums implements Disposable {
  readonly #device: Device;
  readonly #metrics: readonly Metric[];
  readonly #totals = new Map<string, Tensor>();

  /**
   * Checks the metrics; makes no memory before the first sums.
   *
   * @throws {TypeError} If two have one name, or one is no metric.
   */
  constructor(device: Device, metrics: readonly Metric[]) {
    const names = new Set<string>();
    for (const metric of metrics) {
      const { name } = checkMetric(metric);
      if (names.has(name)) throw sameName(name);
      names.add(name);
    }
    this.#device = device;
    this.#metrics = metrics;
  }

  /** The sums of a batch, of no gradient; may be captured. */
  of(output: Tensor, targets: AnyTensor): Tensor[] {
    return this.#metrics.map((metric) =>
      noGrad(() => metric.sums(output, targets))
    );
  }

  /**
   * Adds the sums of a batch to those of the epoch.
   *
   * @throws {ShapeError} If a metric has more or fewer than before.
   */
  add(sums: readonly Tensor[]): void {
    for (const [index, source] of sums.entries()) {
      const { name } = this.#metrics[index];
      const total = this.#totals.get(name) ?? this.#open(name, source.length);
      if (total.length !== source.length || source.dtype !== "f32") {
        throw wrongSums(name, total, source);
      }
      this.#device.run(accumulate, { source, destination: total });
    }
  }

  /** The values of the epoch. */
  async values(rows: number): Promise<MetricValues> {
    const sums = await this.state();
    return Object.fromEntries(
      this.#metrics.map((metric) => {
        const data = sums.get(metric.name)?.data;
        const value = data === undefined ? NaN : metric.value(data, rows);
        return [metric.name, value];
      }),
    );
  }

  /** The sums so far, by the metrics' names. */
  async state(): Promise<Map<string, HostTensor & { data: Float32Array }>> {
    const entries = [...this.#totals].map(async ([name, total]) => {
      const data = await total.data();
      return [name, { dtype: "F32", shape: total.shape, data }] as const;
    });
    return new Map(await Promise.all(entries));
  }

  /**
   * Starts from zero, or from sums that {@linkcode MetricSums.state} gave.
   *
   * @throws {FormatError} If they are of other metrics.
   */
  reset(sums: ReadonlyMap<string, HostTensor> = new Map()): void {
    for (const [name, { data }] of sums) {
      if (!this.#metrics.some((metric) => metric.name === name)) {
        throw unknownSums(name);
      }
      this.#totals.get(name) ?? this.#open(name, data.length);
    }
    for (const [name, { buffer, length }] of this.#totals) {
      const stored = sums.get(name)?.data as Float32Array | undefined;
      this.#device.write(buffer, stored ?? new Float32Array(length));
    }
  }

  /** Frees the memory. */
  [Symbol.dispose](): void {
    for (const total of this.#totals.values()) total[Symbol.dispose]();
    this.#totals.clear();
  }

  #open(name: string, length: number): Tensor {
    const total = Tensor.empty(this.#device, [length], "f32", "persistent");
    this.#device.write(total.buffer, new Float32Array(length));
    this.#totals.set(name, total);
    return total;
  }
}

/** Most that are none were not called: each is made by a function. */
function checkMetric(metric: Metric): Metric {
  if (typeof metric?.sums === "function") return metric;
  throw wrongArgument(
    "metrics",
    "metrics, with sums and value",
    metric,
    "Call the function that makes one: metrics.topK(3).",
  );
}

function sameName(name: string): TypeError {
  return new TypeError(describe({
    what: "metrics",
    expected: "names of their own",
    got: `two named ${name}`,
    help: "Leave one out, or name it otherwise: { ...metric, name }.",
  }));
}

function wrongSums(name: string, total: Tensor, sums: AnyTensor): ShapeError {
  return new ShapeError(describe({
    what: `metric ${name}: sums of a batch`,
    expected: `f32, ${total.length} as those before`,
    got: `${sums.dtype}, [${sums.shape.join(", ")}]`,
    help: "Sum over the rows, so that every batch has the same shape.",
  }));
}

function unknownSums(name: string): FormatError {
  return new FormatError(describe({
    what: `checkpoint: metric ${name}`,
    expected: "a metric of the training that goes on",
    got: "none of that name",
    help: "Resume with the metrics that the training began with.",
  }));
}
