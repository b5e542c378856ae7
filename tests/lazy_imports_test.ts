import { assert, assertEquals, assertMatch } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import { commands } from "../src/cli/_commands.ts";
import { bareCache, writeDigits } from "./cli/_program.ts";
import { temporaryFolder } from "./temporary_folder.ts";
import { testWith } from "./permissions.ts";

const permittedTest = testWith("env", "read", "run", "write");

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

/** Modules, by their paths in the sources. */
function own(specifiers: readonly string[]): string[] {
  return specifiers.filter((each) => each.includes("/src/"))
    .map((each) => each.replace(/^.*\/src\//, ""));
}

for (const file of ["mod.ts", "src/cli/train.ts", "src/cli/predict.ts"]) {
  permittedTest(`${file} loads no library before it is needed`, async () => {
    const specifiers = await loaded(file);
    assertEquals(own(specifiers).includes("core/tensor.ts"), true);
    const libraries = specifiers.filter((each) =>
      each.startsWith("npm:") && !each.startsWith("npm:deno-std@")
    );
    assertEquals(libraries, []);
  });
}

permittedTest(
  "--help loads no command, and nothing else to compute",
  async () => {
    const specifiers = await loaded("src/cli/mod.ts");
    const found = own(specifiers);
    assertEquals(found.includes("cli/_commands.ts"), true);
    assertEquals(
      found.filter((each) => !/^(base\/|cli\/(_|mod))/.test(each)),
      [],
    );
  },
);

permittedTest(
  "predict loads what reads pictures and passes forward, and no more",
  async () => {
    const specifiers = await loaded("src/cli/predict.ts");
    const found = own(specifiers);
    const wanted = ["cli/_predict_files.ts", "models/networks.ts"];
    assertEquals(wanted.filter((each) => !found.includes(each)), []);
    const unwanted =
      /^(data|datasets|onnx|optim|report|serve|sweep|training|transforms)\/|\/mod\.ts$|\/weights\.ts$/;
    const leaves = ["datasets/names.ts", "training/finite.ts"]
      .concat("training/normalization.ts", "training/weights_of.ts");
    assertEquals(
      found.filter((each) => unwanted.test(each) && !leaves.includes(each)),
      [],
    );
    assert(specifiers.length <= 250, `${specifiers.length} modules`);
  },
);

Deno.test("every command has the name that --help lists", async () => {
  for (const { load, name } of commands) {
    assertEquals((await load()).name, name);
  }
});

permittedTest(
  "a training needs nothing that is not there, its report is a note",
  async () => {
    await using folder = await temporaryFolder();
    await bareCache(folder.path);
    await writeDigits(folder.path, 30, 20);
    const weights = join(folder.path, "weights.safetensors");
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "-A", "--unstable-webgpu", "--cached-only"],
        ...["src/cli/mod.ts", "train", "--data", folder.path, "--quiet"],
        ...["--batch-size", "10", "--epochs", "1", "--device", "cpu"],
        ...["--run", folder.path, "--out", weights],
        ...["--report", join(folder.path, "report.html")],
        ...["--plot", join(folder.path, "plot.png")],
      ],
      cwd: root,
      env: { DENO_DIR: folder.path, NO_COLOR: "1" },
    }).output();
    const errors = new TextDecoder().decode(stderr).trim().split("\n");
    assertEquals(code, 1);
    assertEquals(errors.length, 2, errors.join("\n"));
    for (const [index, name] of ["plot.png", "report.html"].entries()) {
      const start =
        `error: the weights are saved, but not ${folder.path}/${name}`;
      assertEquals(errors[index].slice(0, start.length), start);
      assertMatch(errors[index], /cannot load the library .*echarts.* Help: /);
    }
    assertEquals((await Deno.stat(weights)).isFile, true);
  },
);
