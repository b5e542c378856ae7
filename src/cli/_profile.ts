import type { Device } from "../devices/device.ts";
import { writeFileAtomic } from "../formats/files.ts";
import type { Given } from "./_options.ts";

/** Whether the device must measure its kernels. */
export function wantsProfile({ flags, values }: Given): boolean {
  return flags.has("profile") || values["profile-trace"] !== "";
}

/** Prints the table and writes the trace, where they were asked for. */
export async function reportProfile(
  device: Device,
  { flags, values }: Given,
): Promise<void> {
  if (device.profile === null) return;
  await device.settle();
  if (flags.has("profile")) console.error(device.profile.table());
  const path = values["profile-trace"];
  if (path === "") return;
  const trace = new TextEncoder().encode(device.profile.trace());
  await writeFileAtomic(path, trace);
}
