/**
 * A server of predictions: {@linkcode Service}. By `deno task serve`, or as the
 * handler of any server. The default export is one with the weights that come
 * with the library, for `deno serve --parallel`.
 *
 * @example
 * ```ts ignore
 * import { Service } from "@x/mnist-cnn/serve";
 *
 * const service = new Service(device, model, { names: ["digits.example"] });
 * Deno.serve({ hostname: "127.0.0.1", port: 8000 }, service.fetch);
 * ```
 *
 * @module
 */

import { openDevice } from "../devices/select.ts";
import {
  ConvolutionalNeuralNetwork,
  readShippedWeights,
} from "../models/mod.ts";
import {
  type Sample,
  Service,
  type ServiceOptions,
  type TrainingImages,
} from "./service.ts";

export { type Sample, Service, type ServiceOptions, type TrainingImages };

export type { ModelCard } from "../models/mod.ts";

let opened: Promise<Service> | null = null;

async function open(): Promise<Service> {
  const device = await openDevice();
  const model = new ConvolutionalNeuralNetwork().to(device, { seed: 0 });
  model.loadStateDict((await readShippedWeights()).tensors);
  return new Service(device, model);
}

/** A handler that opens device and model with the first request. */
const handler: Deno.ServeDefaultExport = {
  fetch: async (request) => {
    opened ??= open();
    try {
      return await (await opened).fetch(request);
    } catch (error) {
      // The next request tries once more.
      opened = null;
      throw error;
    }
  },
};

// `deno serve` looks for it.
export default handler;
