import { assert } from "@std/assert";
import { webGpu } from "./_webgpu.ts";
import { testWith } from "./permissions.ts";

const permittedTest = testWith("env");

permittedTest(
  "a WebGPU adapter is there where MNIST_CNN_REQUIRE_WEBGPU is 1",
  () => {
    const required = Deno.env.get("MNIST_CNN_REQUIRE_WEBGPU") === "1";
    assert(
      webGpu !== null || !required,
      "no WebGPU adapter, so that no test ran on one. Help: install a Vulkan " +
        "driver (Debian: `apt-get install mesa-vulkan-drivers libvulkan1`).",
    );
  },
);
