import { isPermitted } from "../permissions.ts";

/** Whether there is a Redis to start; `.ci/run` installs Debian's. */
async function isInstalled(): Promise<boolean> {
  try {
    const args = ["--version"];
    return (await new Deno.Command("redis-server", { args }).output()).success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Whether tests may start a Redis, and can. */
export const hasRedis = isPermitted("run") && await isInstalled();

/** Waits until something is so. */
export async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!await isSo()) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** A Redis of its own, on a free port, which stores nothing. */
export async function startRedis(folder: string) {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  listener.close();
  const child = new Deno.Command("redis-server", {
    args: [
      ...["--port", String(port), "--bind", "127.0.0.1", "--dir", folder],
      ...["--save", "", "--appendonly", "no"],
    ],
    stdout: "null",
    stderr: "null",
  }).spawn();
  await until(async () => {
    try {
      (await Deno.connect({ hostname: "127.0.0.1", port })).close();
      return true;
    } catch (error) {
      if (error instanceof Deno.errors.ConnectionRefused) return false;
      throw error;
    }
  });
  return {
    address: `redis://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await child.status;
    },
  };
}
