import { checkOptions } from "../base/options.ts";
import { CpuDevice, defaultThreads } from "../devices/cpu/cpu_device.ts";
import { makesWideVectors } from "../devices/cpu/wide_vectors.ts";
import type { Device } from "../devices/device.ts";
import { openDevice } from "../devices/select.ts";
import {
  isSoftware,
  leastDeno,
  requestAdapter,
} from "../devices/webgpu/adapter.ts";
import { WebGpuDevice } from "../devices/webgpu/webgpu_device.ts";
import { isDenoBefore } from "../base/deno_version.ts";
import { DeviceError } from "../base/errors.ts";
import { type AdapterReport, findAdapters } from "./adapters.ts";
import {
  type Missing,
  missingParts,
  readCards,
  readDistributions,
} from "./advice.ts";
import { type Benchmark, benchmark, trialOf } from "./trial.ts";

/** A device that was tried. */
export interface DeviceReport {
  /** Which kind of device. */
  readonly kind: "cpu" | "webgpu";
  /** Its name; null where it could not be opened. */
  readonly label: string | null;
  /** The failure, or null if it computes rightly. */
  readonly failure: string | null;
  /** How fast it trains; null where something went wrong. */
  readonly benchmark: Benchmark | null;
}

/** The devices of this machine. */
export interface Diagnosis {
  /** Deno's version. */
  readonly deno: string;
  /** System and processor: `linux x86_64`. */
  readonly system: string;
  /** Threads of the CPU device. */
  readonly threads: number;
  /** WebAssembly's SIMD. */
  readonly simd: boolean;
  /** WebAssembly's relaxed SIMD, with a multiplication and addition in one. */
  readonly relaxedSimd: boolean;
  /**
   * Bits of the vectors in which the CPU device multiplies matrices: 256 where V8 was
   * started for them and this may be known, else 128.
   */
  readonly vectorBits: 128 | 256;
  /** Bytes of memory, all and free; null where that may not be asked. */
  readonly memory:
    | { readonly total: number; readonly available: number }
    | null;
  /** All WebGPU adapters; null where that may not be asked. */
  readonly adapters: readonly AdapterReport[] | null;
  /** The choice of `auto`, and its reason; null if that fails. */
  readonly auto: string | null;
  /** Every device, after its self-test. */
  readonly devices: readonly DeviceReport[];
  /** Missing parts, and how to get them. */
  readonly missing: readonly Missing[];
  /** Whether all devices compute rightly and `auto` finds one. */
  readonly healthy: boolean;
}

/** How to examine. */
export interface ExamineOptions {
  /** Seconds of the benchmark of each device. Default 1. */
  seconds?: number;
}

/**
 * Looks at what is there to train on, and tries it by real work: every device
 * trains the network for some steps, its losses are compared with those of the
 * reference kernels, and it is timed.
 *
 * Adapters are only found with `--allow-env=DENO_WEBGPU_BACKEND`, memory with
 * `--allow-sys=systemMemoryInfo`, the system's name, for what to install, with
 * `--allow-read=/etc/os-release`, graphics cards on Linux with `--allow-all`.
 *
 * @example
 * ```ts
 * import { examine } from "@x/mnist-cnn/doctor";
 * import { assertEquals } from "@std/assert";
 *
 * const { devices } = await examine({ seconds: 0 });
 * assertEquals(devices[0].kind, "cpu");
 * assertEquals(devices[0].failure, null);
 * ```
 */
export async function examine(
  options: ExamineOptions = {},
): Promise<Diagnosis> {
  checkOptions("examine", options, ["seconds"]);
  const { seconds = 1 } = options;
  const adapters = await findAdapters();
  const own = (await attempt(requestAdapter)).result;
  const auto = await attempt(chooseDevice);
  const devices = [await tryDevice("cpu", () => CpuDevice.open(), seconds)];
  if (own !== null && !isDenoBefore(Deno.version.deno, leastDeno)) {
    const open = () => WebGpuDevice.open();
    devices.push(await tryDevice("webgpu", open, seconds));
  }
  const known = adapters ?? [];
  const vectorBits = makesWideVectors() ? 256 : 128;
  return {
    deno: Deno.version.deno,
    system: `${Deno.build.os} ${Deno.build.arch}`,
    threads: defaultThreads(),
    simd: WebAssembly.validate(SIMD),
    relaxedSimd: WebAssembly.validate(RELAXED_SIMD),
    vectorBits,
    memory: await readMemory(),
    adapters,
    auto: auto.result,
    devices,
    missing: missingParts({
      processor: Deno.build.arch,
      vectorBits,
      hasWebGpu: navigator.gpu !== undefined,
      deno: Deno.version.deno,
      os: Deno.build.os,
      distributions: await readDistributions(),
      cards: await readCards(),
      hasHardware: (own !== null && !isSoftware(own.info)) ||
        known.some(({ isSoftware }) => !isSoftware),
      hasAdapter: own !== null || known.length > 0,
      hasDefault: own !== null,
    }),
    healthy: auto.failure === null &&
      devices.every(({ failure }) => failure === null),
  };
}

async function chooseDevice(): Promise<string> {
  let chosen = "";
  using _device = await openDevice({
    onChoice: (sentence) => {
      chosen = sentence;
    },
  });
  return chosen;
}

async function tryDevice(
  kind: DeviceReport["kind"],
  open: () => Device | Promise<Device>,
  seconds: number,
): Promise<DeviceReport> {
  let label: string | null = null;
  const { failure, result } = await attempt(async () => {
    using device = await open();
    label = device.label;
    await trialOf(device);
    return await benchmark(device, seconds);
  });
  return { kind, label, failure, benchmark: result };
}

/** A failure of a device is a finding here. */
async function attempt<T>(
  run: () => Promise<T>,
): Promise<{ result: T; failure: null } | { result: null; failure: string }> {
  try {
    return { result: await run(), failure: null };
  } catch (error) {
    if (!(error instanceof DeviceError)) throw error;
    return { result: null, failure: error.message };
  }
}

async function readMemory(): Promise<Diagnosis["memory"]> {
  const { state } = await Deno.permissions.query({
    name: "sys",
    kind: "systemMemoryInfo",
  });
  if (state !== "granted") return null;
  const { available, total } = Deno.systemMemoryInfo();
  return { total, available };
}

/** A function `() → v128` of these instructions, as a module. */
function vectorModule(...instructions: number[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...[0x01, 0x05, 0x01, 0x60, 0x00, 0x01, 0x7b], // its type
    ...[0x03, 0x02, 0x01, 0x00], // one function, of that type
    ...[0x0a, instructions.length + 4, 0x01], // one body
    ...[instructions.length + 2, 0x00, ...instructions, 0x0b],
  ]);
}

/** `i32.const 0`, made a vector. */
const VECTOR = [0x41, 0x00, 0xfd, 0x11];
const SIMD = vectorModule(...VECTOR);

/** `f32x4.relaxed_madd` of three vectors. */
const RELAXED_SIMD = vectorModule(
  ...[...VECTOR, ...VECTOR, ...VECTOR],
  ...[0xfd, 0x85, 0x02],
);
