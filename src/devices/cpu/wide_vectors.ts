/** Of V8: makes one instruction of 256 bits of two of WebAssembly's. */
export const wideVectorsFlag = "--experimental-wasm-revectorize";

const variable = "DENO_V8_FLAGS";

/**
 * Whether this process was started so that V8 makes vectors of 256 bits, as far as it
 * may be known: only the variable in the environment tells, if it may be read. V8 has
 * the flag for x86-64 alone.
 */
export function makesWideVectors(): boolean {
  if (typeof Deno === "undefined" || Deno.build.arch !== "x86_64") return false;
  const { state } = Deno.permissions.querySync({ name: "env", variable });
  if (state !== "granted") return false;
  return Deno.env.get(variable)?.split(",").includes(wideVectorsFlag) ?? false;
}
