/**
 * `deno task compile`: one program of the command line. The arguments are those of
 * `deno compile`, which takes them before the module alone, and a task's come last.
 *
 * @module
 */

const given = Deno.args.some((arg) => /^(-o|--output)(=|$)/.test(arg));
const output = given ? [] : ["--output", "mnist-cnn"];
const { code } = await new Deno.Command(Deno.execPath(), {
  args: ["compile", ...output, ...Deno.args, "src/cli/mod.ts"],
}).spawn().status;
Deno.exit(code);
