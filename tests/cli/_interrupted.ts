import { program } from "./_program.ts";

/** Starts a training and sends `Ctrl-C` after its first epoch. */
export async function interrupted(args: string[], times: number) {
  const child = program("train", ...args).spawn();
  let stdout = "";
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    const before = stdout;
    stdout += text;
    const first = /\[Epoch/.test(stdout) && !/\[Epoch/.test(before);
    for (let sent = 0; first && sent < times; sent++) child.kill("SIGINT");
  }
  const stderr = await new Response(child.stderr).text();
  const { code } = await child.status;
  return { code, stderr };
}
