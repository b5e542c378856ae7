import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { type DeviceChoice, openDevice } from "../../src/devices/select.ts";
import { DeviceError } from "../../src/base/errors.ts";
import { webGpuTest } from "../_webgpu.ts";

/** Opens a device as if the platform gave this adapter. */
async function openWith(adapter: GPUAdapter | null, choice: DeviceChoice) {
  const sentences: string[] = [];
  const requestAdapter = () => Promise.resolve(adapter);
  Object.defineProperty(navigator.gpu, "requestAdapter", {
    configurable: true,
    value: requestAdapter,
  });
  try {
    using device = await openDevice({
      device: choice,
      onChoice: (sentence) => sentences.push(sentence),
    });
    return { kind: device.kind, sentence: sentences.join() };
  } finally {
    Reflect.deleteProperty(navigator.gpu, "requestAdapter");
  }
}

function named(adapter: GPUAdapter, isFallbackAdapter: boolean): GPUAdapter {
  const info = { description: "Wonder 9000", isFallbackAdapter };
  return new Proxy(adapter, {
    get(target, key) {
      const value = key === "info" ? info : Reflect.get(target, key);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

Deno.test("auto takes the CPU where there is no adapter", async () => {
  const { kind, sentence } = await openWith(null, "auto");
  assertEquals(kind, "cpu");
  assertMatch(sentence, /^cpu \(.*\): there is no WebGPU adapter$/);
});

Deno.test("webgpu without an adapter is an error with a way out", async () => {
  await assertRejects(
    () => openWith(null, "webgpu"),
    DeviceError,
    "webgpu: expected a WebGPU adapter, got none. Help: Install",
  );
});

webGpuTest("auto leaves an adapter that is software", async () => {
  const adapter = (await navigator.gpu.requestAdapter())!;
  const { kind, sentence } = await openWith(named(adapter, true), "auto");
  assertEquals(kind, "cpu");
  assertMatch(sentence, /the only WebGPU adapter is software \(Wonder 9000\)/);
});

webGpuTest("auto takes an adapter that is a GPU", async () => {
  const adapter = (await navigator.gpu.requestAdapter())!;
  const found = await openWith(named(adapter, false), "auto");
  assertEquals(found, {
    kind: "webgpu",
    sentence: "webgpu (Wonder 9000): a hardware adapter",
  });
});

webGpuTest("webgpu takes whatever adapter there is", async () => {
  const adapter = (await navigator.gpu.requestAdapter())!;
  const { kind, sentence } = await openWith(named(adapter, true), "webgpu");
  assertEquals(kind, "webgpu");
  assertEquals(sentence, "webgpu (Wonder 9000): as asked for");
});

Deno.test("an unknown device is a TypeError", async () => {
  await assertRejects(
    () => openDevice({ device: "tpu" as DeviceChoice }),
    TypeError,
    "device: expected auto, webgpu or cpu, got tpu",
  );
});

// Where there is no Vulkan driver, Deno finds an adapter of OpenGL.
webGpuTest("an OpenGL adapter computes rightly or is refused", async () => {
  const program = `
    import { DeviceError, openDevice, sum, Tensor } from "./mod.ts";
    try {
      using device = await openDevice({ device: "webgpu" });
      const x = Tensor.from(device, new Float32Array(9000).fill(2), [9000]);
      console.log(await sum(x).item());
    } catch (error) {
      if (!(error instanceof DeviceError)) throw error;
      console.log(18000);
    }`;
  const root = new URL("../../", import.meta.url);
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--unstable-webgpu", program],
    cwd: root,
    env: { NO_COLOR: "1", DENO_WEBGPU_BACKEND: "gl" },
  }).output();
  assertEquals(code, 0);
  assertEquals(new TextDecoder().decode(stdout), "18000\n");
});
