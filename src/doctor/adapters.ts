import { adapterName, isSoftware } from "../devices/webgpu/adapter.ts";

/** A WebGPU adapter, as far as it is known. */
export interface AdapterReport {
  /** The interface to the driver: `vulkan`, `gl`, `dx12` or `metal`. */
  readonly backend: string;
  /** Its name. */
  readonly name: string;
  /** Whether it is a program on the CPU, as Mesa's lavapipe is. */
  readonly isSoftware: boolean;
  /** Optional features that it has. */
  readonly features: readonly string[];
  /** The limits that matter here. */
  readonly limits: Readonly<Record<string, number>>;
}

/** The interfaces to drivers that each system may have. */
const BACKENDS: Record<string, readonly string[]> = {
  darwin: ["metal"],
  windows: ["dx12", "vulkan", "gl"],
};

const VARIABLE = "DENO_WEBGPU_BACKEND";

/** Runs in a worker: there, Deno reads the variable anew. */
const PROBE = `
const limits = [
  "maxBufferSize",
  "maxStorageBufferBindingSize",
  "maxStorageBuffersPerShaderStage",
  "maxComputeInvocationsPerWorkgroup",
  "maxComputeWorkgroupStorageSize",
  "maxComputeWorkgroupsPerDimension",
];
const found = new Map();
for (const options of [
  { powerPreference: "high-performance" },
  { powerPreference: "low-power" },
  { forceFallbackAdapter: true },
]) {
  const adapter = await navigator.gpu?.requestAdapter(options) ?? null;
  if (adapter === null) continue;
  const { description, isFallbackAdapter, vendor } = adapter.info;
  found.set(description || vendor, {
    info: { description, isFallbackAdapter, vendor },
    features: [...adapter.features].sort(),
    limits: Object.fromEntries(limits.map((key) => [key, adapter.limits[key]])),
  });
}
postMessage([...found.values()]);
`;

/** The worker's findings about an adapter. */
interface Finding extends Pick<AdapterReport, "features" | "limits"> {
  readonly info: Pick<
    GPUAdapterInfo,
    "description" | "isFallbackAdapter" | "vendor"
  >;
}

/**
 * All adapters, of every interface to drivers that the system may have; null if
 * that may not be looked at, for want of `--allow-env=DENO_WEBGPU_BACKEND`.
 */
export async function findAdapters(): Promise<AdapterReport[] | null> {
  const { state } = await Deno.permissions.query({
    name: "env",
    variable: VARIABLE,
  });
  if (state !== "granted") return null;
  const own = Deno.env.get(VARIABLE);
  const adapters: AdapterReport[] = [];
  try {
    for (const backend of BACKENDS[Deno.build.os] ?? ["vulkan", "gl"]) {
      Deno.env.set(VARIABLE, backend);
      const found = await probe();
      adapters.push(...found.map(({ features, info, limits }) => ({
        backend,
        name: adapterName(info),
        isSoftware: isSoftware(info),
        features,
        limits,
      })));
    }
  } finally {
    if (own === undefined) Deno.env.delete(VARIABLE);
    else Deno.env.set(VARIABLE, own);
  }
  return adapters;
}

async function probe(): Promise<Finding[]> {
  const type = "text/javascript";
  const url = URL.createObjectURL(new Blob([PROBE], { type }));
  const worker = new Worker(url, { type: "module" });
  const { promise, reject, resolve } = Promise.withResolvers<
    Finding[]
  >();
  worker.onmessage = ({ data }) => resolve(data);
  worker.onerror = (event) => {
    event.preventDefault();
    reject(new Error(event.message));
  };
  try {
    return await promise;
  } finally {
    worker.terminate();
    URL.revokeObjectURL(url);
  }
}
