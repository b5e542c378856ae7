/** What the documents say, as far as a program can try it. */
import { assertEquals } from "@std/assert";
import { optionsOf } from "../src/cli/_command.ts";
import { commands } from "../src/cli/_commands.ts";
import { needs } from "./permissions.ts";

needs(import.meta.url, "read");

const root = new URL("../", import.meta.url);

const names = [
  ...["README", "GUIDE", "TUTORIAL", "PYTORCH", "TFJS", "SECURITY"],
  ...["ARCHITECTURE", "BENCHMARKS", "CONTRIBUTING", "DESIGN"],
];

/** A document by its name. */
async function read(name: string): Promise<string> {
  return await Deno.readTextFile(new URL(`${name}.md`, root));
}

/** The sentences of a document, but for its code, tables and headings. */
function sentences(text: string): string[] {
  const prose = text.replaceAll(/```[^]*?```/g, "").replaceAll(/^[|#].*$/gm, "")
    .replaceAll(/\s+/g, " ");
  return prose.split(/(?<=[.;:!?]) /)
    .map((part) => part.toLowerCase().replaceAll(/[^a-z0-9 ]/g, "").trim())
    .filter((part) => part.split(" ").length >= 5);
}

Deno.test("no sentence is in the documents twice", async () => {
  const places = new Map<string, string[]>();
  for (const name of names) {
    for (const sentence of sentences(await read(name))) {
      places.set(sentence, [...places.get(sentence) ?? [], name]);
    }
  }
  const twice = [...places].filter(([, names]) => names.length > 1);
  assertEquals(twice, []);
});

Deno.test("every task and option that the documents call is there", async () => {
  const { tasks } = JSON.parse(
    await Deno.readTextFile(new URL("deno.json", root)),
  );
  const loaded = new Map(
    await Promise.all(commands.map(async ({ load, name }) => {
      const options = optionsOf(await load());
      return [name, options.map(({ name }) => name)] as const;
    })),
  );
  loaded.set("watch", loaded.get("train")!);
  const unknown: string[] = [];
  for (const name of [...names, "README.ja"]) {
    const text = (await read(name)).replaceAll("\\\n", " ");
    const calls = text.matchAll(/^deno task ([\w:-]+)([^#\n]*)/gm);
    for (const [call, task, words] of calls) {
      if (!(task in tasks)) unknown.push(`${name}: ${call}`);
      const known = loaded.get(task);
      for (const [, option] of words.matchAll(/ --([\w-]+)/g)) {
        if (known && !known.includes(option)) unknown.push(`${name}: ${call}`);
      }
    }
  }
  assertEquals(unknown, []);
});
