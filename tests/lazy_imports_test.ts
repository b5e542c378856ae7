import { assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";

const root = fromFileUrl(new URL("..", import.meta.url));

interface Graph {
  roots: string[];
  modules: {
    specifier: string;
    dependencies?: { code?: { specifier: string }; isDynamic?: boolean }[];
  }[];
}

/** What a module loads before it runs, from its first import to its last. */
async function loaded(file: string): Promise<string[]> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", file],
    cwd: root,
  }).output();
  const graph: Graph = JSON.parse(new TextDecoder().decode(stdout));
  const modules = new Map(graph.modules.map((each) => [each.specifier, each]));
  const seen = new Set<string>();
  const visit = (specifier: string) => {
    if (seen.has(specifier)) return;
    seen.add(specifier);
    for (
      const { code, isDynamic } of modules.get(specifier)?.dependencies ?? []
    ) {
      if (code !== undefined && !isDynamic) visit(code.specifier);
    }
  };
  graph.roots.forEach(visit);
  return [...seen];
}

for (const file of ["mod.ts", "src/cli/main.ts", "src/cli/train.ts"]) {
  Deno.test(`${file} loads no library before it is needed`, async () => {
    const specifiers = await loaded(file);
    assertEquals(specifiers.some((each) => each.endsWith("adam.ts")), true);
    const libraries = specifiers.filter((each) =>
      each.startsWith("npm:") && !each.startsWith("npm:deno-std@")
    );
    assertEquals(libraries, []);
  });
}
