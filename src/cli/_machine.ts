import { choices } from "../base/choices.ts";
import type { Precision } from "../devices/device.ts";
import type { DeviceChoice, OpenDeviceOptions } from "../devices/select.ts";
import { mostThreads } from "../devices/cpu/cpu_device.ts";
import { variants } from "../../kernels/kernel.ts";
import type { Option } from "./_command.ts";
import { oneOf, usage, wholeNumber } from "./_options.ts";

const devices: readonly DeviceChoice[] = ["auto", "webgpu", "cpu"];
const implementations = ["auto", ...variants] as const;
const precisions: readonly Precision[] = ["f32", "f16"];

/** The options that say what to run on. */
export const machineOptions: readonly Option[] = [
  {
    name: "device",
    value: "D",
    choices: devices,
    default: "auto",
    help: choices(devices),
  },
  {
    name: "threads",
    value: "N",
    help: "threads of the CPU device",
    shown: "one a core, at most 8",
  },
  {
    name: "variant",
    value: "V",
    choices: implementations,
    default: "auto",
    help: `which kernels WebGPU takes: ${choices(implementations)}`,
  },
  {
    name: "precision",
    value: "P",
    choices: precisions,
    default: "f32",
    help: `how WebGPU stores activations: ${choices(precisions)}`,
  },
];

/** The device that they ask for. */
export function machineOf(
  command: string,
  values: Readonly<Record<string, string>>,
): OpenDeviceOptions {
  const device = oneOf(command, "device", values.device, devices);
  return {
    device,
    threads: threadCount(command, values.threads),
    variant: variantOf(command, values.variant, device),
    precision: oneOf(command, "precision", values.precision, precisions),
  };
}

/** The number of threads of the CPU device; undefined for the default. */
function threadCount(command: string, text: string): number | undefined {
  if (text === "") return undefined;
  const threads = wholeNumber(command, "threads", text, 1);
  if (threads <= mostThreads) return threads;
  const expected = `a whole number of at most ${mostThreads}`;
  throw usage(command, `--threads: expected ${expected}, got ${text}`);
}

/** The implementation of kernels: `auto` on any device, others on WebGPU alone. */
function variantOf(
  command: string,
  text: string,
  device: DeviceChoice,
): OpenDeviceOptions["variant"] {
  const variant = oneOf(command, "variant", text, implementations);
  if (variant === "auto" || device === "webgpu") return variant;
  throw usage(command, `--variant: expected --device webgpu, got ${device}`);
}
