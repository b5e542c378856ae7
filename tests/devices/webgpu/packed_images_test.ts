import { assertEquals } from "@std/assert";
import { conv2dForward } from "../../../kernels/conv2d/conv2d.ts";
import { fill } from "../../../kernels/fill/fill.ts";
import { WebGpuDevice } from "../../../src/devices/webgpu/webgpu_device.ts";
import { conv2dShape } from "../../reference.ts";
import { webGpuTest } from "../../_webgpu.ts";

webGpuTest(
  "images are packed once, and anew where they are written",
  async () => {
    using device = await WebGpuDevice.open({
      variant: "llvmpipe",
    });
    const [kernel, padding] = [[3, 3], [1, 1]] as const;
    const shape = conv2dShape(2, 1, 1, [4, 4], { kernel, padding });
    const operand = (length: number) => ({
      buffer: device.allocate("f32", length, "persistent"),
    });
    const [x, weight, output] = [operand(32), operand(9), operand(32)];
    device.write(weight.buffer, new Float32Array(9).fill(1));
    const convolve = () => {
      const { dispatches } = device.counters;
      device.run(conv2dForward, { x, weight, bias: null, output }, shape);
      return device.counters.dispatches - dispatches;
    };
    const centre = async () => (await device.read(output.buffer))[5];

    device.write(x.buffer, new Float32Array(32).fill(1));
    assertEquals([convolve(), await centre()], [3, 9]);
    assertEquals([convolve(), await centre()], [2, 9]);
    device.write(x.buffer, new Float32Array(32).fill(2));
    assertEquals([convolve(), await centre()], [3, 18]);
    device.run(fill, { output: x }, 3);
    assertEquals([convolve(), await centre()], [3, 27]);
    using recorded = device.record(() => {
      convolve();
      device.run(fill, { output: x }, 4);
      convolve();
    }).program;
    device.run(fill, { output: x }, 5);
    recorded.replay();
    assertEquals(await centre(), 36);
    device.run(fill, { output: x }, 4);
    assertEquals([convolve(), await centre()], [3, 36]);
  },
);
