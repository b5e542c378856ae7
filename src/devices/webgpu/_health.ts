import { describe, DeviceError } from "../../base/errors.ts";

/**
 * The known failures of a device. WebGPU reports them after the fact and to
 * listeners alone: the next use of the device throws what they heard.
 */
export class Health {
  readonly #label: string;
  #failure: DeviceError | null = null;
  #closed = false;

  /** @param label The device's, for errors. */
  constructor(gpu: GPUDevice, label: string) {
    this.#label = label;
    gpu.addEventListener("uncapturederror", (event) => {
      event.preventDefault();
      this.fail(
        new DeviceError(describe({
          what: `${label} refused work`,
          got: (event as GPUUncapturedErrorEvent).error.message,
          help: "Use a smaller batch if memory ran out; else report this.",
        })),
      );
    });
    gpu.lost.then(({ message, reason }) => {
      if (this.#closed) return;
      this.fail(
        new DeviceError(describe({
          what: `${label} was lost (${reason})`,
          got: message,
          help: "Open a new device and load the last saved weights.",
        })),
      );
    });
  }

  /** Whether the device was closed: what it says from then on is no failure. */
  get closed(): boolean {
    return this.#closed;
  }

  close(): void {
    this.#closed = true;
  }

  /** The first failure stays: what follows it is its consequence. */
  fail(error: DeviceError): void {
    this.#failure ??= error;
  }

  /**
   * @throws {DeviceError} If the device failed.
   * @throws {TypeError} If it was closed.
   */
  check(): void {
    this.#throwFailure();
    if (!this.#closed) return;
    throw new TypeError(describe({
      what: `use of ${this.#label} after it was closed`,
      help: "Keep `using device` in the scope that uses its tensors.",
    }));
  }

  /**
   * Waits for work of the device, and for what it has to say of the work before.
   * The report of a failure comes a moment after the failure itself.
   *
   * @param checked Settles when all pipelines are known to be good or bad.
   */
  async explained<T>(
    work: Promise<T>,
    checked: () => Promise<void>,
  ): Promise<T> {
    const result = await work.catch(async (error: Error) => {
      await new Promise((resolve) => setTimeout(resolve));
      await checked();
      this.check();
      throw new DeviceError(describe({
        what: `${this.#label} stopped working`,
        got: error.message,
        help: "Open a new device and load the last saved weights.",
      }));
    });
    await checked();
    this.#throwFailure();
    return result;
  }

  #throwFailure(): void {
    if (this.#failure !== null) throw this.#failure;
  }
}
