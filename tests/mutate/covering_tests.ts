/**
 * The tests that cover a file: first the cheapest that should tell, then wider
 * ones for what that leaves.
 *
 * @module
 */

import type { DeviceName } from "./_devices.ts";
import { type ImportGraph, isAssemblyScript } from "./targets.ts";

/** A run of `deno test`. */
export interface TestRun {
  readonly files: readonly string[];
  /** What the names of the tests match. Default: all tests of the files. */
  readonly filter?: string;
  /** Files with kernel cases, and the device that runs them. Default: none. */
  readonly cases?: {
    readonly device: DeviceName;
    readonly files: readonly string[];
  };
  /**
   * The files of AssemblyScript whose kernels are called. Default: any may be.
   */
  readonly assembly?: readonly string[];
}

/** Tests that start programs or browsers, or train: too slow for a mutant. */
const slow =
  /^tests\/(?:cli|serve|report|doctor|fuzz|mutate|bench|digits|models|datasets|kernels|training\/(?!metrics|losses)|devices\/browser)|(?:examples\w*|package|notebook|network|reference_network|permissions|lazy_imports|kernels_current|house|add_operation|memory|pytorch_fuzz|safetensors_fuzz|steady\w*)_test\.ts$/;

/** The device whose implementation of a kernel a file is a part of. */
function deviceOf(file: string): DeviceName {
  if (/\/_?tile/.test(file)) return "tiled";
  return /\/(?:_window|direct|conv2d)\./.test(file) ? "direct" : "webgpu";
}

/** The tests to begin with, where the names of exports would mislead. */
const nearest: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^src\/optim\/exponential/, ["optim/exponential_moving_average"]],
  [/^src\/optim\/clip_grad/, ["optim/updates"]],
  [/^src\/optim\/\w+\.ts/, ["optim/golden", "optim/optimizer"]],
  [/^src\/data\/folder\//, ["data/folder"]],
  [/^src\/data\/_?mnist/, ["data/mnist_files", "data/mnist"]],
  [/^src\/data\/_collate/, ["data/streamed", "data/data_loader"]],
  [/^src\/data\/_augmentation/, ["transforms/augmented_loader"]],
  [/^src\/formats\/(?:_?npy|npz|_zip)/, ["formats/npz"]],
  [
    /^src\/formats\/(?:_safetensors|safetensors|_json|checksum)/,
    ["formats/safetensors", "formats/safetensors_malformed"],
  ],
  [/^src\/formats\/(?:_onnx|onnx|protobuf)/, ["formats/onnx"]],
  [/^src\/formats\/(?:idx|gzip)/, ["data/idx"]],
  [/^src\/formats\/(?:files|temporary)/, ["files"]],
  [/^src\/formats\/(?:download|data_source)/, ["formats/download"]],
  [/^src\/formats\/(?:unpacked|_limits)/, ["formats/unpacked"]],
  [/^src\/formats\/write_weights/, ["formats/write_weights", "cli/weights"]],
  [/^src\/formats\/_malformed/, ["formats/malformed"]],
  [/^src\/formats\/archive/, ["datasets/open_dataset"]],
  [/^src\/formats\//, ["formats/pytorch"]],
  [/^src\/ops\/(?:l[te]|g[te]|eq|ne|comparison)\./, ["ops/binary"]],
  [/^src\/ops\/methods/, ["ops/methods"]],
  [/^src\/ops\/(?:\w*loss\w*|\w*entropy|bce\w*)\.ts/, ["ops/losses"]],
];

/**
 * Tests on the CPU with two threads, and those of no device. Deno's filter knows
 * no lookahead.
 */
const ON_ONE_DEVICE = "^(?:[^(]|\\((?:[^cw]|c[^p]|w[^e]))*(?:\\(cpu, 2\\).*)?$";

/** Wider tests of a mutant, in one run. */
const MOST_FILES = 8;

/** Whether the CPU alone runs a kernel's file. */
function isForCpu(file: string): boolean {
  return isAssemblyScript(file) || /\/(?:wasm|winograd)\b/.test(file);
}

/** Whether WebGPU alone runs a kernel's file. */
function isForWebGpu(file: string): boolean {
  return file.endsWith(".wgsl") ||
    /\/(?:llvmpipe\/\w+|tiled\w*|direct|webgpu)\.ts$/.test(file);
}

/** Which tests cover which file. */
export class CoveringTests {
  readonly #graph: ImportGraph;

  /** @param graph The imports of the library and its tests. */
  constructor(graph: ImportGraph) {
    this.#graph = graph;
  }

  /** The runs of tests for a file, the cheapest first. */
  runsFor(file: string): TestRun[] {
    const wider = this.#widerFor(file);
    const runs = file.startsWith("kernels/")
      ? [...this.#kernelRuns(file), ...this.#gradientRuns(file)]
      : file.startsWith("src/ops/")
      ? this.#gradientRuns(file)
      : [];
    return [...runs, ...wider];
  }

  /**
   * Comparisons of kernels with their references: those whose cases import what
   * the file is a part of, then those that reach it through other folders.
   */
  #kernelRuns(file: string): TestRun[] {
    const reaching = this.#graph.reaching(
      file,
      (each) => /^kernels\/|^tests\/kernels\/cases\//.test(each),
    );
    const all = reaching.filter((each) =>
      /^tests\/kernels\/cases\/[a-z]/.test(each)
    );
    const folder = file.split("/").slice(0, 2).join("/");
    const own = all.filter((each) =>
      this.#graph.text(each).includes(`/${folder}/`)
    );
    const others = all.filter((each) => !own.includes(each));
    const runs = [own, others].filter(({ length }) => length > 0)
      .flatMap((cases) => this.#caseRuns(file, cases));
    if (file.endsWith(".ts") && !isAssemblyScript(file)) {
      runs.unshift({
        files: ["iterations", "thread_memory"]
          .map((name) => `tests/kernels/${name}_test.ts`),
      });
    }
    if (isForCpu(file)) return runs;
    // Long inputs; and what other adapters run, where a kernel has variants.
    runs.push({
      files: ["tests/kernels/webgpu_test.ts"],
      filter: "webgpu: (?:the kernels|a loop|\\w+: (?:more|a loop))",
    });
    if (/\bconv(?:_block|2d)\//.test(reaching.join())) {
      runs.push({ files: ["tests/kernels/webgpu_conv2d_test.ts"] });
    }
    return runs;
  }

  #caseRuns(file: string, cases: readonly string[]): TestRun[] {
    const on = (device: DeviceName): TestRun => ({
      files: [],
      cases: { device, files: cases },
    });
    if (isForWebGpu(file)) return [on(deviceOf(file))];
    const assembly = this.#graph.importedBy(cases).filter(isAssemblyScript);
    const names: DeviceName[] = /\/conv|winograd/.test(cases.join())
      ? ["winograd", "cpu"]
      : ["cpu"];
    const onCpu = names.map((name) => ({ ...on(name), assembly }));
    return isForCpu(file) ? onCpu : [on("webgpu"), ...onCpu];
  }

  /** Gradient checks of the operations that a file is a part of. */
  #gradientRuns(file: string): TestRun[] {
    const operations = this.#graph.reaching(
      file,
      (each) => /^kernels\/|^src\/ops\/(?!mod|methods)/.test(each),
    ).filter((each) => /^src\/ops\/[a-z]/.test(each));
    const names = operations.flatMap((each) => this.#exportsOf(each));
    if (names.length === 0) return [];
    const devices = isForWebGpu(file)
      ? "webgpu"
      : isForCpu(file)
      ? "cpu, 2"
      : this.#isOfAllDevices(file)
      ? "(?:cpu, 2|webgpu)"
      : "cpu, 2";
    return [{
      files: ["tests/gradcheck_test.ts"],
      filter: `gradcheck: (?:${names.join("|")}), case \\d+ \\(${devices}`,
    }];
  }

  /** The test files that name most of what a file exports, for their length. */
  #widerFor(file: string): TestRun[] {
    const room = file.split("/").slice(0, -1).join("/");
    const reaching = this.#graph.reaching(
      file,
      (each) =>
        each.startsWith(room) && !each.endsWith("/mod.ts") ||
        /^kernels\/|^src\/ops\/(?!mod|methods)/.test(each) &&
          file.startsWith("kernels/"),
    );
    const names = [
      ...new Set(reaching.flatMap((each) => this.#exportsOf(each))),
    ].filter((name) => name.length > 2);
    const pattern = new RegExp(`\\b(?:${names.join("|")})\\b`, "g");
    const own = `tests/${room.split("/")[1]}/`;
    const rated = names.length === 0 ? [] : this.#graph.files
      .filter((each) => each.endsWith("_test.ts") && !slow.test(each))
      .map((each) => {
        const text = this.#graph.text(each);
        const named = Array.from(text.matchAll(pattern)).length;
        return { each, rate: named * (each.startsWith(own) ? 4 : 1) };
      })
      .filter(({ rate }) => rate > 0)
      .sort((a, b) => b.rate - a.rate)
      .map(({ each }) => each);
    const first = nearest.find(([pattern]) => pattern.test(file))?.[1]
      .map((name) => `tests/${name}_test.ts`) ?? rated.slice(0, 1);
    const others = rated.filter((each) => !first.includes(each))
      .slice(0, MOST_FILES);
    const filter = isForWebGpu(file)
      ? "webgpu"
      : !isForCpu(file) && this.#isOfAllDevices(file)
      ? undefined
      : ON_ONE_DEVICE;
    return [first, others].filter(({ length }) => length > 0)
      .map((files) => ({ files, filter }));
  }

  /** Whether what a file has differs from device to device. */
  #isOfAllDevices(file: string): boolean {
    return file.startsWith("kernels/") ||
      /\bwgsl\b/.test(this.#graph.text(file));
  }

  #exportsOf(file: string): string[] {
    if (file.startsWith("tests/")) return [];
    const pattern =
      /^export (?:abstract )?(?:async )?(?:const|function\*?|class|interface) (\w+)/gm;
    return Array.from(
      this.#graph.text(file).matchAll(pattern),
      ([, name]) => name,
    );
  }
}
