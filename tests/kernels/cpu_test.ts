import { CpuDevice } from "../../src/devices/cpu/cpu_device.ts";
import { runKernelCases } from "./cases.ts";

for (const threads of [1, 2, 3]) {
  const device = CpuDevice.open({ threads, splitFrom: 0, winogradFrom: 0 });
  runKernelCases(device, device.label);
}
const device = CpuDevice.open({
  threads: 2,
  splitFrom: 0,
  winogradFrom: 0,
  kernels: "simd",
});
runKernelCases(device, device.label);
const direct = CpuDevice.open({ threads: 2, splitFrom: 0 });
runKernelCases(direct, `${direct.label}, no Winograd`, "convBlock");
const wide = CpuDevice.open({
  threads: 2,
  splitFrom: 0,
  winogradFrom: 0,
  kernels: "wide",
});
for (const multiplied of ["convBlock", "linear", "matmul", "winograd"]) {
  runKernelCases(wide, wide.label, multiplied);
}
