/**
 * Writes the weights that come with the library as modules:
 * `deno run -R -W tests/models/embed_weights.ts`.
 *
 * @module
 */

import { fromFileUrl } from "@std/path";
import type { ShippedWeightsName } from "../../src/models/mod.ts";

const root = new URL("../../", import.meta.url);

/** The files of weights, and the modules that hold their bytes. */
export const embedded: Readonly<
  Record<ShippedWeightsName, { path: string; file: URL; module: URL }>
> = {
  notebook: places("mnist-cnn.safetensors", "_mnist_cnn.gen.ts"),
  best: places("mnist-cnn-best.safetensors", "_mnist_cnn_best.gen.ts"),
};

function places(file: string, module: string) {
  const path = `examples/models/${file}`;
  return {
    path,
    file: new URL(path, root),
    module: new URL(`src/models/${module}`, root),
  };
}

/** The module of a file of weights. */
export function moduleOf(path: string, bytes: Uint8Array): string {
  const lines = bytes.toBase64().replaceAll(/.{76}/g, "$&\n");
  return `// Written by tests/models/embed_weights.ts; do not edit.

/** \`${path}\` in base64. */
export const base64: string = \`
${lines}
\`;
`;
}

if (import.meta.main) {
  for (const { file, module, path } of Object.values(embedded)) {
    await Deno.writeTextFile(module, moduleOf(path, await Deno.readFile(file)));
    console.log(`written: ${fromFileUrl(module)}`);
  }
}
