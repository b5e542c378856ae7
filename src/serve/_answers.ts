import { pagePolicy } from "./policy.ts";

/**
 * The headers of every answer. Nothing is loaded from elsewhere, nobody frames
 * or embeds it, and a page is isolated, so that it may share memory with its
 * workers.
 */
const answerHeaders: Readonly<Record<string, string>> = {
  "cache-control": "no-store",
  "content-security-policy": `${pagePolicy}; frame-ancestors 'none'`,
  "cross-origin-embedder-policy": "require-corp",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};

/** The answer to requests of one of the server's paths. */
export interface Route {
  readonly method: "GET" | "POST";
  answer(request: Request): Response | Promise<Response>;
}

/** A path that is asked for. */
export function get(answer: Route["answer"]): Route {
  return { method: "GET", answer };
}

/** An answer with the headers of every answer. */
export function answer(
  body: BodyInit,
  type: string,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const all = { ...answerHeaders, ...headers, "content-type": type };
  return new Response(body, { status, headers: all });
}

/** An object as JSON. */
export function json(
  value: object,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return answer(JSON.stringify(value), "application/json", status, headers);
}
