/** The library as a page has it: how large it is, and that it works there. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { fromFileUrl, join, toFileUrl } from "@std/path";
import { pack } from "../../src/formats/gzip.ts";
import { bundleProgram } from "../../src/serve/page/bundle.ts";
import { browserTest } from "../_browser.ts";
import { run, told } from "../cli/_program.ts";
import { needs } from "../permissions.ts";
import { temporaryFolder } from "../temporary_folder.ts";

needs(import.meta.url, "env", "net", "read", "run", "write");

const root = fromFileUrl(new URL("../..", import.meta.url));

/** The PyTorch notebook's network and a step of its training. */
const training = `import * as nn from "@x/mnist-cnn/browser";

const device = nn.setDefaultDevice(await nn.openDevice());
const block = (inputs: number, outputs: number) => [
  new nn.Conv2d(inputs, outputs, 5, { padding: 2 }),
  new nn.BatchNorm2d(outputs),
  new nn.ReLU(),
  new nn.MaxPool2d(2),
];
const model = new nn.Sequential(
  ...[...block(1, 16), ...block(16, 32), new nn.Flatten()],
  new nn.Linear(1568, 10),
).to();
const optimizer = new nn.Adam(model.parameters(), { lr: 0.01 });
const step = nn.capture((images: nn.Tensor, labels: nn.Labels) => {
  using tape = new nn.Tape();
  const loss = nn.crossEntropy(model.forward(images), labels);
  optimizer.zeroGrad();
  tape.backward(loss);
  optimizer.step();
});
const images = new Uint8Array(784 * 1000);
const data = new nn.TensorDataset(images, new Uint8Array(1000), {
  rowShape: [1, 28, 28],
  classes: 10,
});
const batches = new nn.DataLoader(data, { batchSize: 100, shuffle: true });
for await (const [images, labels] of batches) step(images, labels);
console.log(device.label, String(model));
`;

/** Makes a program, in parts or whole; returns them by name, the first first. */
async function bundled(
  source: string,
  isSplit: boolean,
): Promise<ReadonlyMap<string, string>> {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "program.ts");
  await Deno.writeTextFile(path, source);
  return await bundleProgram(toFileUrl(path).href, isSplit);
}

/** Parts and what they import at once. */
function loaded(
  parts: ReadonlyMap<string, string>,
  names: readonly string[],
): string[] {
  const found = new Set<string>();
  const visit = (name: string) => {
    if (found.has(name)) return;
    found.add(name);
    const imports = parts.get(name)!.matchAll(/(?:from|import)"\.\/([^"]+)"/g);
    for (const [, other] of imports) visit(other);
  };
  names.forEach(visit);
  return [...found].map((name) => parts.get(name)!);
}

/** Bytes of texts, each packed by gzip. */
async function packedSize(texts: readonly string[]): Promise<number> {
  let bytes = 0;
  for (const text of texts) {
    bytes += (await pack(new TextEncoder().encode(text))).length;
  }
  return bytes;
}

Deno.test("a program takes what it uses: Linear 40 kB, a training 120", async () => {
  const linear = await bundled(
    `import { Linear } from "@x/mnist-cnn/browser";
    console.log(String(new Linear(2, 3)));`,
    false,
  );
  const own = await packedSize([...linear.values()]);
  assert(own <= 40_000, `Linear: ${own} bytes`);
  const parts = await bundled(training, true);
  const device = [...parts.keys()].find((name) => /^webgpu_device/.test(name));
  const texts = loaded(parts, ["program.js", device!]);
  const bytes = await packedSize(texts);
  assert(bytes <= 120_000, `training: ${bytes} bytes`);
  // What is for adapters that are processors is there, but for them alone.
  const isForThem = (text: string) => text.includes("/llvmpipe/");
  assertEquals(texts.filter(isForThem), []);
  assert([...parts.values()].some(isForThem), "kernels for processors");
});

Deno.test("a program may have using at its top, but for one that exports", async () => {
  const source = `import { openDevice } from "@x/mnist-cnn/browser";
using device = await openDevice({ device: "cpu", threads: 1 });
console.log(device.kind);
`;
  await using folder = await temporaryFolder();
  const path = (name: string) => join(folder.path, name);
  const [text] = (await bundled(source, false)).values();
  assertEquals(/\busing \w+=/.test(text), false);
  await Deno.writeTextFile(path("program.js"), text);
  const args = ["run", "--no-config", path("program.js")];
  const ran = await told(new Deno.Command(Deno.execPath(), { args }));
  assertEquals(ran, { code: 0, stderr: "", stdout: "cpu\n" });
  await Deno.writeTextFile(path("module.ts"), `${source}export const a = 1;\n`);
  const out = ["--out", path("out")];
  const refused = await run("bundle", path("module.ts"), ...out);
  assertEquals(refused.code, 1);
  assertMatch(
    refused.stderr,
    /^error: bundle: module\.ts: [^\n]*using outside a block[^\n]*\. Help: Put `using` into a block/,
  );
});

Deno.test("a module does little when it is loaded", async () => {
  const rest = await bundled(`import "@x/mnist-cnn/browser";`, false);
  const [{ length }] = rest.values();
  const help = "mark what it makes /* @__PURE__ */";
  assert(length <= 72_000, `${length} bytes are left of no names: ${help}`);
});

const types: Readonly<Record<string, string>> = {
  html: "text/html",
  js: "text/javascript",
};

/** Has a page draw the same random numbers each time. */
const drawTheSame = `{
  let state = 1;
  const next = () => state = Math.imul(state, 48271) & 0x7fffffff;
  Math.random = () => next() / 2 ** 31;
  crypto.getRandomValues = (array) => array.map(next);
}`;

browserTest("a page trains by a script tag, and predicts", async (page) => {
  await using folder = await temporaryFolder();
  const out = join(folder.path, "browser");
  const { code, stderr } = await run("bundle", "--out", out);
  assertEquals([code, stderr], [0, ""]);
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    async (request) => {
      const { pathname } = new URL(request.url);
      const type = types[pathname.split(".").at(-1)!];
      if (type === undefined) {
        return new Response("<link rel=icon href=data:,>");
      }
      const base = pathname.startsWith("/browser/") ? folder.path : root;
      const bytes = await Deno.readFile(join(base, pathname));
      return new Response(bytes, { headers: { "content-type": type } });
    },
  );
  try {
    const problems: string[] = [];
    page.on("pageerror", (error) => problems.push(String(error)));
    page.on("console", (message) => {
      if (!message.text().includes("favicon")) problems.push(message.text());
    });
    await page.evaluateOnNewDocument(drawTheSame);
    await page.goto(
      `http://127.0.0.1:${server.addr.port}/examples/browser.html`,
    );
    const shown = "document.getElementById('result').textContent !== ''";
    await page.waitForFunction(shown, { timeout: 60_000 });
    const losses = await page.$$eval(
      "#losses li",
      (lines) => lines.map(({ textContent }) => Number(textContent)),
    );
    assertEquals(losses.length, 3);
    assert(losses[2] < losses[0] / 2, losses.join());
    const result = await page.$eval("#result", (line) => line.textContent!);
    assert(parseInt(result) >= 80, result);
    const refusal = await page.evaluate(`(async () => {
      const { openDevice } = await import("/browser/mod.js");
      Object.defineProperty(navigator, "gpu", { value: undefined });
      return await openDevice({ device: "webgpu" }).catch(String);
    })()`);
    assertEquals(
      refusal,
      "DeviceError: webgpu: expected a program that runs with WebGPU, got " +
        "none. Help: Use a browser that has WebGPU, by HTTPS or on this " +
        'machine, or `device: "cpu"`.',
    );
    assertEquals(problems, []);
  } finally {
    await page.close();
    await server.shutdown();
  }
});
