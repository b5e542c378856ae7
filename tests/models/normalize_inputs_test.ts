/** Normalisation by the model, of all channels alike and of each. */
import { assertEquals, assertThrows } from "@std/assert";
import {
  capture,
  type Device,
  Identity,
  normalizeInputs,
  ShapeError,
  Tensor,
} from "../../mod.ts";
import { assertClose } from "../close.ts";
import { deviceTest } from "../_devices.ts";

/** Two images of three channels and two pixels. */
const pixels = Float32Array.from({ length: 12 }, (_, at) => at / 11);
const shape = [2, 3, 1, 2] as const;
const [means, stds] = [[0.49, 0.48, 0.44], [0.25, 0.24, 0.26]];

/** What torchvision's `Normalize` computes. */
function expected(pixels: Float32Array): Float32Array {
  return pixels.map((value, at) => {
    const channel = (at >> 1) % 3;
    return (value - means[channel]) / stds[channel];
  });
}

deviceTest(
  "each channel is normalised by its own mean and deviation",
  async (device: Device) => {
    const model = new Identity();
    normalizeInputs(model, [...means, ...stds]);
    using x = Tensor.from(device, pixels, shape);
    const run = capture(device, (x: Tensor) => model.forward(x));
    for (let times = 0; times < 3; times++) {
      const values = await run(x).data();
      assertClose(values, expected(pixels), { atol: 1e-6, rtol: 1e-6 }, "x");
    }
    using grey = Tensor.from(device, pixels.subarray(0, 4), [2, 1, 1, 2]);
    assertThrows(() => model.forward(grey), ShapeError, "expected 3 channels");
    normalizeInputs(model, []);
    assertEquals(await model.forward(x).data(), pixels);
  },
);

deviceTest("normalisation by wrong numbers is refused", () => {
  for (const wrong of [[0.5], [0.5, 0], [0, 0, 1], [NaN, 1]]) {
    assertThrows(() => normalizeInputs(new Identity(), wrong), RangeError);
  }
});
