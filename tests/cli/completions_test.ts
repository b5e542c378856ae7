import { assert, assertEquals, assertMatch } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import { optionsOf } from "../../src/cli/_command.ts";
import { commands } from "../../src/cli/_commands.ts";
import { temporaryFolder } from "../temporary_folder.ts";
import { root, run, told } from "./_program.ts";
import { isPermitted, needs } from "../permissions.ts";

needs(import.meta.url, "read", "run", "write");

Deno.test("completions prints a script for each shell", async () => {
  for (const shell of ["bash", "zsh", "fish"]) {
    const { code, stderr, stdout } = await run("completions", shell);
    assertEquals([code, stderr], [0, ""]);
    assertMatch(stdout, /mnist-cnn complete -- /);
  }
});

/** Makes a folder with the program, as one that is compiled is called. */
async function withProgram() {
  const folder = await temporaryFolder();
  const program = fromFileUrl(new URL("src/cli/mod.ts", root));
  await Deno.writeTextFile(
    join(folder.path, "mnist-cnn"),
    `#!/bin/sh\nexec ${Deno.execPath()} run -A ${program} "$@"\n`,
    { mode: 0o755 },
  );
  return folder;
}

Deno.test("bash completes commands and options, and else names of files", async () => {
  await using folder = await withProgram();
  // Without the package bash-completion, and sourced twice, as bash may do.
  const script = `
    PATH=${folder.path}:$PATH
    source <(mnist-cnn completions bash)
    source <(mnist-cnn completions bash)
    complete -p mnist-cnn
    words() {
      COMP_WORDS=(mnist-cnn "$@") COMP_CWORD=$#
      _mnist_cnn mnist-cnn
      echo "\${COMPREPLY[@]}"
    }
    words pre
    words train --step
    words train --epochs 3 --gam
    words predict my-di
    words train --device c
    words train --device = w
    words train --optimizer ada
    touch a.png a.txt B.JPG; mkdir a.folder
    words predict a.p
    words predict B
    words train --data a
    words train --epochs a`;
  const { stderr, stdout } = await new Deno.Command("bash", {
    args: ["--norc", "--noprofile", "-c", script],
    cwd: folder.path,
  }).output();
  const decoder = new TextDecoder();
  assertEquals(decoder.decode(stderr), "");
  assertEquals(decoder.decode(stdout).split("\n"), [
    "complete -o default -F _mnist_cnn mnist-cnn",
    "predict",
    "--step-size",
    "--gamma",
    "",
    "cpu",
    "webgpu",
    "adam adamw adadelta",
    "a.png",
    "B.JPG",
    "a.folder",
    "",
    "",
  ]);
});

/** What zsh makes of a line, or fish offers for its last word, at the tab key. */
const offers = {
  zsh: [
    ["mnist-cnn pre", "mnist-cnn predict "],
    ["mnist-cnn train --step", "mnist-cnn train --step-size "],
    ["mnist-cnn train --device c", "mnist-cnn train --device cpu "],
    ["mnist-cnn predict a.p", "mnist-cnn predict a.png "],
    ["mnist-cnn train --data a.", "mnist-cnn train --data a.folder/"],
    ["mnist-cnn train --epochs a", "mnist-cnn train --epochs a"],
  ],
  fish: [
    ["mnist-cnn pre", "predict"],
    ["mnist-cnn train --step", "--step-size"],
    ["mnist-cnn train --optimizer ada", "adadelta adam adamw"],
    // Its script knows no endings, and takes files for folders.
    ["mnist-cnn predict a.p", "a.png"],
    ["mnist-cnn train --data a.f", "a.folder/"],
    ["mnist-cnn train --epochs a", ""],
  ],
} as const;

/** Programs of each shell that print what it makes of their arguments. */
const drivers = {
  // In a terminal of its own: zsh completes nothing without one.
  zsh: `zmodload zsh/zpty
    zpty shell zsh -f -i
    start='PS1= PS2= RPS1=; PATH=$PWD:$PATH; autoload -Uz compinit
      compinit -u -D; source <(mnist-cnn completions zsh)
      show() { print -r -- "<$BUFFER>"; BUFFER= }
      zle -N show; bindkey "^X" show; print ready''!'
    zpty -w shell "$start"
    zpty -r -m shell line '*ready!*'
    for words in "$@"; do
      zpty -w -n shell "$words"$'\\t'$'\\x18'
      zpty -r -m shell line '*<*>*'
      print -r -- \${\${line##*<}%%>*}
    done
    zpty -d shell`,
  fish: `set -x PATH $PWD $PATH
    mnist-cnn completions fish | source
    for words in $argv
      echo (complete -C $words | string split -f 1 \\t)
    end`,
};

for (const [shell, lines] of Object.entries(offers)) {
  const isThere = isPermitted("run") &&
    (await new Deno.Command("which", { args: [shell] }).output()).success;
  Deno.test({
    name: `${shell} completes commands, options and files${
      isThere ? "" : ` (needs ${shell})`
    }`,
    ignore: !isThere,
    async fn() {
      await using folder = await withProgram();
      for (const name of ["a.png", "a.txt"]) {
        await Deno.writeTextFile(join(folder.path, name), "");
      }
      await Deno.mkdir(join(folder.path, "a.folder"));
      const driver = join(folder.path, "driver");
      await Deno.writeTextFile(driver, drivers[shell as keyof typeof drivers]);
      const { stderr, stdout } = await told(
        new Deno.Command(shell, {
          args: [
            shell === "zsh" ? "-f" : "--no-config",
            driver,
            ...lines.map(([typed]) => typed),
          ],
          cwd: folder.path,
        }),
      );
      assertEquals(stderr, "");
      const found = stdout.split("\n").slice(0, -1);
      assertEquals(
        lines.map(([typed], at) => [typed, found[at]]),
        lines.map((line) => [...line]),
      );
    },
  });
}

Deno.test("commands and options are completed, files by the shell", async () => {
  const complete = async (...words: string[]) => {
    const { stdout } = await run("complete", "--", ...words);
    return stdout.trimEnd().split("\n").map((line) => line.split("\t")[0]);
  };
  assertEquals(await complete("pre"), ["predict", ":4"]);
  assertEquals(await complete("train", "--ep"), ["--epochs", ":4"]);
  assertEquals(await complete("train", "--gam"), ["--gamma", ":4"]);
  assertEquals(await complete("predict", "--show", "--ind"), ["--index", ":4"]);
  const models = ["safetensors", "npz", "pth", "pt", "onnx", ":8"];
  assertEquals(await complete("predict", "--model", ""), models);
  assertEquals((await complete("predict", "my-di")).slice(0, 2), [
    "png",
    "jpg",
  ]);
  assertEquals(await complete("convert", "a.pth", ""), models);
  assertEquals(await complete("train", "--log-json", ""), [":0"]);
  assertEquals(await complete("train", "--data", ""), [":16"]);
  assertEquals(await complete("train", "--epochs", ""), [":4"]);
  assertEquals(await complete("train", ""), [":4"]);
  assertEquals(await complete("completions", ""), [
    "bash",
    "zsh",
    "fish",
    ":4",
  ]);
});

Deno.test("every word that an option takes is completed", async () => {
  const devices = ["auto", "webgpu", "cpu"];
  const recipes = ["notebook", "fast", "best"];
  const known: Record<string, string[]> = { device: devices, recipe: recipes };
  for (const { load } of commands) {
    for (const { choices, help, name } of optionsOf(await load())) {
      // Whoever lists words in a sentence tells the completions too.
      if (/(^|: )(\S+, )+\S+ or \S+$/.test(help) && !/\./.test(help)) {
        assert(choices !== undefined, `--${name}: ${help}`);
      }
      if (name in known) assertEquals(choices, known[name]);
    }
  }
});

Deno.test("completions of an unknown shell is a wrong call", async () => {
  const { code, stderr } = await run("completions", "tcsh");
  assertEquals(code, 2);
  assertMatch(
    stderr,
    /^error: [^\n]*expected bash, zsh or fish, got tcsh\. Help: mnist-cnn c/,
  );
});
