import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import type { Precision } from "../../src/devices/device.ts";
import { type DeviceChoice, openDevice } from "../../src/devices/select.ts";
import { isSoftware } from "../../src/devices/webgpu/adapter.ts";
import { DeviceError } from "../../src/base/errors.ts";
import { webGpuTest } from "../_webgpu.ts";
import { tamperedAdapter } from "./webgpu/_adapter.ts";

/** Opens a device as if the platform gave this adapter. */
async function openWith(
  adapter: GPUAdapter | null | Promise<never>,
  choice: DeviceChoice,
  precision?: Precision,
) {
  const sentences: string[] = [];
  const requestAdapter = () => Promise.resolve(adapter);
  Object.defineProperty(navigator.gpu, "requestAdapter", {
    configurable: true,
    value: requestAdapter,
  });
  try {
    using device = await openDevice({
      device: choice,
      precision,
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

/** The name of an adapter that a test makes up. */
const gpu = { vendor: "Wonder", description: "Wonder 9000" };

/** An adapter that calls itself hardware, and gives the device. */
function adapterOf(requestDevice: () => Promise<GPUDevice>): GPUAdapter {
  return {
    info: { ...gpu, isFallbackAdapter: false },
    features: new Set(["shader-f16"]),
    limits: {},
    requestDevice,
  } as unknown as GPUAdapter;
}

/** What WebGPU is like before Deno 2.7. */
const oldDevices: [string, Partial<Record<keyof GPUDevice, unknown>>][] = [
  ["device.lost", { lost: undefined, popErrorScope: () => Promise.resolve() }],
  ["device.popErrorScope()", {
    lost: Promise.resolve(),
    popErrorScope: () => null,
  }],
];

for (const [missing, members] of oldDevices) {
  const device = { ...members, pushErrorScope() {}, destroy() {} };
  const open = () => Promise.resolve(device as unknown as GPUDevice);
  const expected =
    `webgpu: expected Deno 2.7 or later, got Deno ${Deno.version.deno}, whose WebGPU is without ${missing}`;

  Deno.test(`auto takes the CPU where WebGPU has no ${missing}`, async () => {
    const { kind, sentence } = await openWith(adapterOf(open), "auto");
    assertEquals(kind, "cpu");
    assertEquals(
      sentence.slice(sentence.indexOf(": ") + 2),
      `the WebGPU adapter Wonder 9000 cannot be used (${expected})`,
    );
  });

  Deno.test(`webgpu without ${missing} names the least Deno`, async () => {
    await assertRejects(
      () => openWith(adapterOf(open), "webgpu"),
      DeviceError,
      `${expected}. Help: Run \`deno upgrade\`, or use \`device: "cpu"\`.`,
    );
  });
}

Deno.test("auto takes the CPU where an adapter gives no device", async () => {
  const adapter = adapterOf(() =>
    Promise.reject(new TypeError("out\nof luck"))
  );
  const { kind, sentence } = await openWith(adapter, "auto");
  assertEquals(kind, "cpu");
  assertMatch(sentence, /Wonder 9000 cannot be used \(.*, got out of luck\)$/);
  // The CPU cannot do what is asked for, so the adapter's failure is the error.
  await assertRejects(
    () => openWith(adapter, "auto", "f16"),
    DeviceError,
    "webgpu: the adapter Wonder 9000 gives no device",
  );
});

Deno.test("auto takes the CPU where looking for an adapter fails", async () => {
  const failing = () => Promise.reject(new TypeError("no driver"));
  const { kind, sentence } = await openWith(failing(), "auto");
  assertEquals(kind, "cpu");
  assertMatch(sentence, /: WebGPU cannot be used \(webgpu: .* no driver\)$/);
  await assertRejects(
    () => openWith(failing(), "webgpu"),
    DeviceError,
    "webgpu: the platform fails to look for an adapter: got no driver. Help:",
  );
});

webGpuTest("auto takes the CPU where an adapter computes wrongly", async () => {
  const adapter = await tamperedAdapter({
    features: [],
    shader: (source) => source.replaceAll("+=", "-="),
  });
  const { kind, sentence } = await openWith(named(adapter, false), "auto");
  assertEquals(kind, "cpu");
  assertMatch(
    sentence,
    /Wonder 9000 cannot be used \(self-test of webgpu .*\)$/,
  );
  assertEquals(sentence.includes("Help"), false);
});

Deno.test("adapters that run on the CPU are known by their names", () => {
  const names = [
    "llvmpipe (LLVM 15.0.6, 256 bits)",
    "lavapipe",
    "SwiftShader Device (Subzero)",
    "Microsoft Basic Render Driver",
  ];
  for (const description of names) {
    const info = { vendor: "", description, isFallbackAdapter: false };
    assertEquals(isSoftware(info), true, description);
  }
  assertEquals(isSoftware({ ...gpu, isFallbackAdapter: false }), false);
  assertEquals(isSoftware({ ...gpu, isFallbackAdapter: true }), true);
});

Deno.test("auto leaves an adapter whose name is that of a CPU's", async () => {
  const adapter = adapterOf(() => Promise.reject(new Error("was opened")));
  const description = "llvmpipe (LLVM 15.0.6, 256 bits)";
  Object.assign(adapter.info, { description });
  const { kind, sentence } = await openWith(adapter, "auto");
  assertEquals(kind, "cpu");
  const reason = `: the only WebGPU adapter is software (${description})`;
  assertEquals(sentence.endsWith(reason), true, sentence);
});

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
}, { permissions: ["read", "run"] });
