import { assert, assertEquals } from "@std/assert";
import { variants } from "../../kernels/kernel.ts";
import { webGpuTest } from "../_webgpu.ts";
import { askedPipelines } from "./_pipelines.ts";

/** What every device can bind: https://www.w3.org/TR/webgpu/#limits */
const most = { storage: 8, uniform: 12, texture: 16, storageTexture: 4 };

for (const variant of variants) {
  for (const software of [false, true]) {
    const uniforms = software ? "uniforms as storage" : "uniforms";
    webGpuTest(
      `webgpu: every pipeline under default limits: ${variant}, ${uniforms}`,
      async () => {
        const { pipelines } = await askedPipelines(variant, software);
        assert(pipelines.length > 400, `${pipelines.length} pipelines`);
        const over = pipelines.filter(({ entries }) => {
          const types = entries.map(({ buffer }) => buffer?.type);
          const found = {
            storage: types.filter((type) => /storage/.test(type ?? "")).length,
            uniform: types.filter((type) => type === "uniform").length,
            texture: entries.filter(({ texture }) => texture).length,
            storageTexture: entries.filter(({ storageTexture }) =>
              storageTexture
            ).length,
          };
          return Object.entries(most).some(([kind, limit]) =>
            found[kind as keyof typeof most] > limit
          );
        });
        assertEquals(over.map(({ label }) => label), []);
      },
    );
  }
}
