import { CpuDevice } from "../../src/devices/cpu/cpu_device.ts";
import { runKernelCases } from "./cases.ts";

runKernelCases(CpuDevice.open({ kernels: "reference" }), "reference");
