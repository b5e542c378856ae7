import { CpuDevice } from "../../src/devices/cpu/cpu_device.ts";
import {
  cardOf,
  ConvolutionalNeuralNetwork,
  normalizeInputs,
  readShippedWeights,
} from "../../src/models/mod.ts";
import { Service, type ServiceOptions } from "../../src/serve/mod.ts";

/** A service of the shipped weights on a device of its own. */
export async function openService(options: ServiceOptions = {}) {
  const device = CpuDevice.open({ threads: 1 });
  const model = new ConvolutionalNeuralNetwork().to(device, { seed: 0 });
  const { metadata, tensors } = await readShippedWeights();
  model.loadStateDict(tensors);
  const card = { ...cardOf(metadata), ...options.card };
  normalizeInputs(model, card.normalize);
  const service = new Service(device, model, { ...options, card });
  return { device, service, [Symbol.dispose]: () => device[Symbol.dispose]() };
}

/** A prediction as the service answers it. */
export interface Predicted {
  digit: number;
  probability: number;
  probabilities: number[];
  /** Of pictures alone. */
  is_digit?: boolean;
}

/** A request for predictions. */
export function predictRequest(
  body: BodyInit,
  type: string | null,
  headers: Record<string, string> = {},
): Request {
  return new Request("http://localhost/predict", {
    method: "POST",
    body,
    headers: { ...type === null ? {} : { "content-type": type }, ...headers },
  });
}

/** The predictions of an answer that is no refusal. */
export async function predictionsOf(response: Response): Promise<Predicted[]> {
  const value = await response.json();
  if (response.status !== 200) throw new Error(JSON.stringify(value));
  return value.predictions;
}

/** A number of `/metrics`. */
export async function metric(service: Service, name: string): Promise<number> {
  const response = await service.fetch(new Request("http://localhost/metrics"));
  const line = (await response.text()).split("\n")
    .find((line) => line.startsWith(`${name} `));
  return Number(line?.split(" ")[1]);
}
