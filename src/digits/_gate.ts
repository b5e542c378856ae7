import { fromBase64 } from "../base/from_base64.ts";
import type { Device } from "../devices/device.ts";
import type { HostTensor } from "../formats/safetensors.ts";
import { Conv2d } from "../nn/conv2d.ts";
import { Flatten } from "../nn/flatten.ts";
import { Linear } from "../nn/linear.ts";
import type { Layer } from "../nn/mod.ts";
import { ReLU } from "../nn/relu.ts";
import { Sequential } from "../nn/sequential.ts";
import { logitsOf } from "./_logits.ts";
import { gateWeights, type PackedTensor } from "./_gate_weights.ts";

/** What is below is no digit: of MNIST's test images 0.07 % are. */
const least = -5;

const gates = new WeakMap<Device, Layer>();

/**
 * Whether images look like digits at all. A classifier of digits does not know:
 * it is as sure of many a letter as of a digit. So a small network of its own was
 * trained with MNIST's digits and the digits of fonts, against their letters and
 * signs (Hendrycks et al., 2019, arXiv:1812.04606); letters that are written like
 * a digit, O, I, l, S, Z, B, b, q, g, are not among them.
 *
 * @param images 28 × 28 pixels, 0 (paper) to 1 (ink).
 */
export async function lookLikeDigits(
  device: Device,
  images: readonly Float32Array[],
): Promise<boolean[]> {
  const logits = await logitsOf(device, gateOn(device), images);
  return logits.map(([score]) => score >= least);
}

/** The network, which a device keeps. */
function gateOn(device: Device): Layer {
  const known = gates.get(device);
  if (known !== undefined) return known;
  const gate = new Sequential(
    new Conv2d(1, 12, 5, { stride: 2, padding: 2 }),
    new ReLU(),
    new Conv2d(12, 24, 5, { stride: 2, padding: 2 }),
    new ReLU(),
    new Flatten(),
    new Linear(24 * 7 * 7, 1),
  ).to(device, { seed: 0 });
  gate.loadStateDict(
    new Map(
      Object.entries(gateWeights).map(([name, packed]) =>
        [name, unpacked(packed)] as const
      ),
    ),
  );
  gates.set(device, gate);
  return gate;
}

function unpacked({ bytes, scale, shape }: PackedTensor): HostTensor {
  const signed = new Int8Array(fromBase64(bytes).buffer);
  const data = Float32Array.from(signed, (value) => value * scale);
  return { dtype: "F32", shape: [...shape], data };
}
