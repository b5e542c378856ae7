/** Upper ends of the times that are told apart, in seconds. */
const secondsUpTo = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 5];

/** Upper ends of the sizes of batches. */
const imagesUpTo = [1, 2, 4, 8, 16, 32, 64, 128, 256];

/** The format that {@linkcode Metrics.text} writes. */
export const metricsType = "text/plain; version=0.0.4; charset=utf-8";

/** What is counted of requests, as Prometheus reads it. */
export class Metrics {
  readonly #requests = new Map<string, number>();
  readonly #seconds = new Histogram(secondsUpTo);
  readonly #batches = new Histogram(imagesUpTo);

  /**
   * Counts an answer.
   *
   * @param path One of few: each has a line of its own.
   */
  answered(path: string, status: number, seconds: number): void {
    const labels = `path="${path}",status="${status}"`;
    this.#requests.set(labels, (this.#requests.get(labels) ?? 0) + 1);
    this.#seconds.add(seconds);
  }

  /** Counts a batch. */
  batch(images: number): void {
    this.#batches.add(images);
  }

  /**
   * All numbers in Prometheus' text format:
   * https://prometheus.io/docs/instrumenting/exposition_formats/
   */
  text(gauges: Readonly<Record<string, number>>): string {
    return [
      "# HELP requests_total Answered requests.",
      "# TYPE requests_total counter",
      ...Array.from(
        this.#requests,
        ([labels, count]) => `requests_total{${labels}} ${count}`,
      ),
      "# HELP request_seconds Time from a request to its answer.",
      ...this.#seconds.lines("request_seconds"),
      "# HELP batch_images Images that ran together on the device.",
      ...this.#batches.lines("batch_images"),
      ...Object.entries(gauges).flatMap(([name, value]) => [
        `# TYPE ${name} gauge`,
        `${name} ${value}`,
      ]),
      "",
    ].join("\n");
  }
}

/** Numbers counted by their size. */
class Histogram {
  readonly #upTo: readonly number[];
  readonly #counts: number[];
  #sum = 0;

  constructor(upTo: readonly number[]) {
    this.#upTo = upTo;
    this.#counts = new Array(upTo.length + 1).fill(0);
  }

  add(value: number): void {
    const bucket = this.#upTo.findIndex((end) => value <= end);
    this.#counts[bucket < 0 ? this.#upTo.length : bucket]++;
    this.#sum += value;
  }

  /** Each bucket counts the smaller ones too. */
  lines(name: string): string[] {
    let total = 0;
    const buckets = [...this.#upTo, "+Inf"].map((end, bucket) => {
      total += this.#counts[bucket];
      return `${name}_bucket{le="${end}"} ${total}`;
    });
    return [
      `# TYPE ${name} histogram`,
      ...buckets,
      `${name}_sum ${this.#sum}`,
      `${name}_count ${total}`,
    ];
  }
}
