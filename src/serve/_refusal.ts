import { describe, type ErrorParts } from "../base/errors.ts";

/** A request that is not answered as it asks: a status, and one line why. */
export class Refusal extends Error {
  override readonly name = "Refusal";

  /**
   * The refusal of a request.
   *
   * @param status The status, 4xx or 503.
   * @param reason What is wrong and the remedy, or a message that says both.
   * @param headers Headers beside those of every answer.
   */
  constructor(
    readonly status: number,
    reason: ErrorParts | string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(typeof reason === "string" ? reason : describe(reason));
  }
}

/**
 * The result of some work, or a refusal where it takes too long; the work is
 * not stopped.
 */
export async function within<T>(
  work: Promise<T>,
  seconds: number,
  refusal: () => Refusal,
): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(refusal()), seconds * 1000);
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
