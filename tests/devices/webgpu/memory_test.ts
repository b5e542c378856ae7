import { assert, assertEquals } from "@std/assert";
import { capture } from "../../../src/core/capture.ts";
import { Tensor } from "../../../src/core/tensor.ts";
import { WebGpuDevice } from "../../../src/devices/webgpu/webgpu_device.ts";
import { mul } from "../../../src/ops/mod.ts";
import { webGpuTest } from "../../_webgpu.ts";
import { tamperedAdapter } from "./_adapter.ts";

/** The growth by a leak of 16 KB a step. Measured: 1 MB. */
const leak = 32 * 2 ** 20;

/** Runs a program of this folder, and gives what it prints. */
async function measured(file: string): Promise<Record<string, number>> {
  const { code, stderr, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-check", "--unstable-webgpu", "--allow-all"]
      .concat(new URL(file, import.meta.url).href),
  }).output();
  const decoder = new TextDecoder();
  assertEquals(code, 0, decoder.decode(stderr));
  return JSON.parse(decoder.decode(stdout));
}

webGpuTest("2,000 captured steps take no more memory than 220", async () => {
  const grown = await measured("_steady_training.ts");
  assertEquals(grown.steps, 2200);
  assertEquals(grown.allocations, 0);
  assertEquals(grown.bindGroups, 0);
  assertEquals(grown.bytes, 0);
  assert(grown.rss < leak, `${grown.rss / 2 ** 20} MB more`);
  // Several steps go in one submit, as nothing waits for them.
  assert(grown.submits < 2000 / 4);
}, { permissions: ["run"] });

// Measured: 2 MB; without the collector 200 MB.
webGpuTest("devices opened and closed leave no memory behind", async () => {
  const { rss } = await measured("_opened_often.ts");
  assert(rss < 20 * 2 ** 20, `${rss / 2 ** 20} MB more`);
}, { permissions: ["run"] });

webGpuTest("inputs of ever new sizes do not use up the memory", async () => {
  using device = await WebGpuDevice.open();
  using double = capture(device, (x: Tensor) => mul(x, 2));
  using x = Tensor.from(device, [3, 4]);
  assertEquals(await double(x).tolist(), [6, 8]);
  const [most, large] = [2 ** 30, 2 ** 26];
  const kept: Tensor[] = [];
  // Nothing touches the large ones, so that the system gives them no memory.
  for (let round = 0; round < 50; round++) {
    using _large = Tensor.empty(device, [large / 4 - 64 * round]);
    using written = Tensor.from(device, [round, ...Array(round).fill(1)]);
    kept.push(mul(written, 2));
    assertEquals(await double(x).tolist(), [6, 8]);
    assert(device.counters.bytes < most + 2 * large);
  }
  for (const [round, twice] of kept.entries()) {
    assertEquals((await twice.data())[0], 2 * round);
    twice[Symbol.dispose]();
  }
});

webGpuTest("readings of many sizes share their buffers", async () => {
  let made = 0;
  const adapter = await tamperedAdapter({
    onDevice(gpu) {
      const create = gpu.createBuffer.bind(gpu);
      gpu.createBuffer = (descriptor) => {
        made += Number(descriptor.label === "read-back");
        return create(descriptor);
      };
    },
  });
  using device = await WebGpuDevice.open({ adapter });
  made = 0;
  for (let round = 0; round < 200; round++) {
    const values = Float32Array.from(
      { length: 1 + 79 * round % 200 },
      (_, i) => round + i,
    );
    using x = Tensor.from(device, values);
    assertEquals(await x.data(), values);
  }
  assert(made <= 9, `${made} buffers`);
});
