import { isPermitted } from "../permissions.ts";
import { root } from "./_program.ts";

/** Escape as a character that can be seen and searched. */
export function readable(text: string): string {
  return text.replaceAll("\x1b", "␛");
}

/** The command line in a terminal of util-linux's `script`. */
export async function inTerminal(
  args: string[],
  { color = true } = {},
  runner = "deno run --quiet --unstable-webgpu -A src/cli/mod.ts",
) {
  const setting = color ? "env --unset=NO_COLOR" : "env NO_COLOR=1";
  const command = `stty cols 100; ${setting} ${runner} ${args.join(" ")}`;
  const { code, stdout } = await new Deno.Command("script", {
    args: ["-qec", command, "/dev/null"],
    cwd: root,
  }).output();
  return { code, screen: readable(new TextDecoder().decode(stdout)) };
}

/** Whether there is util-linux's `script`. */
export const hasTerminal = Deno.build.os === "linux" &&
  isPermitted("run") &&
  await new Deno.Command("which", { args: ["script"] })
    .output().then(({ success }) => success);
