import { locateBy } from "../core/anomaly.ts";
import { pathOf } from "./_path.ts";

/** A module: what knows the names of the modules in it. */
export interface Running {
  /** This module and all in it, by their paths. */
  namedModules(): Iterable<[name: string, module: object]>;
}

/** Modules whose `forward` runs now, outermost first. */
const running: Running[] = [];
/** Errors that say already where they happened. */
const located = new WeakSet<Error>();

/** The modules whose `forward` runs now, outermost first. */
export function runningModules(): readonly Running[] {
  return running;
}

/**
 * Calls a module's `forward`. An error about its arguments gets the module's path
 * in the outermost one before its message: `layer2.0: conv2d: input: …`.
 */
export function runForward<T>(
  module: Running,
  forward: (...inputs: never[]) => T,
  inputs: readonly unknown[],
): T {
  running.push(module);
  try {
    return forward.apply(module, inputs as never[]);
  } catch (error) {
    if (isOfArguments(error) && !located.has(error)) locate(error);
    throw error;
  } finally {
    running.pop();
  }
}

/** Says that an error needs no path. */
export function asLocated<E extends Error>(error: E): E {
  located.add(error);
  return error;
}

/** The path of the module that runs in the outermost one that does: `layer2.0`. */
export function runningPath(): string {
  let path = "";
  for (const [index, module] of running.entries()) {
    if (index > 0) path = pathOf(path, nameIn(running[index - 1], module));
  }
  return path;
}

locateBy(runningPath);

/** The name of a module in an outer one, or its class's if that knows it not. */
function nameIn(outer: Running, module: Running): string {
  for (const [name, part] of outer.namedModules()) {
    if (part === module && name !== "") return name;
  }
  return module.constructor.name;
}

/** Whether this library threw an error about what it was given. */
function isOfArguments(error: unknown): error is Error {
  const isKind = error instanceof RangeError || error instanceof TypeError;
  return isKind && error.message.includes(" Help: ");
}

function locate(error: Error): void {
  const path = runningPath();
  located.add(error);
  if (path === "") return;
  const { message, stack } = error;
  error.message = `${path}: ${message}`;
  // The engine wrote the message there when the error was made.
  error.stack = stack?.replace(message, () => error.message);
}
