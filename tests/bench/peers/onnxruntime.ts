// Times the same network in ONNX Runtime's native build, as `_captured.ts` does.

import { timeRuns } from "../_time_runs.ts";

/** Deno fetches it when it gets here; the native library is in the package. */
const onnxruntime = "npm:onnxruntime-node@1.30.0";

const [folder, ...sizes] = Deno.args;
const [batch, threads] = sizes.map(Number);
const bytes = await Deno.readFile(`${folder}/images.u8`);
const images = Float32Array.from(
  bytes.subarray(0, batch * 784),
  (value) => value / 255,
);
const { InferenceSession, Tensor } = await import(onnxruntime);
const session = await InferenceSession.create(`${folder}/model.onnx`, {
  executionProviders: ["cpu"],
  freeDimensionOverrides: { batch },
  intraOpNumThreads: threads,
});
const input = new Tensor("float32", images, [batch, 1, 28, 28]);
const run = () => session.run({ input });
const times = await timeRuns(batch, run);
const { output } = await run();
const name = "ONNX Runtime 1.30.0";
const logits = Array.from(output.data);
console.log(JSON.stringify({ name, ...times, logits }));
