import { DataError } from "../base/errors.ts";

/** Bounds of a download. */
export interface DownloadLimits {
  /** Gives up after so many milliseconds without a byte. */
  readonly timeout: number;
  /** Most bytes that are taken. */
  readonly most: number;
  /**
   * Milliseconds after which it must have come at 10 kB/s on the whole; default
   * a minute.
   */
  readonly grace?: number;
}

/** The slowest download that is waited for, in bytes a second. */
const SLOWEST = 10_000;

/**
 * The bytes of an address, piece by piece.
 *
 * @throws {DataError} If the address has nothing, or more than is taken, or no
 * byte comes for long, or all of them slowly.
 * @throws {TypeError} If it cannot be reached.
 */
export async function* download(
  url: string,
  { grace = 60_000, most, timeout }: DownloadLimits,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const abort = new AbortController();
  const giveUp = () =>
    abort.abort(new DataError(`no answer for ${timeout / 1000} s`));
  let timer = setTimeout(giveUp, timeout);
  const start = performance.now();
  let total = 0;
  try {
    const response = await fetch(url, { signal: abort.signal });
    if (!response.ok || response.body === null) {
      await response.body?.cancel();
      throw new DataError(`HTTP status ${response.status}`);
    }
    for await (const chunk of response.body) {
      clearTimeout(timer);
      timer = setTimeout(giveUp, timeout);
      total += chunk.length;
      if (total > most) throw new DataError(`more than ${most} bytes`);
      const late = performance.now() - start - grace;
      if (late > total / SLOWEST * 1000) {
        throw new DataError(`less than ${SLOWEST} bytes a second`);
      }
      yield chunk;
    }
  } finally {
    clearTimeout(timer);
    abort.abort();
  }
}

/** The reason of a failed download, without help that is for it alone. */
export function reasonOf(error: unknown): string {
  // Of itself, `fetch` says only that it failed.
  const fetched = error instanceof TypeError && error.cause instanceof Error;
  const told = fetched ? error.cause : error;
  const message = told instanceof Error ? told.message : String(told);
  return message.split(/\. Help: |\n/)[0];
}
