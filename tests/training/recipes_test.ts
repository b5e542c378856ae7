import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import {
  DEFAULT_SETTINGS,
  type RecipeName,
  recipeSettings,
  settingsOf,
  Trainer,
} from "../../src/training/mod.ts";
import { train } from "../../src/training/train.ts";
import { CpuDevice } from "../../src/devices/cpu/cpu_device.ts";
import { TensorDataset } from "../../src/data/tensor_dataset.ts";

/** Images of nothing: enough to open a training with. */
const nothing = new TensorDataset(
  new Uint8Array(4 * 784),
  [0, 1, 2, 0],
  { rowShape: [1, 28, 28], classes: 3, divisor: 255 },
);

Deno.test("the recipe notebook is the notebook", () => {
  assertEquals(recipeSettings("notebook"), DEFAULT_SETTINGS);
  assertThrows(
    () => recipeSettings("fastest" as RecipeName),
    RangeError,
    "expected notebook, fast, best, got fastest",
  );
});

Deno.test("a recipe sets network and settings, explicit ones override it", async () => {
  using device = CpuDevice.open({ threads: 1 });
  const data = { device, trainData: nothing, testData: nothing };
  using best = await Trainer.open({ ...data, recipe: "best", epochs: 3 });
  assertEquals(best.settings, { ...recipeSettings("best"), epochs: 3 });
  assertMatch(String(best.model), /^WiderConvolutionalNeuralNetwork\(/);
  assertMatch(String(best.model), /\(fc\): Linear\(.*out_features=3,/);
  using notebook = await Trainer.open(data);
  assertMatch(String(notebook.model), /^ConvolutionalNeuralNetwork\(/);
});

Deno.test("a network overrides the recipe's", async () => {
  using device = CpuDevice.open({ threads: 1 });
  const data = { device, trainData: nothing, testData: nothing };
  using trainer = await Trainer.open({
    ...data,
    recipe: "best",
    network: "mlp",
  });
  assertEquals(trainer.settings, { ...recipeSettings("best"), network: "mlp" });
  assertMatch(String(trainer.model), /^MultilayerPerceptron\(/);
  assertThrows(
    () => settingsOf({ network: "rnn" as "mlp" }, null),
    RangeError,
    "train: network: expected cnn, wider-cnn, mlp, got rnn",
  );
});

Deno.test("a checkpoint without the setting network has its recipe's", () => {
  const { network: _, ...stored } = recipeSettings("best");
  const goesOn = settingsOf({}, stored);
  assertEquals(goesOn, recipeSettings("best"));
});

Deno.test("a target ends a training with its first good epoch", async () => {
  using device = CpuDevice.open({ threads: 1 });
  const data = { device, trainData: nothing, testData: nothing };
  const options = { ...data, epochs: 3, batchSize: 4, lr: 1e-9 };
  const { history } = await train({ ...options, targetAcc: 0.01 });
  assertEquals(history.length, 1);
  const missed = await train({ ...options, targetAcc: 0.99 });
  assertEquals(missed.history.length, 3);
});
