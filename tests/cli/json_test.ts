import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { commands } from "../../src/cli/_commands.ts";
import { optionsOf } from "../../src/cli/_command.ts";
import { asPng, pictureOf } from "../digits/_pictures.ts";
import { testDigit } from "../digits/_test_digits.ts";
import { needs } from "../permissions.ts";
import { temporaryFolder } from "../temporary_folder.ts";
import { runHere } from "./_main.ts";
import { root, writeDigits } from "./_program.ts";

needs(import.meta.url, "env", "read", "run", "write");

/** The fields of each command, as the table of GUIDE.md has them. */
async function documented(): Promise<Map<string, Set<string>>> {
  const guide = await Deno.readTextFile(new URL("GUIDE.md", root));
  const fields = new Map<string, Set<string>>();
  for (
    const [, names, owners] of guide.matchAll(/^\| (`.*?) +\| (.*?) +\| /gm)
  ) {
    for (const owner of owners.split(", ")) {
      const own = fields.get(owner) ?? new Set();
      for (const [, name] of names.matchAll(/`(\w+)`/g)) own.add(name);
      fields.set(owner, own);
    }
  }
  return fields;
}

/** Fields whose own fields have names from elsewhere. */
const foreign = ["limits", "metadata", "setting", "settings"];

/** The names of all fields of a value. */
function namesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(namesIn);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, own]) =>
    foreign.includes(name) && !Array.isArray(own)
      ? [name]
      : [name, ...namesIn(own)]
  );
}

/** Calls of every command that has `--json`; together they show all fields. */
function calls(folder: string): string[][] {
  const at = (name: string) => join(folder, name);
  const cpu = ["--device", "cpu", "--threads", "1"];
  const data = ["--data", folder, ...cpu];
  const training = [...data, "--epochs", "1", "--batch-size", "20"];
  const weights = at("w.safetensors");
  return [
    ["train", ...training, "--out", weights, "--run", at("runs/one")]
      .concat("--log-json", at("log.json")),
    ["evaluate", ...data, "--model", weights],
    ["predict", ...data, "--model", weights],
    ["predict", "--show", ...cpu, at("seven.png"), at("none.png")],
    ["runs", "--in", at("runs")],
    ["lr-find", ...data, "--steps", "20", "--batch-size", "10"],
    ["sweep", ...data, "--lr", "0.01,1e30", "--epochs", "1"]
      .concat("--batch-size", "20", "--run", at("sweep")),
    ["data", "--data", folder],
    ["data", "--data", at("pictures"), "--count", "2"],
    ["summary"],
    ["convert", weights, at("w.npz")],
    ["inspect", weights, "--stats"],
    ["doctor", "--seconds", "0"],
  ];
}

Deno.test("every field of JSON is in GUIDE.md's table, and every one there is printed", async () => {
  await using folder = await temporaryFolder();
  await writeDigits(folder.path, 60, 40);
  const picture = asPng(pictureOf(testDigit(0), { scale: 4 }));
  await Deno.writeFile(join(folder.path, "seven.png"), picture);
  for (const part of ["train", "test"]) {
    for (const kind of ["cat", "dog"]) {
      const own = join(folder.path, "pictures", part, kind);
      await Deno.mkdir(own, { recursive: true });
      await Deno.writeFile(join(own, "1.png"), picture);
    }
  }
  const printed = new Map<string, Set<string>>();
  for (const args of calls(folder.path)) {
    const { code, stderr, stdout } = await runHere(...args, "--json");
    const isUnread = args.some((word) => word.endsWith("none.png"));
    assertEquals(code, isUnread ? 1 : 0, stderr);
    const value = JSON.parse(stdout);
    assertEquals(value.schema, 1);
    const own = printed.get(args[0]) ?? new Set();
    namesIn(value).forEach((name) => own.add(name));
    printed.set(args[0], own);
    for (const run of value.runs ?? []) {
      const names = Object.keys(run.settings);
      assert(names.includes("batch_size") && names.includes("ema_decay"));
    }
  }
  const log = await Deno.readTextFile(join(folder.path, "log.json"));
  assertEquals(namesIn(JSON.parse(log)), [...printed.get("train")!]);

  const table = await documented();
  const [common] = table.get("all")!;
  table.delete("all");
  const sorted = (all: Map<string, Set<string>>, extra: string[]) =>
    Object.fromEntries(
      [...all].map(([name, own]) => [name, [...own, ...extra].sort()]).sort(),
    );
  assertEquals(sorted(printed, []), sorted(table, [common]));
  const isWithJson = await Promise.all(commands.map(async ({ load, name }) => {
    const options = optionsOf(await load());
    return options.some(({ name }) => name === "json") ? [name] : [];
  }));
  assertEquals([...printed.keys()].sort(), isWithJson.flat().sort());
});
