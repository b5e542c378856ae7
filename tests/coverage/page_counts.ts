import { join } from "@std/path";
import type { Profiler } from "node:inspector";
import type { CDPSession, Page } from "npm:puppeteer-core@25.16.0";
import { pagePrefix, pageProgram } from "./page_programs.ts";

/** Where Deno puts what it counts; none where nothing is counted. */
const folderOfCounts = () => Deno.env.get("DENO_COVERAGE_DIR");

/**
 * Counts what a page and its workers run, as Deno counts what it runs, where
 * `deno task coverage` runs the tests.
 *
 * @returns Stores the counts, before the page is closed.
 */
export async function countPage(page: Page): Promise<() => Promise<void>> {
  const folder = folderOfCounts();
  if (folder === undefined) return async () => {};
  const sessions = [await page.createCDPSession()];
  await Promise.all(start(sessions[0]));
  page.on("workercreated", ({ client }) => {
    sessions.push(client);
    // Both are sent before what lets the worker run.
    start(client);
  });
  return async () => {
    for (const session of sessions) await store(session, folder);
  };
}

function start(session: CDPSession): Promise<unknown>[] {
  const options = { callCount: true, detailed: true };
  return [
    session.send("Profiler.enable"),
    session.send("Profiler.startPreciseCoverage", options),
  ];
}

async function store(session: CDPSession, folder: string): Promise<void> {
  // A worker that has ended took its counts along.
  if (session.detached) return;
  const { result } = await session.send("Profiler.takePreciseCoverage");
  for (const { functions, scriptId, url } of result) {
    const name = url.replace(/^.*\//, "");
    if (pageProgram(name) === null) continue;
    const script: Profiler.ScriptCoverage = {
      scriptId,
      url: `${pagePrefix}${name}`,
      functions,
    };
    const path = join(folder, `${crypto.randomUUID()}.json`);
    await Deno.writeTextFile(path, JSON.stringify(script));
  }
}

/** An answer with the program that is counted, where it is one. */
export async function countedAnswer(
  request: Request,
  response: Response,
): Promise<Response> {
  const name = new URL(request.url).pathname.replace(/^.*\//, "");
  const program = folderOfCounts() === undefined ? null : pageProgram(name);
  if (program === null || response.status !== 200) return response;
  await response.body?.cancel();
  const headers = new Headers(response.headers);
  headers.delete("content-length");
  headers.delete("content-encoding");
  headers.delete("etag");
  return new Response(await program, { headers });
}
