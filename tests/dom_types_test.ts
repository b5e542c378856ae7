/** The types of a checkout that a program with the page's types maps by path. */
import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { needs } from "./permissions.ts";
import { temporaryFolder } from "./temporary_folder.ts";

needs(import.meta.url, "read", "run", "write");

const root = new URL("../", import.meta.url);

Deno.test("a checkout that is mapped by path fits the types of a page", async () => {
  await using folder = await temporaryFolder();
  const { default: config } = await import("../deno.json", {
    with: { type: "json" },
  });
  const std = ["assert", "cli", "fs", "path"].map((name) => [
    `@std/${name}`,
    new URL(`vendor/std/${name}/mod.ts`, root).href,
  ]);
  const entries = Object.entries(config.exports).map(([name, file]) => [
    `@x/mnist-cnn${name.slice(1)}`,
    new URL(file, root).href,
  ]);
  await Deno.writeTextFile(
    join(folder.path, "deno.json"),
    JSON.stringify({
      imports: Object.fromEntries([...std, ...entries]),
      compilerOptions: { lib: ["dom", "esnext", "deno.ns"] },
    }),
  );
  const program = entries.map(([name], at) =>
    `import * as entry${at} from "${name}";\nconsole.log(entry${at});\n`
  );
  await Deno.writeTextFile(join(folder.path, "main.ts"), program.join(""));
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["check", "--quiet", "main.ts"],
    cwd: folder.path,
    env: { NO_COLOR: "1" },
  }).output();
  assertEquals({ code, text: new TextDecoder().decode(stderr) }, {
    code: 0,
    text: "",
  });
});
