/**
 * Packs what the benchmark of a GPU needs into one folder, for a machine without
 * a network: Deno itself, the benchmark as one file, and PyTorch's side.
 *
 *     deno run --allow-all tests/bench/gpu/pack.ts FOLDER
 *
 * There, `sh FOLDER/run.sh` tests every kernel against the reference, times
 * training and evaluation, runs PyTorch beside it where Python has it, and
 * writes `FOLDER/result.json`.
 *
 * @module
 */

import { ensureDir } from "@std/fs";
import { fromFileUrl, join } from "@std/path";

const here = (path: string) => fromFileUrl(new URL(path, import.meta.url));

const script = `#!/bin/sh
# Correctness and speed of WebGPU on this machine, into result.json.
cd "$(dirname "$0")" || exit
exec ./deno run --no-config --no-remote --no-npm --allow-all \\
  --unstable-webgpu run.js "$@"
`;

const [folder] = Deno.args;
if (folder === undefined) {
  console.error("pack.ts: expected a folder. Help: name one to write to.");
  Deno.exit(2);
}
await ensureDir(folder);
const bundle = await new Deno.Command(Deno.execPath(), {
  args: [
    "bundle",
    "--quiet",
    "--config",
    here("../../../deno.json"),
    "--output",
    join(folder, "run.js"),
    here("run.ts"),
  ],
}).output();
if (!bundle.success) {
  console.error(new TextDecoder().decode(bundle.stderr));
  Deno.exit(1);
}
await Deno.copyFile(Deno.execPath(), join(folder, "deno"));
await Deno.chmod(join(folder, "deno"), 0o755);
await Deno.copyFile(here("pytorch_gpu.py"), join(folder, "pytorch_gpu.py"));
await Deno.writeTextFile(join(folder, "run.sh"), script, { mode: 0o755 });
console.log(`packed ${folder}: take it along and start run.sh there`);
