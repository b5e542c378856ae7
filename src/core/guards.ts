/**
 * What a replay cannot see in the list of kernels: what the captured function
 * took for granted about the host's state, and how it changed that state.
 */
export interface ReplayNotes {
  /** All must hold for the program to be the right one. */
  readonly guards: (() => boolean)[];
  /** Changes of the host's state, done again with every replay. */
  readonly effects: (() => void)[];
  /** Whose state the program itself has set or checked already. */
  readonly known: Set<object>;
}

let notes: ReplayNotes | null = null;

/** Takes notes of what `run` assumes and changes. */
export function takeNotes<T>(run: () => T): { notes: ReplayNotes; result: T } {
  const before = notes;
  const taken: ReplayNotes = { guards: [], effects: [], known: new Set() };
  notes = taken;
  try {
    return { notes: taken, result: run() };
  } finally {
    notes = before;
  }
}

/** Says that the code that follows is right only while `holds` stays true. */
export function assume(subject: object, holds: () => boolean): void {
  if (notes === null || notes.known.has(subject)) return;
  notes.known.add(subject);
  notes.guards.push(holds);
}

/** Changes the state of `subject` on the host, now and with every replay. */
export function change(subject: object, effect: () => void): void {
  effect();
  notes?.known.add(subject);
  notes?.effects.push(effect);
}
