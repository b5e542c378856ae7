import type { AnyKernel, Operand } from "../../kernels/kernel.ts";
import type { Device } from "./device.ts";

/** Is called after every kernel that a device was given, one by one. */
export type Observer = (
  device: Device,
  kernel: AnyKernel,
  operands: Readonly<Record<string, Operand | null>>,
  params: unknown,
) => void;

let current: Observer | null = null;

/** Sets who observes all devices, or nobody; gives back who did before. */
export function setObserver(observer: Observer | null): Observer | null {
  const before = current;
  current = observer;
  return before;
}

/** Tells the observer, if there is one, what a device has run. */
export const observe: Observer = (device, kernel, operands, params) => {
  if (current !== null) current(device, kernel, operands, params);
};
