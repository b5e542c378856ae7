import { DataError } from "../base/errors.ts";

/**
 * The bytes of an address, piece by piece.
 *
 * @param timeout Gives up after so many milliseconds without a byte.
 * @throws {DataError} If the address has nothing, or no byte comes for so long.
 * @throws {TypeError} If it cannot be reached.
 */
export async function* download(
  url: string,
  timeout: number,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const abort = new AbortController();
  const giveUp = () =>
    abort.abort(new DataError(`no answer for ${timeout / 1000} s`));
  let timer = setTimeout(giveUp, timeout);
  try {
    const response = await fetch(url, { signal: abort.signal });
    if (!response.ok || response.body === null) {
      await response.body?.cancel();
      throw new DataError(`HTTP status ${response.status}`);
    }
    for await (const chunk of response.body) {
      clearTimeout(timer);
      timer = setTimeout(giveUp, timeout);
      yield chunk;
    }
  } finally {
    clearTimeout(timer);
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
