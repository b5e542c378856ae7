/** Most memory that the process ever had, in MB; 0 where that is not known. */
export async function peakMemory(): Promise<number> {
  if (Deno.build.os !== "linux") return 0;
  const status = await Deno.readTextFile("/proc/self/status");
  return Math.round(Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1024);
}
