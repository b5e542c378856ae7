/**
 * Writes the weights that come with the library as a module:
 * `deno run -R -W tests/models/embed_weights.ts`.
 *
 * @module
 */

import { fromFileUrl } from "@std/path";

/** The file of weights, and the module that holds its bytes. */
export const embedded = {
  file: new URL(
    "../../examples/models/mnist-cnn.safetensors",
    import.meta.url,
  ),
  module: new URL("../../src/models/_mnist_cnn.gen.ts", import.meta.url),
};

/** The module of a file of weights. */
export function moduleOf(bytes: Uint8Array): string {
  const lines = bytes.toBase64().replaceAll(/.{76}/g, "$&\n");
  return `// Written by tests/models/embed_weights.ts; do not edit.

/** \`examples/models/mnist-cnn.safetensors\` in base64. */
export const base64: string = \`
${lines}
\`;
`;
}

if (import.meta.main) {
  const bytes = await Deno.readFile(embedded.file);
  await Deno.writeTextFile(embedded.module, moduleOf(bytes));
  console.log(`written: ${fromFileUrl(embedded.module)}`);
}
