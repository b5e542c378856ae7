import { joinBytes } from "../base/join_bytes.ts";
import { Refusal } from "./_refusal.ts";

/**
 * The body of a request, no longer than allowed.
 *
 * @param seconds How long it may take to arrive.
 */
export async function readBody(
  request: Request,
  most: number,
  seconds: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const announced = Number(request.headers.get("content-length") ?? 0);
  if (announced > most) throw tooLarge(most);
  if (request.body === null) return new Uint8Array();
  const reader = request.body.getReader();
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    reader.cancel().catch(() => {});
  }, seconds * 1000);
  try {
    const chunks: Uint8Array<ArrayBuffer>[] = [];
    let length = 0;
    for (;;) {
      const { done, value } = await reader.read();
      if (isLate) throw tooSlow(seconds);
      if (done) break;
      length += value.length;
      if (length > most) throw tooLarge(most);
      chunks.push(value);
    }
    return joinBytes(chunks);
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw isLate ? tooSlow(seconds) : cutOff(error);
  } finally {
    clearTimeout(timer);
    reader.cancel().catch(() => {});
  }
}

function tooLarge(most: number): Refusal {
  return new Refusal(413, {
    what: "body",
    expected: `at most ${most} bytes`,
    help: "Send smaller pictures, or fewer at once.",
  });
}

function tooSlow(seconds: number): Refusal {
  return new Refusal(408, {
    what: "body",
    expected: `the whole of it within ${seconds} seconds`,
    help: "Send it again.",
  });
}

function cutOff(cause: unknown): Refusal {
  return new Refusal(400, {
    what: "body",
    expected: "the whole of it",
    got: cause instanceof Error ? cause.message : String(cause),
    help: "Send it again.",
  });
}
