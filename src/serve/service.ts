import { describe, DeviceError, LibraryError } from "../base/errors.ts";
import { checkOptions } from "../base/options.ts";
import type { Device } from "../devices/device.ts";
import {
  checkPictureInput,
  type Classifier,
  type ModelCard,
} from "../models/mod.ts";
import { Batcher } from "./_batcher.ts";
import { readBody } from "./_body.ts";
import { imagesOf } from "./_images.ts";
import { Metrics, metricsType } from "./_metrics.ts";
import { openApi } from "./_openapi.ts";
import { predictionsOf } from "./_predictions.ts";
import { Refusal, within } from "./_refusal.ts";
import { answer, get, json, type Route } from "./_answers.ts";
import { pageRoutes } from "./_page_routes.ts";
import { checkSender } from "./_sender.ts";

/** The limits of a service, and who may call it. */
export interface ServiceOptions {
  /** Names of the server beside IP addresses and `localhost`. Default none. */
  names?: readonly string[];
  /** The most bytes of a body. Default 8 MiB. */
  maxBody?: number;
  /** The most images of a request, and of a batch. Default 256. */
  maxImages?: number;
  /** The most requests for predictions at a time. Default 256. */
  maxRequests?: number;
  /** Seconds for a body to arrive, and for an answer. Default 10. */
  timeout?: number;
  /**
   * Milliseconds that a batch waits for requests that are being read.
   * Default 5.
   */
  patience?: number;
  /** Images that the page offers to click. Default none. */
  samples?: readonly Sample[];
  /**
   * What the weights were trained with: names of classes and the temperature
   * for the answers, and how the page normalises, as the model does. Default:
   * MNIST's digits as they are.
   */
  card?: ModelCard;
  /**
   * Reads images that the page offers to train on, when it asks for them.
   * Default: it offers no training.
   */
  training?: (() => Promise<TrainingImages>) | null;
}

/** Images to train on in the page. */
export interface TrainingImages {
  /** 28 × 28 bytes an image, 0 (paper) to 255 (ink). */
  readonly pixels: Uint8Array;
  /** The digit, or class, of each. */
  readonly labels: Uint8Array;
}

/** An image of the page. */
export interface Sample {
  /** 28 × 28 pixels, 0 (paper) to 255 (ink). */
  readonly pixels: Uint8Array;
  /** The digit, or class, that it is. */
  readonly label: number;
}

/**
 * Answers requests for predictions: `POST /predict`, and `GET` of `/health`,
 * `/metrics` and `/openapi.json`. Requests that arrive together are one batch.
 * `GET /` is a page to draw digits on; the network runs in the page.
 *
 * @example
 * ```ts
 * import { ConvolutionalNeuralNetwork, openDevice, readShippedWeights } from "@x/mnist-cnn";
 * import { Service } from "@x/mnist-cnn/serve";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice({ device: "cpu" });
 * const model = new ConvolutionalNeuralNetwork().to(device);
 * model.loadStateDict((await readShippedWeights()).tensors);
 * const service = new Service(device, model);
 *
 * const pixels = new Uint8Array(28 * 28);
 * for (let y = 4; y < 24; y++) pixels.fill(255, y * 28 + 13, y * 28 + 15);
 * const response = await service.fetch(
 *   new Request("http://localhost/predict", {
 *     method: "POST",
 *     headers: { "content-type": "application/octet-stream" },
 *     body: pixels,
 *   }),
 * );
 * const { predictions } = await response.json();
 * assertEquals(predictions[0].digit, 1);
 * ```
 */
export class Service {
  readonly #device: Device;
  readonly #options: Required<ServiceOptions>;
  readonly #batcher: Batcher;
  readonly #metrics = new Metrics();
  readonly #routes: Readonly<Record<string, Route>>;
  #open = 0;
  #isEnding = false;
  readonly #idle = Promise.withResolvers<void>();
  #failure: string | null = null;

  /**
   * A service of a model.
   *
   * @param device Where the model is.
   * @param model From `[N, 1, 28, 28]` to logits; left in evaluation mode.
   * @throws {RangeError} If a limit is not above zero.
   * @throws {ShapeError} If the card is of weights for other images.
   */
  constructor(device: Device, model: Classifier, options: ServiceOptions = {}) {
    checkOptions("Service", options, [
      ...["maxBody", "maxImages", "maxRequests"] as const,
      ...["card", "names", "patience", "samples"] as const,
      ...["timeout", "training"] as const,
    ]);
    checkPictureInput("Service", options.card ?? {});
    this.#options = {
      card: options.card ?? {},
      names: options.names ?? [],
      maxBody: limit("maxBody", options.maxBody ?? 8 * 1024 ** 2),
      maxImages: limit("maxImages", options.maxImages ?? 256),
      maxRequests: limit("maxRequests", options.maxRequests ?? 256),
      timeout: limit("timeout", options.timeout ?? 10),
      patience: limit("patience", options.patience ?? 5),
      samples: options.samples ?? [],
      training: options.training ?? null,
    };
    this.#device = device;
    this.#batcher = new Batcher(device, model, {
      mostImages: this.#options.maxImages,
      patience: this.#options.patience,
      temperature: this.#options.card.temperature,
      onBatch: (images) => this.#metrics.batch(images),
    });
    this.#routes = {
      "/predict": {
        method: "POST",
        answer: (request) => this.#predict(request),
      },
      "/health": get(() => this.#health(device, model)),
      "/metrics": get(() => this.#numbers()),
      "/openapi.json": get(() => json(openApi(this.#options.maxImages))),
      ...pageRoutes(model, this.#options),
    };
  }

  /**
   * Answers a request; a server's handler, also apart from the object.
   *
   * @param request Any request.
   * @returns The answer; it is never rejected.
   */
  readonly fetch = async (request: Request): Promise<Response> => {
    const start = performance.now();
    const { pathname } = new URL(request.url);
    const isKnown = Object.hasOwn(this.#routes, pathname);
    const response = await this.#answer(
      request,
      isKnown ? this.#routes[pathname] : null,
    );
    const seconds = (performance.now() - start) / 1000;
    const path = isKnown ? pathname : "other";
    this.#metrics.answered(path, response.status, seconds);
    return response;
  };

  /**
   * Refuses requests for predictions from now on, and says so in `/health`.
   * Resolves when those that are here are answered; it is the moment to shut a
   * server down.
   */
  async end(): Promise<void> {
    this.#isEnding = true;
    if (this.#open > 0) await this.#idle.promise;
  }

  async #answer(request: Request, route: Route | null): Promise<Response> {
    try {
      checkSender(request, this.#options.names);
      if (route === null) throw this.#notFound();
      const method = request.method === "HEAD" ? "GET" : request.method;
      if (method !== route.method) throw wrongMethod(route.method);
      return await route.answer(request);
    } catch (error) {
      if (error instanceof Refusal) {
        const { headers, message, status } = error;
        return json({ error: message }, status, headers);
      }
      if (error instanceof LibraryError) {
        return json({ error: error.message }, 503);
      }
      console.error(error);
      if (error instanceof DeviceError) this.#failure = error.message;
      return json({ error: "the server failed; its log says why" }, 500);
    }
  }

  async #predict(request: Request): Promise<Response> {
    if (this.#isEnding) throw busy("the server is ending");
    if (this.#open >= this.#options.maxRequests) {
      throw busy(`${this.#open} requests wait`);
    }
    const { maxBody, maxImages, timeout } = this.#options;
    this.#open++;
    try {
      const body = await readBody(request, maxBody, timeout);
      const type = request.headers.get("content-type") ?? "";
      const predictions = await within(
        predictionsOf(
          this.#device,
          this.#batcher,
          this.#options.card,
          imagesOf(body, type, maxImages),
        ),
        timeout,
        () => busy(`no answer within ${timeout} seconds`),
      );
      this.#failure = null;
      return json({ predictions });
    } finally {
      this.#open--;
      if (this.#isEnding && this.#open === 0) this.#idle.resolve();
    }
  }

  #health(device: Device, model: Classifier): Response {
    if (this.#isEnding) throw busy("the server is ending");
    if (this.#failure !== null) throw busy(this.#failure);
    const { classes } = model;
    return json({ status: "ok", device: device.label, classes });
  }

  #numbers(): Response {
    const text = this.#metrics.text({
      open_requests: this.#open,
      waiting_images: this.#batcher.waiting,
      process_resident_memory_bytes: Deno.memoryUsage().rss,
    });
    return answer(text, metricsType);
  }

  #notFound(): Refusal {
    const paths = Object.keys(this.#routes).join(", ");
    return new Refusal(404, {
      what: "path",
      expected: paths,
      got: "another one",
      help: "See /openapi.json.",
    });
  }
}

function busy(reason: string): Refusal {
  return new Refusal(
    503,
    { what: reason, help: "Send it again a little later." },
    { "retry-after": "1" },
  );
}

function wrongMethod(allow: string): Refusal {
  return new Refusal(
    405,
    { what: "method", expected: allow, help: "See /openapi.json." },
    { allow },
  );
}

function limit(name: string, value: number): number {
  if (value > 0) return value;
  throw new RangeError(describe({
    what: `Service: ${name}`,
    expected: "a number above zero",
    got: String(value),
    help: "Leave it out for the default.",
  }));
}
