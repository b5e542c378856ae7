import { fromFileUrl, join, toFileUrl } from "@std/path";
import { writeIdx } from "../../src/formats/idx.ts";
import { isPermitted } from "../permissions.ts";

/** The repository. */
export const root = new URL("../../", import.meta.url);

// Mesa complains in every program's stderr where this is not set; programs get
// the environment of the tests.
if (isPermitted("env") && !Deno.env.has("XDG_RUNTIME_DIR")) {
  Deno.env.set("XDG_RUNTIME_DIR", "/tmp");
}

/**
 * The command line as a program of its own, not started yet. Its lines are long,
 * so that paths of temporary folders wrap none.
 */
export function program(...args: string[]): Deno.Command {
  return new Deno.Command(Deno.execPath(), {
    // Quiet, so that Deno does not tell of libraries that it fetches.
    args: [
      ...["run", "--quiet", "--unstable-webgpu", "-A", "src/cli/mod.ts"],
      ...args,
    ],
    cwd: root,
    env: { NO_COLOR: "1", COLUMNS: "200" },
    stdout: "piped",
    stderr: "piped",
  });
}

/**
 * A task as a user in a folder calls it. `deno task` leaves an `INIT_CWD` that
 * there is as it is: that of the task that runs the tests.
 */
export function taskIn(folder: string, ...args: string[]): Deno.Command {
  const { INIT_CWD: _, ...env } = Deno.env.toObject();
  const config = fromFileUrl(new URL("deno.json", root));
  return new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", "--config", config, ...args],
    cwd: folder,
    clearEnv: true,
    env: { ...env, NO_COLOR: "1" },
    stdout: "piped",
    stderr: "piped",
  });
}

/** Runs the command line to its end. */
export async function run(...args: string[]) {
  return await told(program(...args));
}

/** The exit status of a program, and what it prints. */
export async function told(command: Deno.Command) {
  const { code, stderr, stdout } = await command.output();
  const decoder = new TextDecoder();
  return {
    code,
    stdout: decoder.decode(stdout),
    stderr: decoder.decode(stderr),
  };
}

/**
 * Arguments of `deno` for a program that cannot have one of its libraries, as
 * where npm is out of reach.
 *
 * @param folder Where the map of imports goes that says so.
 */
export async function withoutLibrary(
  folder: string,
  library: string,
): Promise<string[]> {
  const std = ["cli", "fs", "path"].map((name) =>
    [`@std/${name}`, new URL(`vendor/std/${name}/mod.ts`, root)] as const
  );
  const none = toFileUrl(join(folder, "none.js"));
  const { default: config } = await import("../../deno.json", {
    with: { type: "json" },
  });
  const all = { ...config.imports, ...Object.fromEntries(std) };
  const imports = { ...all, [library]: none };
  const path = join(folder, "imports.json");
  await Deno.writeTextFile(path, JSON.stringify({ imports }));
  const map = `--import-map=${path}`;
  return ["run", "--quiet", "--unstable-webgpu", "-A", map];
}

/** Makes a cache of Deno's that has the standard library and a few packages. */
export async function bareCache(
  folder: string,
  packages: readonly string[] = [],
): Promise<void> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json"],
    cwd: root,
  }).output();
  await Deno.mkdir(join(folder, "npm"));
  const { npmCache } = JSON.parse(new TextDecoder().decode(stdout));
  for await (const { name } of Deno.readDir(npmCache)) {
    const kept = ["deno-std", ...packages].map((one) => join(name, one));
    await new Deno.Command("cp", {
      args: ["-r", "--parents", ...kept, join(folder, "npm")],
      cwd: npmCache,
    }).output();
  }
}

/** A data set of ten easy classes: a bright row each. */
export async function writeDigits(
  folder: string,
  train = 200,
  test = 100,
): Promise<void> {
  for (const [name, count] of [["train", train], ["t10k", test]] as const) {
    const images = new Uint8Array(count * 784);
    const labels = Uint8Array.from({ length: count }, (_, row) => row % 10);
    for (const [row, label] of labels.entries()) {
      images.fill(255, row * 784 + label * 56, row * 784 + label * 56 + 56);
    }
    const files = {
      [`${name}-images-idx3-ubyte`]: writeIdx({
        dtype: "u8",
        shape: [count, 28, 28],
        data: images,
      }),
      [`${name}-labels-idx1-ubyte`]: writeIdx({
        dtype: "u8",
        shape: [count],
        data: labels,
      }),
    };
    for (const [file, bytes] of Object.entries(files)) {
      await Deno.writeFile(join(folder, file), bytes);
    }
  }
}
