import { join } from "@std/path";

/** The types that any server of files knows. */
const types: Readonly<Record<string, string>> = {
  html: "text/html",
  css: "text/css",
  js: "text/javascript",
  json: "application/json",
  txt: "text/plain",
};

/** What lets a page share memory with its workers. */
export const isolation: Readonly<Record<string, string>> = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
};

/** Serves the files of a folder under `/some/where/`, as any server does. */
export function serveFiles(
  folder: string,
  headers: Readonly<Record<string, string>>,
) {
  const prefix = "/some/where/";
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    async (request) => {
      const { pathname } = new URL(request.url);
      if (!pathname.startsWith(prefix)) {
        return new Response("not here", { status: 404 });
      }
      const name = pathname.slice(prefix.length) || "index.html";
      const type = types[name.split(".").at(-1)!] ?? "application/octet-stream";
      const bytes = await Deno.readFile(join(folder, name));
      return new Response(bytes, {
        headers: { ...headers, "content-type": type },
      });
    },
  );
  return {
    address: `http://127.0.0.1:${server.addr.port}${prefix}`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}
