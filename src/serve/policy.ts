/**
 * What the page may load and run: what lies beside it, and workers of its own.
 * In the page itself, for where no server says it.
 */
export const pagePolicy =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; " +
  "style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; " +
  "worker-src 'self' blob:; base-uri 'none'; form-action 'none'";
