import type { OpenDeviceOptions } from "../devices/select.ts";
import { deviceChoice, threadCount, usage, variantChoice } from "./_options.ts";

/** Options that say what to run on, with their defaults. */
export const machineOptions = {
  device: "auto",
  threads: "",
  variant: "auto",
  precision: "f32",
};

/** What they ask for. */
export function machineOf(
  command: string,
  values: Readonly<Record<string, string>>,
): OpenDeviceOptions {
  const device = deviceChoice(command, values.device);
  return {
    device,
    threads: threadCount(command, values.threads),
    variant: variantChoice(command, values.variant, device),
    precision: precisionChoice(command, values.precision),
  };
}

function precisionChoice(
  command: string,
  text: string,
): OpenDeviceOptions["precision"] {
  if (text === "f32" || text === "f16") return text;
  throw usage(command, `--precision: expected f32 or f16, got ${text}`);
}
