import { assert, assertEquals } from "@std/assert";
import { tunable } from "../../../kernels/tunable.ts";
import { fastest } from "../../../src/devices/webgpu/_tuning.ts";
import { WebGpuDevice } from "../../../src/devices/webgpu/webgpu_device.ts";
import { webGpuTest } from "../../_webgpu.ts";

Deno.test("tuning takes for each kernel what is fastest, but for the first run", async () => {
  const seen = new Set<string>();
  const times: Record<string, Record<string, number>> = {
    conv2dForward: { direct: 3, tiled: 1 },
    conv2dInputGradient: { direct: 1, tiled: 3 },
    conv2dWeightGradient: { direct: 5, tiled: 4.5 },
  };
  const choice = await fastest("a GPU", tunable, ({ name }, variant) => {
    const isFirst = !seen.has(name + variant);
    seen.add(name + variant);
    return Promise.resolve(isFirst ? 0 : times[name][variant]);
  });
  assertEquals(Object.fromEntries(choice), {
    conv2dForward: "tiled",
    conv2dInputGradient: "direct",
    conv2dWeightGradient: "tiled",
  });
  const again = await fastest("a GPU", tunable, () => {
    throw new Error("measured again");
  });
  assertEquals(again, choice);
});

webGpuTest("auto measures on a GPU, once a process", async () => {
  const dispatches = [];
  const told: string[] = [];
  const onVariant = (sentence: string) => told.push(sentence);
  for (let time = 0; time < 2; time++) {
    using device = await WebGpuDevice.open({ software: false, onVariant });
    dispatches.push(device.counters.dispatches);
    assertEquals(device.profile, null);
  }
  using forced = await WebGpuDevice.open({
    software: false,
    variant: "direct",
  });
  const [first, second] = dispatches;
  assert(first >= second + 3 * 2 * 3, `${first} and ${second} dispatches`);
  assertEquals(second, forced.counters.dispatches);
  assertEquals(told, []);
});
