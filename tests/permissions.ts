/** A permission that tests may lack; `deno test` alone grants none. */
export type Permission = "env" | "net" | "read" | "run" | "sys" | "write";

// Tests' helpers run in a page too, which has no Deno.
const registerTest = globalThis.Deno?.test;

/** What all tests of the file need; each file of tests loads this module anew. */
let ofFile: readonly Permission[] = [];

/** Whether the tests have all of these permissions, without limits. */
export function isPermitted(...names: Permission[]): boolean {
  return missing(names).length === 0;
}

/** A variable of the environment, or undefined where none may be read. */
export function variable(name: string): string | undefined {
  const { state } = Deno.permissions.querySync({ name: "env", variable: name });
  return state === "granted" ? Deno.env.get(name) : undefined;
}

/** Registers a test: a function under a name, or a definition. */
export interface Register {
  (name: string, fn: Deno.TestDefinition["fn"]): void;
  (definition: Deno.TestDefinition): void;
}

/**
 * What registers tests that need these permissions: without them they are
 * ignored, visibly, under a name that says which are missing.
 */
export function testWith(...names: Permission[]): Register {
  return (
    first: string | Deno.TestDefinition,
    fn?: Deno.TestDefinition["fn"],
  ) => {
    const flags = missing([...new Set([...ofFile, ...names])])
      .map((name) => `--allow-${name}`).join(" ");
    const suffix = flags === "" ? "" : ` (needs ${flags})`;
    const { ignore = false, name, ...rest } = typeof first === "string"
      ? { name: first, fn: fn! }
      : first;
    registerTest({
      ...rest,
      name: name + suffix,
      ignore: ignore || suffix !== "",
    });
  };
}

function missing(names: readonly Permission[]): Permission[] {
  return names.filter((name) =>
    Deno.permissions.querySync({ name }).state !== "granted"
  );
}

/**
 * Says that a file's tests need these permissions. Without them, all tests that
 * it registers from here on are ignored, visibly.
 *
 * @param file The `import.meta.url` of the file.
 */
export function needs(file: string, ...names: Permission[]): void {
  if (isPermitted(...names)) return;
  ofFile = names;
  const register = testWith();
  register(`tests of ${file.split("/").at(-1)}`, () => {});
  Object.defineProperty(Deno, "test", { value: register });
}
