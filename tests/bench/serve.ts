/**
 * `deno task bench:serve`: images a second, and how long a request takes, at 1,
 * 10 and 100 clients of `deno task serve`; and with `--memory N` whether N
 * requests leave its memory as it was.
 *
 * @module
 */

import { parseArgs } from "@std/cli";
import { fromFileUrl } from "@std/path";
import { table } from "../../src/base/table.ts";
import { testDigit } from "../digits/_test_digits.ts";

const help = `A load test of the server.

Usage: deno task bench:serve [options]

  --clients LIST   clients at a time (1,10,100)
  --requests N     requests for each of these, of one image each (3000)
  --threads N      threads of the server's CPU device (2)
  --memory N       then as many requests by ten clients: how much memory grows
  --help           this text`;

/** Requests that warm the server up, and are not counted. */
const warmUp = 500;

/** Memory that may come and go with the collector, in MiB. */
const mostGrowth = 32;

/** A server in a process of its own. */
class Server {
  readonly #child: Deno.ChildProcess;
  readonly address: string;

  private constructor(child: Deno.ChildProcess, address: string) {
    this.#child = child;
    this.address = address;
  }

  static async start(threads: string): Promise<Server> {
    const child = new Deno.Command(Deno.execPath(), {
      args: [
        ...["task", "--quiet", "serve", "--port", "0"],
        ...["--device", "cpu", "--threads", threads],
      ],
      cwd: fromFileUrl(new URL("../..", import.meta.url)),
      stdout: "piped",
    }).spawn();
    let text = "";
    for await (
      const part of child.stdout.pipeThrough(new TextDecoderStream())
    ) {
      text += part;
      const address = /http:\S+/.exec(text)?.[0];
      if (address !== undefined) return new Server(child, address);
    }
    throw new Error("the server did not start");
  }

  /** The memory of its process, in MiB. */
  async memory(): Promise<number> {
    const numbers = await (await fetch(new URL("metrics", this.address)))
      .text();
    const bytes = /^process_resident_memory_bytes (\d+)$/m.exec(numbers)![1];
    return Number(bytes) / 2 ** 20;
  }

  async end(): Promise<void> {
    this.#child.kill("SIGTERM");
    await this.#child.status;
  }
}

/** Sends requests, each client one after another; returns the milliseconds of each. */
async function load(
  { address }: Server,
  clients: number,
  requests: number,
): Promise<number[]> {
  const url = new URL("predict", address);
  const body = new Uint8Array(testDigit(0));
  const headers = { "content-type": "application/octet-stream" };
  const milliseconds: number[] = [];
  let sent = 0;
  const client = async () => {
    while (sent < requests) {
      sent++;
      const start = performance.now();
      const answer = await fetch(url, { method: "POST", body, headers });
      const { predictions } = await answer.json();
      if (predictions?.[0].digit !== 7) throw new Error(`${answer.status}`);
      milliseconds.push(performance.now() - start);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  return milliseconds.sort((one, other) => one - other);
}

async function measure(
  server: Server,
  clients: number,
  requests: number,
): Promise<string[]> {
  await load(server, clients, warmUp);
  const start = performance.now();
  const sorted = await load(server, clients, requests);
  const seconds = (performance.now() - start) / 1000;
  const at = (part: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))];
  return [
    String(clients),
    (requests / seconds).toFixed(0),
    at(0.5).toFixed(1),
    at(0.99).toFixed(1),
  ];
}

/** Says the memory ten times while requests arrive; whether it stayed flat. */
async function watchMemory(server: Server, requests: number): Promise<boolean> {
  const part = Math.ceil(requests / 10);
  await load(server, 10, part);
  const first = await server.memory();
  console.log(`after ${part} requests: ${first.toFixed(0)} MiB`);
  let last = first;
  for (let done = 2 * part; done <= 10 * part; done += part) {
    await load(server, 10, part);
    last = await server.memory();
    console.log(`after ${done} requests: ${last.toFixed(0)} MiB`);
  }
  const growth = last - first;
  console.log(`growth: ${growth.toFixed(0)} MiB, ${mostGrowth} may be`);
  return growth <= mostGrowth;
}

async function main(): Promise<number> {
  const options = parseArgs(Deno.args, {
    string: ["clients", "memory", "requests", "threads"],
    boolean: ["help"],
    default: { clients: "1,10,100", requests: "3000", threads: "2" },
  });
  if (options.help) {
    console.log(help);
    return 0;
  }
  const server = await Server.start(options.threads);
  try {
    const rows: string[][] = [];
    for (const clients of options.clients.split(",").map(Number)) {
      rows.push(await measure(server, clients, Number(options.requests)));
    }
    const head = ["clients", "images/s", "median ms", "p99 ms"];
    console.log(table([head, ...rows], 0));
    const { memory } = options;
    const isFlat = memory === undefined ||
      await watchMemory(server, Number(memory));
    return isFlat ? 0 : 1;
  } finally {
    await server.end();
  }
}

if (import.meta.main) Deno.exit(await main());
