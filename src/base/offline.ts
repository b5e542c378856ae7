/**
 * What `--offline` asks of libraries: only those that Deno has kept are loaded.
 *
 * Deno loads a package whether or not a program may use the network, so a
 * program has to know before whether the package is there.
 *
 * @module
 */

/** What a checkout loads before it starts, whatever its flags are. */
const loadedFirst = "deno-std@1.4.0";

/**
 * Packages that show where Deno's cache is, each with a module of it: one that a
 * program's modules name, and one that a checkout loads before it starts, which
 * is there with `--unstable-lazy-dynamic-imports` too.
 */
const anchors = [
  { package: "@zip.js/zip.js@2.24.0", module: "" },
  { package: loadedFirst, module: "/path/mod.js" },
];

let isOffline = false;

/** Whether nothing may be fetched from now on: no data and no library. */
export function setOffline(offline: boolean): void {
  isOffline = offline;
}

/**
 * Whether a package must not be loaded: it would have to be fetched.
 *
 * @param specifier `npm:NAME@VERSION`, and maybe a path within.
 */
export async function mustBeFetched(specifier: string): Promise<boolean> {
  if (!isOffline || import.meta.resolve(specifier).startsWith("file:")) {
    return false;
  }
  const [, name, version] = /^npm:(@?[^@]+)@([^/]+)/.exec(specifier)!;
  const place = inCache(name, version);
  return place === null || !await isThere(place);
}

/** Whether Deno would have to fetch what it bundles programs with. */
export async function bundlerMustBeFetched(): Promise<boolean> {
  if (!isOffline) return false;
  const place = inCache(...splitName(loadedFirst));
  if (place === null) return true;
  const [folder] = place.href.split(/\/npm\/(?=[^/]+\/deno-std\/)/);
  try {
    for await (const entry of Deno.readDir(new URL(`${folder}/dl`))) {
      if (entry.name.startsWith("esbuild-")) return false;
    }
  } catch (error) {
    if (!isAbsence(error)) throw error;
  }
  return true;
}

/**
 * Where a package lies in Deno's cache, or in `node_modules`, if it is there;
 * null where nobody knows.
 */
function inCache(name: string, version: string): URL | null {
  const layouts = [
    (name: string, version: string) => `/${name}/${version}/`,
    (name: string, version: string) =>
      `/${name.replace("/", "+")}@${version}/node_modules/${name}/`,
  ];
  for (const { module, package: known } of anchors) {
    const here = import.meta.resolve(`npm:${known}${module}`);
    for (const layout of layouts) {
      const own = layout(...splitName(known));
      if (!here.startsWith("file:") || !here.includes(own)) continue;
      return new URL(here.split(own)[0] + layout(name, version));
    }
  }
  return null;
}

function splitName(text: string): [name: string, version: string] {
  const at = text.lastIndexOf("@");
  return [text.slice(0, at), text.slice(at + 1)];
}

async function isThere(place: URL): Promise<boolean> {
  try {
    return (await Deno.stat(place)).isDirectory;
  } catch (error) {
    if (isAbsence(error)) return false;
    throw error;
  }
}

/** Whether a place is not there, or not for this program. */
function isAbsence(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound ||
    error instanceof Deno.errors.NotCapable;
}
