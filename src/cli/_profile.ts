import type { Device } from "../devices/device.ts";
import { writeFileAtomic } from "../formats/files.ts";
import type { Given, Option } from "./_command.ts";

/** The options of the profile. */
export const profileOptions: readonly Option[] = [
  { name: "profile", help: "print the time of every kernel, on stderr" },
  {
    name: "profile-trace",
    value: "FILE",
    help: "write it for chrome://tracing or ui.perfetto.dev",
  },
];

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
