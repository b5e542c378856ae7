// deno-lint-ignore-file no-explicit-any -- as `jsr:@std/assert` declares them

/** `expression` is truthy. */
export function assert(
  expression: unknown,
  message?: string,
): asserts expression;

/** `actual` is within `tolerance`, by default 1e-7 of `expected`, of it. */
export function assertAlmostEquals(
  actual: number,
  expected: number,
  tolerance?: number,
  message?: string,
): void;

/** `actual` equals `expected` in depth. */
export function assertEquals<T>(
  actual: T,
  expected: T,
  message?: string,
  options?: { formatter?: (value: unknown) => string },
): void;

/** `actual` is greater than `expected`. */
export function assertGreater<T>(
  actual: T,
  expected: T,
  message?: string,
): void;

/** `actual` is an instance of `expectedType`. */
export function assertInstanceOf<
  T extends abstract new (...args: any[]) => any,
>(
  actual: unknown,
  expectedType: T,
  message?: string,
): asserts actual is InstanceType<T>;

/** `actual` is less than `expected`. */
export function assertLess<T>(
  actual: T,
  expected: T,
  message?: string,
): void;

/** `expected` matches `actual`. */
export function assertMatch(
  actual: string,
  expected: RegExp,
  message?: string,
): void;

/** `actual` does not equal `expected` in depth. */
export function assertNotEquals<T>(
  actual: T,
  expected: T,
  message?: string,
): void;

/** The promise that `fn` returns rejects; returns the reason. */
export function assertRejects(
  fn: () => PromiseLike<unknown>,
  message?: string,
): Promise<unknown>;
/** … with an `ErrorClass` whose message includes `messageIncludes`. */
export function assertRejects<E extends Error = Error>(
  fn: () => PromiseLike<unknown>,
  ErrorClass: abstract new (...args: any[]) => E,
  messageIncludes?: string,
  message?: string,
): Promise<E>;

/** `actual` and `expected` are the same by `Object.is`. */
export function assertStrictEquals<T>(
  actual: unknown,
  expected: T,
  message?: string,
): asserts actual is T;

/** `actual` contains `expected`. */
export function assertStringIncludes(
  actual: string,
  expected: string,
  message?: string,
): void;

/** `fn` throws; returns what it threw. */
export function assertThrows(fn: () => unknown, message?: string): unknown;
/** … an `ErrorClass` whose message includes `messageIncludes`. */
export function assertThrows<E extends Error = Error>(
  fn: () => unknown,
  ErrorClass: abstract new (...args: any[]) => E,
  messageIncludes?: string,
  message?: string,
): E;
