import { isDenoBefore } from "../base/deno_version.ts";
import { wideVectorsFlag } from "../devices/cpu/wide_vectors.ts";
import { leastDeno } from "../devices/webgpu/adapter.ts";

/** The oldest Deno that is supported; `.ci/run` tries its last release. */
export const oldestDeno = "2.5";

/** Something that is not there, and what brings it. */
export interface Missing {
  /** The missing part, and its use. */
  readonly what: string;
  /** The command that installs it, or null where none can. */
  readonly install: string | null;
}

/** Facts about the system on which the advice depends. */
export interface SystemFacts {
  /** The processor: `x86_64`, `aarch64`. */
  readonly processor: string;
  /** Bits of the vectors in which the CPU device multiplies matrices. */
  readonly vectorBits: 128 | 256;
  /** Whether the program may use WebGPU at all. */
  readonly hasWebGpu: boolean;
  /** Deno's version. */
  readonly deno: string;
  /** The system: `linux`, `darwin`, `windows`. */
  readonly os: string;
  /** On Linux, `ID` and `ID_LIKE` of `/etc/os-release`. */
  readonly distributions: readonly string[];
  /** Makers of the graphics cards that are in the machine; null if unknown. */
  readonly cards: readonly string[] | null;
  /** Whether there is an adapter that is hardware. */
  readonly hasHardware: boolean;
  /** Whether there is any adapter. */
  readonly hasAdapter: boolean;
  /** Whether a program gets one that asks for no interface to drivers. */
  readonly hasDefault: boolean;
}

/** The command that installs a Vulkan loader and Mesa's drivers, lavapipe among them. */
const MESA: Record<string, string> = {
  debian: "sudo apt-get install --yes libvulkan1 mesa-vulkan-drivers",
  fedora: "sudo dnf install --assumeyes vulkan-loader mesa-vulkan-drivers",
  arch: "sudo pacman --sync --needed vulkan-icd-loader vulkan-radeon " +
    "vulkan-intel vulkan-swrast",
  suse: "sudo zypper install libvulkan1 libvulkan_radeon libvulkan_intel " +
    "libvulkan_lvp",
};

/** The command that installs NVIDIA's driver. */
const NVIDIA: Record<string, string> = {
  ubuntu: "sudo ubuntu-drivers install",
  debian: "sudo apt-get install --yes nvidia-driver libvulkan1",
  fedora: "sudo dnf install --assumeyes akmod-nvidia",
  arch: "sudo pacman --sync --needed nvidia vulkan-icd-loader",
};

/** Missing parts, and how to get them. */
export function missingParts(facts: SystemFacts): Missing[] {
  return [...missingVectors(facts), ...missingGpu(facts)];
}

/** Only for x86-64 V8 has the flag; with it Deno starts nowhere else. */
function missingVectors({ processor, vectorBits }: SystemFacts): Missing[] {
  if (vectorBits === 256 || processor !== "x86_64") return [];
  return [{
    what: "vectors of 256 bits for the CPU, and leave to see V8's flags: " +
      "--allow-env=DENO_V8_FLAGS",
    install: `export DENO_V8_FLAGS=${wideVectorsFlag}`,
  }];
}

function missingGpu(facts: SystemFacts): Missing[] {
  const { cards, distributions, hasAdapter, hasHardware, os } = facts;
  if (!facts.hasWebGpu) {
    return [{
      what: "WebGPU: this program runs without it",
      install: "deno task doctor",
    }];
  }
  if (isDenoBefore(facts.deno, leastDeno)) {
    return [{
      what: isDenoBefore(facts.deno, oldestDeno)
        ? `a supported Deno: ${oldestDeno} or later, ${leastDeno} for WebGPU`
        : `WebGPU: it needs Deno ${leastDeno} or later`,
      install: "deno upgrade",
    }];
  }
  if (hasAdapter && !facts.hasDefault) {
    return [{
      what: "an adapter of the interface that DENO_WEBGPU_BACKEND names",
      install: "unset DENO_WEBGPU_BACKEND",
    }];
  }
  if (hasHardware) return [];
  const commandOf = (commands: Record<string, string>) =>
    commands[distributions.find((name) => name in commands) ?? ""] ?? null;
  if (os !== "linux") {
    return [{
      what: "a GPU that WebGPU can use, or its driver",
      install: null,
    }];
  }
  const missing: Missing[] = cards === null
    ? [{
      what:
        "a GPU that WebGPU can use, or its driver; which cards there are, " +
        "Deno tells only with --allow-all",
      install: null,
    }]
    : cards.length === 0
    ? [{ what: "a graphics card: none was found", install: null }]
    : cards.map((card) => ({
      what: `a Vulkan driver of the ${card} graphics card`,
      install: commandOf(card === "NVIDIA" ? NVIDIA : MESA),
    }));
  if (!hasAdapter && !(cards ?? []).some((card) => card !== "NVIDIA")) {
    missing.push({
      what: "a software adapter, to try WebGPU without a GPU",
      install: commandOf(MESA),
    });
  }
  return missing;
}

/** Makers of PCI cards. */
const MAKERS: Record<string, string> = {
  "0x10de": "NVIDIA",
  "0x1002": "AMD",
  "0x8086": "Intel",
};

/** The class of PCI devices that display. */
const DISPLAY = "0x03";

/**
 * `ID` and `ID_LIKE` of the file that describes a Linux system, or none where
 * there is no such.
 */
export async function readDistributions(
  path = "/etc/os-release",
): Promise<string[]> {
  const text = await readText(path) ?? "";
  return [...text.matchAll(/^(?:ID|ID_LIKE)="?([^"\n]*)"?$/gm)]
    .toSorted(([one], [other]) => one < other ? -1 : 1)
    .flatMap(([, names]) => names.split(" "));
}

/**
 * Makers of the graphics cards in a Linux machine; null where that cannot be
 * read: Deno shows `/sys` only with all permissions.
 *
 * @param root The folder with a folder for each PCI device.
 */
export async function readCards(
  root = "/sys/bus/pci/devices",
): Promise<string[] | null> {
  const cards = new Set<string>();
  const devices = await names(root);
  if (devices === null) return null;
  for (const device of devices) {
    const kind = await readText(`${root}/${device}/class`);
    const vendor = await readText(`${root}/${device}/vendor`);
    const maker = MAKERS[vendor?.trim() ?? ""];
    if (kind?.startsWith(DISPLAY) && maker !== undefined) cards.add(maker);
  }
  return [...cards];
}

async function names(folder: string): Promise<string[] | null> {
  return await unlessMissing(async () => {
    const entries = await Array.fromAsync(Deno.readDir(folder));
    return entries.map(({ name }) => name);
  });
}

async function readText(path: string): Promise<string | null> {
  return await unlessMissing(() => Deno.readTextFile(path));
}

/** The text of a file that describes the machine, or null where there is none. */
async function unlessMissing<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    const { NotCapable, NotFound, PermissionDenied } = Deno.errors;
    const isAbsent = [NotCapable, NotFound, PermissionDenied]
      .some((kind) => error instanceof kind);
    if (isAbsent) return null;
    throw error;
  }
}
