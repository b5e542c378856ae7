/** The dotted path of a part: the path of its container, then its own name. */
export function pathOf(prefix: string, name: string): string {
  return prefix === "" ? name : `${prefix}.${name}`;
}
