import { program } from "./_program.ts";

/** Starts a training and sends a signal once it has printed something. */
export async function interrupted(
  args: string[],
  times: number,
  after = "[Epoch",
  signal: Deno.Signal = "SIGINT",
) {
  const child = program("train", ...args).spawn();
  let stdout = "";
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    const before = stdout;
    stdout += text;
    const first = stdout.includes(after) && !before.includes(after);
    for (let sent = 0; first && sent < times; sent++) child.kill(signal);
  }
  const stderr = await new Response(child.stderr).text();
  const { code } = await child.status;
  return { code, stderr };
}
