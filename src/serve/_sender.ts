import { Refusal } from "./_refusal.ts";

/** Names that a browser cannot be told to look up elsewhere. */
const address = /^(localhost|\d+(\.\d+){3}|\[[\da-f:.]+\])$/;

/**
 * Refuses what a foreign page sends. A page elsewhere may have a name of its own
 * that leads here (DNS rebinding): so the host is an address, localhost, or a
 * name that the server knows as its own. And a page that sends to another host
 * than its own says in `Origin` whose it is.
 *
 * @param names Names that are the server's own.
 */
export function checkSender(request: Request, names: readonly string[]): void {
  const url = new URL(request.url);
  const host = parsed(`http://${request.headers.get("host") ?? url.host}`);
  const name = host?.hostname ?? "";
  if (!address.test(name) && !names.includes(name)) {
    throw new Refusal(421, {
      what: "host",
      expected: ["an IP address", "localhost", ...names].join(", "),
      got: shortened(request.headers.get("host") ?? url.host),
      help: "Start the server with --names NAME, if that name is its own.",
    });
  }
  const origin = request.headers.get("origin");
  if (origin === null || parsed(origin)?.host === host?.host) return;
  throw new Refusal(403, {
    what: "origin",
    expected: "a page of this server",
    got: shortened(origin),
    help: "Send from a program, or from the server's own page.",
  });
}

function parsed(url: string): URL | null {
  return URL.parse(url);
}

/** As much of a text from outside as is worth repeating. */
function shortened(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
