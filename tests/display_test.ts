import { assertEquals, assertMatch } from "@std/assert";
import { decode } from "npm:fast-png@8.0.0";
import { Linear, openDevice, ReLU, Sequential, Tensor } from "../mod.ts";
import type { CpuDevice } from "../src/devices/cpu/cpu_device.ts";
import { makeGrid } from "../src/digits/mod.ts";
import {
  confusionMatrix,
  plotHistory,
  plotLosses,
  report,
  showReport,
} from "../src/report/mod.ts";
import { history, trained } from "./report/_training.ts";

/** What Deno's Jupyter kernel shows of a value. */
async function bundle(value: object): Promise<Record<string, string>> {
  const shows = value as Record<symbol, () => unknown>;
  return await shows[Symbol.for("Jupyter.display")]() as Record<string, string>;
}

function png(text: string) {
  return decode(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)));
}

Deno.test("a notebook shows images as such, other tensors as text", async () => {
  using device = await openDevice({ device: "cpu", threads: 1 });
  using images = Tensor.full(device, [120, 1, 9, 8], 1);
  const shown = await bundle(images);
  assertEquals(Object.keys(shown), ["text/plain", "image/png"]);
  assertEquals(shown["text/plain"], await images.toText());
  // The first hundred, ten in a row, with a pixel around each.
  const image = png(shown["image/png"]);
  assertEquals([image.width, image.height], [10 * 9 + 1, 10 * 10 + 1]);
  assertEquals([image.data[0], image.data[91 + 1]], [0, 255]);
  for (const shape of [[2, 3], [9, 8], [16, 1, 5, 5], [2, 3, 9, 8]]) {
    using tensor = Tensor.ones(device, shape);
    assertEquals(await bundle(tensor), { "text/plain": await tensor.toText() });
  }
});

Deno.test("a notebook shows a grid, and equal grids are equal", async () => {
  const pixels = Uint8Array.from({ length: 4 }, (_, i) => 60 * i);
  const grid = makeGrid(pixels, [2, 2], { padding: 0 });
  assertEquals(grid, { width: 2, height: 2, data: pixels });
  const shown = await bundle(grid);
  assertEquals(shown["text/plain"], "image of 2 × 2 pixels");
  assertEquals([...png(shown["image/png"]).data], [...pixels]);
});

Deno.test("a notebook shows a model's layers and parameters", async () => {
  const model = new Sequential(new Linear(4, 300), new ReLU());
  const shown = await bundle(model);
  assertEquals(shown["text/plain"], String(model));
  const cells = Array.from(
    shown["text/html"].matchAll(/<td[^>]*>(?:<code>)?([^<]*)/g),
    ([, text]) => text,
  );
  assertEquals(cells, [
    ...["", "Sequential", ""],
    ...["0", "Linear(in_features=4, out_features=300, bias=True)", "1,500"],
    ...["1", "ReLU()", ""],
    "1,500",
  ]);
});

Deno.test("a notebook shows curves and confusion matrices", async () => {
  const curves = await bundle(await plotHistory(history(2)));
  assertMatch(curves["image/svg+xml"], /^<svg [^]*>val_loss</);
  assertEquals(curves["text/plain"].split("\n").length, 3);
  const losses = [{ step: 20, loss: 4 }, { step: 40, loss: 1 }];
  const line = await bundle(await plotLosses(losses, { smoothing: 0.5 }));
  assertMatch(line["image/svg+xml"], />step<[^]*>smoothed</);
  const matrix = await bundle(confusionMatrix([0, 1, 1], [0, 0, 1], 2));
  assertEquals(matrix["text/plain"], "true  0  1\n0     1  1\n1     0  1");
  assertMatch(matrix["text/html"], /<td class="wrong"[^>]*>1<\/td>/);
});

Deno.test("a notebook shows a report in a frame of its own", async () => {
  using device = await openDevice({ device: "cpu", threads: 1 });
  const training = await trained(device as CpuDevice, 1);
  const options = { date: new Date(0), worst: 1 };
  const shown = await bundle(await showReport(training, options));
  const [, escaped] = shown["text/html"].match(/srcdoc="([^"]*)"/)!;
  const page = escaped.replaceAll("&lt;", "<").replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"').replaceAll("&#39;", "'").replaceAll(
      "&amp;",
      "&",
    );
  assertEquals(page, await report(training, options));
});
