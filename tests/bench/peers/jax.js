// Times the same training step in jax-js. Takes --steps, --batch and --backend
// (wasm or webgpu), and prints what ours.ts prints: one line of JSON.

import {
  blockUntilReady,
  defaultDevice,
  init,
  jit,
  lax,
  nn,
  numpy as np,
  random,
  tree,
  valueAndGrad,
} from "npm:@jax-js/jax@0.1.25";

const option = (name, value) =>
  Deno.args.includes(name) ? Deno.args[Deno.args.indexOf(name) + 1] : value;
const batch = Number(option("--batch", 100));
const steps = Number(option("--steps", 3));
const warmUp = 2;

const backend = option("--backend", "wasm");
await init(backend);
defaultDevice(backend);

let key = 0;
const uniform = (shape, fanIn) =>
  random.uniform(random.key(++key), shape, {
    minval: -1 / Math.sqrt(fanIn),
    maxval: 1 / Math.sqrt(fanIn),
  });
const first = {
  weight1: uniform([16, 1, 5, 5], 25),
  bias1: uniform([16, 1, 1], 25),
  scale1: np.ones([16, 1, 1]),
  shift1: np.zeros([16, 1, 1]),
  weight2: uniform([32, 16, 5, 5], 400),
  bias2: uniform([32, 1, 1], 400),
  scale2: np.ones([32, 1, 1]),
  shift2: np.zeros([32, 1, 1]),
  weight3: uniform([1568, 10], 1568),
  bias3: uniform([10], 1568),
};
const names = Object.keys(first);
const zeros = () =>
  Object.fromEntries(
    names.map((name) => [name, np.zerosLike(first[name].ref)]),
  );

function block(x, weight, bias, scale, shift) {
  const padding = [[2, 2], [2, 2]];
  const convolved = lax.convGeneralDilated(x, weight, [1, 1], padding)
    .add(bias);
  const mean = np.mean(convolved.ref, [0, 2, 3], { keepdims: true });
  const difference = convolved.sub(mean);
  const variance = np.mean(np.square(difference.ref), [0, 2, 3], {
    keepdims: true,
  });
  const factor = scale.div(np.sqrt(variance.add(1e-5)));
  const normalised = nn.relu(difference.mul(factor).add(shift));
  return lax.reduceWindow(normalised, np.max, [2, 2], [2, 2]);
}

function lossOf(p, x, oneHot) {
  const y1 = block(x, p.weight1, p.bias1, p.scale1, p.shift1);
  const y2 = block(y1, p.weight2, p.bias2, p.scale2, p.shift2);
  const logits = np.dot(y2.reshape([-1, 1568]), p.weight3).add(p.bias3);
  return nn.logSoftmax(logits).mul(oneHot).sum().mul(-1 / batch);
}

const gradients = valueAndGrad(lossOf);
const step = jit((state, x, oneHot) => {
  const [loss, gradient] = gradients(tree.ref(state.p), x, oneHot);
  const t = state.t.add(1);
  const correction1 = np.subtract(1, np.power(0.9, t.ref));
  const correction2 = np.subtract(1, np.power(0.999, t.ref));
  const p = {}, m = {}, v = {};
  for (const name of names) {
    const slope = gradient[name];
    m[name] = state.m[name].mul(0.9).add(slope.ref.mul(0.1));
    v[name] = state.v[name].mul(0.999).add(np.square(slope).mul(0.001));
    const deviation = np.sqrt(v[name].ref.div(correction2.ref)).add(1e-8);
    const move = m[name].ref.div(correction1.ref).mul(0.01).div(deviation);
    p[name] = state.p[name].sub(move);
  }
  correction1.dispose();
  correction2.dispose();
  return [{ p, m, v, t }, loss];
});

const random32 = (length) => Float32Array.from({ length }, () => Math.random());
const targets = new Float32Array(batch * 10);
for (let row = 0; row < batch; row++) targets[row * 10 + row % 10] = 1;
let state = {
  m: zeros(),
  v: zeros(),
  p: first,
  t: np.array(0).astype(np.float32),
};
const milliseconds = [];
for (let count = 0; count < warmUp + steps; count++) {
  const start = performance.now();
  const x = np.array(random32(batch * 784)).reshape([batch, 1, 28, 28]);
  const oneHot = np.array(targets).reshape([batch, 10]);
  const [next, loss] = step(state, x, oneHot);
  state = next;
  await blockUntilReady(tree.ref(state));
  await loss.jsAsync();
  milliseconds.push(performance.now() - start);
}
console.log(JSON.stringify({
  name: `jax-js 0.1.25 (${backend})`,
  milliseconds: milliseconds.slice(warmUp),
  imagesPerSecond: [],
  peakMegabytes: 0,
}));
Deno.exit(0);
