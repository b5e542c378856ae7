/** Bodies that are damaged by chance: none of them is the server's failure. */
import { assert, assertEquals } from "@std/assert";
import { encodePng } from "../../src/digits/mod.ts";
import { testDigit } from "../digits/_test_digits.ts";
import { mutate, randomIntegers } from "../formats/_mutate.ts";
import { isPermitted, needs } from "../permissions.ts";
import { openService, predictionsOf, predictRequest } from "./_service.ts";

needs(import.meta.url, "read");

const opened = isPermitted("read")
  ? await openService({ maxBody: 200_000, maxImages: 8 })
  : {} as Awaited<ReturnType<typeof openService>>;
addEventListener("unload", () => opened.device?.[Symbol.dispose]());

type Bytes = Uint8Array<ArrayBuffer>;

const golden = async (name: string): Promise<Bytes> =>
  isPermitted("read")
    ? await Deno.readFile(new URL(`../golden/${name}`, import.meta.url))
    : new Uint8Array();

const text = (text: string): Bytes => new TextEncoder().encode(text);

const digit = new Uint8Array(testDigit(0));
const png = new Uint8Array(
  await encodePng({ width: 28, height: 28, data: digit }),
);

/** A PGM of the digit, dark on light. */
const pgm = new Uint8Array([
  ...text("P5 28 28 255\n"),
  ...digit.map((value) => 255 - value),
]);

const boundary = "multipart/form-data; boundary=b";
const form = new Uint8Array([
  ...text(
    '--b\r\nContent-Disposition: form-data; name="a"; filename="a.png"\r\n' +
      "Content-Type: image/png\r\n\r\n",
  ),
  ...png,
  ...text("\r\n--b--\r\n"),
]);

const kinds: [type: string, body: Bytes, words: string][] = [
  ["image/png", png, "IHDRIDATPLTEIEND"],
  ["image/x-portable-graymap", pgm, "P5 0123456789#\n"],
  ["image/gif", await golden("nine.gif"), "GIF89a,;!"],
  ["image/webp", await golden("nine.webp"), "RIFFWEBPVP8LX"],
  ["image/avif", await golden("one.avif"), "ftypavifmetaiprp"],
  [boundary, form, "--b\r\nContent-Disposition: form-data;="],
  [
    "application/json",
    text(JSON.stringify({ images: [[...digit]] })),
    '{}[]",:-+.e0123456789images',
  ],
  ["application/octet-stream", digit, "\0"],
];

/** Notes what is printed to the console, until it is disposed of. */
function stubbed(name: "error" | "warn", printed: unknown[][]): Disposable {
  const original = console[name];
  console[name] = (...values: unknown[]) => void printed.push(values);
  return { [Symbol.dispose]: () => void (console[name] = original) };
}

/** Statuses that say what is wrong with a request. */
const refusals = [400, 413, 415, 422];

for (const [type, body, words] of kinds) {
  Deno.test(`damaged ${type.split(";")[0]} is read or refused, never a failure`, async () => {
    const { service } = opened;
    const status = async (bytes: Bytes): Promise<number> => {
      const response = await service.fetch(predictRequest(bytes, type));
      const answer = await response.json();
      const isTold = response.status === 200 ||
        refusals.includes(response.status) &&
          /^[^\n]* Help: [^\n]*$/.test(answer.error);
      assert(isTold, `${response.status}: ${JSON.stringify(answer)}`);
      return response.status;
    };
    const printed: unknown[][] = [];
    using _warn = stubbed("warn", printed);
    using _error = stubbed("error", printed);
    const whole = await service.fetch(predictRequest(body, type));
    await predictionsOf(whole);
    for (let part = 0; part < 10; part++) {
      await status(body.slice(0, Math.floor(part * body.length / 10)));
    }
    const random = randomIntegers(7);
    let refused = 0;
    for (let count = 0; count < 60; count++) {
      if (await status(mutate(body, random, words)) !== 200) refused++;
    }
    assert(refused > 0, "no damage was noticed");
    assertEquals(printed, []);
  });
}
