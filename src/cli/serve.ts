import { describe } from "../base/errors.ts";
import { openDevice } from "../devices/select.ts";
import { Service } from "../serve/mod.ts";
import type { Command } from "./_command.ts";
import { firstLabelOption } from "./_data_options.ts";
import { Interrupt } from "./_interrupt.ts";
import { machineOf, machineOptions } from "./_machine.ts";
import { modelOptions } from "./_model.ts";
import { usage, wholeNumber } from "./_options.ts";
import { Output, verboseOption } from "./_output.ts";
import { openPage } from "./_page.ts";

/** `deno task serve`. */
export const serve: Command = {
  name: "serve",
  groups: [{
    options: [
      {
        name: "host",
        value: "ADDRESS",
        default: "127.0.0.1",
        help: "where it listens; 0.0.0.0 for every network of this machine",
      },
      {
        name: "port",
        value: "N",
        default: "8000",
        help: "its port; 0 for any that is free",
      },
      {
        name: "names",
        value: "NAME,…",
        help: "names by which it may be called, beside IP addresses",
        shown: "localhost",
      },
      {
        name: "data",
        value: "DIR",
        default: "data",
        help:
          "images for the page, to look at and to train on, if they are there",
      },
      ...modelOptions,
      firstLabelOption,
      ...machineOptions,
      verboseOption,
    ],
  }],
  notes:
    "POST /predict takes a picture (Content-Type: image/png or another), " +
    "several as multipart/form-data, MNIST's bytes as " +
    "application/octet-stream, or application/json with { images: [[…]] }, " +
    "and answers with the probability of each class. GET /openapi.json says " +
    "all; there are /health and, for Prometheus, /metrics. On Ctrl-C or " +
    "SIGTERM requests that are here are answered, then it ends.",
  async run(given) {
    const { values } = given;
    const output = new Output("serve", given);
    const machine = machineOf("serve", values);
    const port = portOf(values.port);
    using device = await openDevice({
      ...machine,
      onVariant: (sentence) => output.detail(sentence),
      onChoice: (sentence) => output.detail(`device: ${sentence}`),
    });
    const { contents, model } = await openPage("serve", device, given, output, {
      split: "train",
    });
    const service = new Service(device, model, {
      ...contents,
      names: values.names.split(",").filter((name) => name !== ""),
    });
    using interrupt = new Interrupt("when all are answered");
    const server = listen(
      service,
      values.host,
      port,
      (address) => output.say(`serving ${address} on ${device.label}`),
    );
    await ended(interrupt.signal);
    // First: Deno 2.9 cuts off what is still being read when it shuts down.
    await service.end();
    await server.shutdown();
    throw interrupt.signal.reason;
  },
};

function portOf(text: string): number {
  const port = wholeNumber("serve", "port", text, 0);
  if (port < 65_536) return port;
  throw usage("serve", `--port: expected at most 65535, got ${text}`);
}

/** Resolves when the signal is aborted. */
function ended(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) =>
    signal.addEventListener("abort", () => resolve(), { once: true })
  );
}

function listen(
  service: Service,
  hostname: string,
  port: number,
  onListen: (address: string) => void,
): Deno.HttpServer {
  try {
    return Deno.serve({
      hostname,
      port,
      onListen: ({ hostname, port }) => {
        const name = hostname.includes(":") ? `[${hostname}]` : hostname;
        onListen(`http://${name}:${port}/`);
      },
    }, service.fetch);
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    throw new RangeError(
      describe({
        what: `serve: ${hostname}, port ${port}`,
        expected: "a free port of this machine",
        got: (error as Error).message,
        help: "--port 0 takes any that is free.",
      }),
      { cause: error },
    );
  }
}
