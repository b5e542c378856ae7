import type { EpochResult, Trainer } from "../training/mod.ts";

/** The PyTorch notebook's line: `[Epoch   1/ 10] loss: 0.25320 val_loss: …`. */
export function epochLine(result: EpochResult, epochs: number): string {
  const epoch = String(result.epoch).padStart(3);
  const total = String(epochs).padStart(3);
  const accuracy = Number.isFinite(result.valAcc) ? { acc: result.valAcc } : {};
  const measured = { loss: result.valLoss, ...accuracy, ...result.valMetrics };
  const values = Object.entries(measured)
    .map(([name, value]) => `val_${name}: ${value.toFixed(5)}`);
  return `[Epoch ${epoch}/${total}] loss: ${result.loss.toFixed(5)} ` +
    values.join(", ");
}

/** The line of `--verbose` about an epoch. */
export function epochDetail(result: EpochResult): string {
  const { acc, epoch, evalSeconds, imagesPerSecond, lr, trainSeconds } = result;
  return `epoch ${epoch}: trained ${trainSeconds.toFixed(2)} s, ` +
    `${Math.round(imagesPerSecond)} images/s, ` +
    `measured ${evalSeconds.toFixed(2)} s, ` +
    `acc ${acc.toFixed(5)}, lr ${Number(lr.toPrecision(4))}`;
}

/** An epoch for machines. */
export function epochRecord(
  result: EpochResult,
  { device, settings }: Pick<Trainer, "device" | "settings">,
): object {
  return { ...result, seed: settings.seed, device: device.label };
}
