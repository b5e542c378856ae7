/** The modules of the programs that pages load, by the names of their files. */
const entries: Readonly<Record<string, string>> = {
  "page.js": "../../src/serve/page/script.ts",
  "engine.js": "../../src/serve/engine/worker.ts",
  "view.js": "live_page.ts",
};

/** What an address has in place of a host, where a page's program was counted. */
export const pagePrefix = "page:";

const made = new Map<string, Promise<string>>();

/**
 * A program of a page as it is counted: as written, with a source map, and
 * always the same.
 *
 * @param name The file's name.
 * @returns Its text; null where there is no such program.
 */
export function pageProgram(name: string): Promise<string> | null {
  const entry = entries[name];
  if (entry === undefined) return null;
  const known = made.get(name) ?? bundled(entry);
  made.set(name, known);
  return known;
}

async function bundled(entry: string): Promise<string> {
  const { errors, outputFiles = [] } = await Deno.bundle({
    entrypoints: [new URL(entry, import.meta.url).href],
    platform: "browser",
    minify: false,
    keepNames: true,
    sourcemap: "inline",
    write: false,
  });
  if (outputFiles.length === 0) throw new Error(errors[0]?.text);
  return outputFiles[0].text();
}
