/**
 * The part of a captured function that its list of kernels does not show: its
 * assumptions about the host's state, and its side effects on that state.
 */
export interface Trace {
  /** All must hold for the program to be the right one. */
  readonly guards: (() => boolean)[];
  /** Changes of the host's state, made again with every replay. */
  readonly sideEffects: (() => void)[];
  /** Whose state the program itself has set or checked already. */
  readonly known: Set<object>;
}

let trace: Trace | null = null;

/** Collects the guards and side effects of `run`. */
export function traceGuards<T>(run: () => T): { trace: Trace; result: T } {
  const outer = trace;
  const own: Trace = { guards: [], sideEffects: [], known: new Set() };
  trace = own;
  try {
    return { trace: own, result: run() };
  } finally {
    trace = outer;
  }
}

/** A recording of the code that follows is right only while `holds` is true. */
export function guard(subject: object, holds: () => boolean): void {
  if (trace === null || trace.known.has(subject)) return;
  trace.known.add(subject);
  trace.guards.push(holds);
}

/** Changes the state of `subject` on the host, now and with every replay. */
export function sideEffect(subject: object, effect: () => void): void {
  effect();
  trace?.known.add(subject);
  trace?.sideEffects.push(effect);
}
