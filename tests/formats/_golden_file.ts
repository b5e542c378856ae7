import { fromFileUrl } from "@std/path";

/** The path of a file of `tests/golden/`. */
export function goldenPath(name: string): string {
  return fromFileUrl(new URL(`../golden/${name}`, import.meta.url));
}
