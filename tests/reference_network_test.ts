import { assertClose } from "./close.ts";
import { Golden } from "./golden.ts";
import * as reference from "./reference.ts";
import * as operations from "./reference/_operations.ts";
import type { Arrays, Operation } from "./reference/_operations.ts";
import { needs } from "./permissions.ts";

needs(import.meta.url, "read");

/**
 * PyTorch computed these in f32. Worst error measured: 3.4e-6 absolute (layer2.1).
 */
const SINGLE = { atol: 1e-5, rtol: 0 };

const golden = await Golden.read("network");
const state = golden.group("state.");
const images: Float64Array = golden.numbers("input").map((value) =>
  value / 255
);
const labels = golden.integers("labels");
const batch = labels.length;
const loss = operations.crossEntropy({ batch, classes: 10 }, labels);

/** The layers by their names in PyTorch, in the order in which they run. */
function network(
  batchNorm2d: (name: string, channels: number, area: number) => Operation,
): [string, Operation][] {
  const block = (
    name: string,
    inChannels: number,
    channels: number,
    side: number,
  ): [string, Operation][] => {
    const window = { kernel: [5, 5], padding: [2, 2] } as const;
    const pool = { kernel: [2, 2], stride: [2, 2] } as const;
    const size = [side, side] as const;
    return [
      [
        `${name}.0`,
        operations.conv2d(
          reference.conv2dShape(batch, inChannels, channels, size, window),
        ),
      ],
      [`${name}.1`, batchNorm2d(`${name}.1`, channels, side * side)],
      [`${name}.2`, operations.relu()],
      [
        `${name}.3`,
        operations.maxPool2d(
          reference.pool2dShape(batch, channels, size, pool),
        ),
      ],
    ];
  };
  return [
    ...block("layer1", 1, 16, 28),
    ...block("layer2", 16, 32, 14),
    ["fc", operations.linear({ batch, inFeatures: 1568, outFeatures: 10 })],
  ];
}

/** What the layer works on: its input, and its parameters if it has any. */
function inputsOf(name: string, x: Float64Array): Arrays {
  const weight = state[`${name}.weight`];
  return weight === undefined
    ? { x }
    : { x, weight, bias: state[`${name}.bias`] };
}

Deno.test("the reference gives PyTorch's numbers: the network in training", () => {
  const shapes: Record<string, { channels: number; area: number }> = {};
  const layers = network((name, channels, area) => {
    shapes[name] = { channels, area };
    return operations.batchNorm2dTrain({ batch, channels, area, eps: 1e-5 });
  });

  const inputs: Record<string, Arrays> = {};
  let x = images;
  for (const [name, layer] of layers) {
    inputs[name] = inputsOf(name, x);
    x = layer.forward(inputs[name]);
    assertClose(x, golden.numbers(`output.${name}`), SINGLE, name);
  }
  assertClose(
    loss.forward({ logits: x }),
    golden.numbers("loss"),
    SINGLE,
    "loss",
  );

  let gradOutput = loss.backward(Float64Array.of(1), { logits: x }).logits;
  for (const [name, layer] of layers.toReversed()) {
    const { x: gradX, ...gradients } = layer.backward(
      gradOutput,
      inputs[name],
    );
    for (const [parameter, gradient] of Object.entries(gradients)) {
      const key = `gradient.${name}.${parameter}`;
      assertClose(gradient, golden.numbers(key), SINGLE, key);
    }
    gradOutput = gradX;
  }
  assertClose(
    gradOutput,
    golden.numbers("gradient.input"),
    SINGLE,
    "gradient.input",
  );

  for (const [name, shape] of Object.entries(shapes)) {
    const { runningMean, runningVar } = operations.batchStatistics(
      inputs[name].x,
      { batch, eps: 1e-5, ...shape },
      state[`${name}.running_mean`],
      state[`${name}.running_var`],
      0.1,
    );
    const buffers = golden.group(`buffer.${name}.`);
    assertClose(runningMean, buffers.running_mean, SINGLE, `${name} mean`);
    assertClose(runningVar, buffers.running_var, SINGLE, `${name} var`);
  }
});

Deno.test("the reference gives PyTorch's numbers: the network in evaluation", () => {
  const layers = network((name, channels, area) =>
    operations.batchNorm2dEval(
      { batch, channels, area, eps: 1e-5 },
      golden.numbers(`buffer.${name}.running_mean`),
      golden.numbers(`buffer.${name}.running_var`),
    )
  );
  const logits = layers.reduce(
    (x, [name, layer]) => layer.forward(inputsOf(name, x)),
    images,
  );
  assertClose(logits, golden.numbers("eval.logits"), SINGLE, "logits");
});
