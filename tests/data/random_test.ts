import { assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { RandomGenerator } from "../../src/core/random.ts";

// Every number below was printed by PyTorch 1.13.0 on a CPU with AVX2, after
//
//   import hashlib, torch
//   def g(seed): return torch.Generator().manual_seed(seed)
//   def sha256(t): return hashlib.sha256(t.numpy().tobytes()).hexdigest()

async function sha256(
  values: Float32Array<ArrayBufferLike> | Int32Array,
): Promise<string> {
  const bytes = new Uint8Array(values.buffer as ArrayBuffer);
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return new Uint8Array(digest).toHex();
}

Deno.test("random gives the twister's 32 bits", () => {
  // torch.empty(3, dtype=torch.int64).random_(0, 2**32 - 1, generator=g(0))
  const generator = new RandomGenerator(0);
  assertEquals(
    [generator.random(), generator.random(), generator.random()],
    [2357136044, 2546248239, 3071714933],
  );
});

Deno.test("uniform gives torch.rand's numbers by default", () => {
  // torch.rand(4, generator=g(0)).tolist()
  assertEquals([...new RandomGenerator(0).uniform(new Float32Array(4))], [
    0.49625658988952637,
    0.7682217955589294,
    0.08847743272781372,
    0.13203048706054688,
  ]);
});

Deno.test("uniform gives Tensor.uniform_'s numbers between bounds", () => {
  // torch.empty(4).uniform_(-0.2, 0.2, generator=g(42)).tolist()
  const values = new RandomGenerator(42).uniform(
    new Float32Array(4),
    -0.2,
    0.2,
  );
  assertEquals([...values], [
    0.15290771424770355,
    0.1660015881061554,
    -0.046854496002197266,
    0.18372225761413574,
  ]);
});

Deno.test("uniform agrees with PyTorch in every bit of large tensors", async () => {
  // u = torch.empty(100003).uniform_(-0.2, 0.2, generator=g(0))
  // u[-3:].tolist(), sha256(u)
  const values = new RandomGenerator(0).uniform(
    new Float32Array(100_003),
    -0.2,
    0.2,
  );
  assertEquals([...values.subarray(-3)], [
    0.10288345813751221,
    0.12909333407878876,
    0.1493336409330368,
  ]);
  assertEquals(
    await sha256(values),
    "3c8f755d2520e87f2362c821f39da7cf365604653155ce24a623b0bfb4c12636",
  );
  // u = torch.empty(100003).uniform_(-(800**-0.5), 800**-0.5, generator=g(0))
  const bound = 1 / Math.sqrt(800);
  new RandomGenerator(0).uniform(values, -bound, bound);
  assertEquals(
    await sha256(values),
    "b3e905ee8a0bdb213623545ca92f8d8d8419d44b269e8a062bf958f3ca71b967",
  );
});

Deno.test("uniform refuses bounds in the wrong order or not finite", () => {
  for (const [from, to] of [[1, 0], [0, NaN], [-Infinity, 0], [-3e38, 3e38]]) {
    assertThrows(
      () => new RandomGenerator(0).uniform(new Float32Array(1), from, to),
      RangeError,
      `RandomGenerator.uniform: bounds: expected from ≤ to, both finite, got from ${from}, to ${to}. Help: `,
    );
  }
});

Deno.test("normal gives torch.randn's numbers below 16", () => {
  // torch.randn(4, generator=g(0)).tolist()
  assertEquals([...new RandomGenerator(0).normal(new Float32Array(4))], [
    1.5409960746765137,
    -0.293428897857666,
    -2.1787893772125244,
    0.5684312582015991,
  ]);
  // torch.empty(3).normal_(2, 0.5, generator=g(7)).tolist()
  const values = new RandomGenerator(7).normal(new Float32Array(3), 2, 0.5);
  assertEquals([...values], [
    1.9266024827957153,
    2.393070697784424,
    2.4734108448028564,
  ]);
});

Deno.test("normal agrees with PyTorch in every bit of large tensors", async () => {
  // u = torch.randn(100003, generator=g(0)); u[-3:].tolist(), sha256(u)
  const many = new RandomGenerator(0).normal(new Float32Array(100_003));
  assertEquals([...many.subarray(-3)], [
    -1.5984946489334106,
    -0.9143285155296326,
    0.2962958812713623,
  ]);
  assertEquals(
    await sha256(many),
    "0e1052dc151d4ee630af2d3a6975bb64f2d34e0b8be27473fb8e33173f0c1858",
  );
  // u = torch.empty(1000).normal_(-3, 0.01, generator=g(5)); sha256(u)
  const narrow = new RandomGenerator(5).normal(
    new Float32Array(1000),
    -3,
    0.01,
  );
  assertEquals(
    await sha256(narrow),
    "50ac059ee0e6338b31603ba74f3942a496319cec2223c3337f6c900c8819ec50",
  );
});

Deno.test("normal holds the second number of a pair back, as PyTorch does", async () => {
  // r = g(3); [torch.randn(k, generator=r).tolist() for k in (3, 2, 1)]
  let generator = new RandomGenerator(3);
  const draw = (length: number) => generator.normal(new Float32Array(length));
  assertEquals([...draw(3), ...draw(2), ...draw(1)], [
    0.8032760620117188,
    0.17483338713645935,
    0.08897809684276581,
    -0.6137180328369141,
    0.04618244990706444,
    -1.3682591915130615,
  ]);
  // torch.randn(20, generator=r) leaves the one that is held back.
  assertEquals([...draw(1)].length, 1);
  const { state } = generator;
  const next = [...draw(20), ...draw(3)];
  generator = new RandomGenerator(9);
  draw(1);
  generator.state = state;
  assertEquals([...draw(20), ...draw(3)], next);
  generator = new RandomGenerator(3);
  for (const length of [3, 2, 1]) draw(length);
  assertEquals(
    await sha256(draw(20)),
    "8b46a59abc26fdf8a019804452ceb8540ad582c1b28d5c55252ddeff5bf1c504",
  );
  assertEquals([...draw(3)], [
    -0.39215022325515747,
    0.15191489458084106,
    -1.1837332248687744,
  ]);
});

Deno.test("normal refuses what is no distribution", () => {
  for (const [mean, std] of [[0, -1], [NaN, 1], [0, NaN], [0, Infinity]]) {
    assertThrows(
      () => new RandomGenerator(0).normal(new Float32Array(1), mean, std),
      RangeError,
      `RandomGenerator.normal: distribution: expected std ≥ 0, and a mean, both finite, got mean ${mean}, std ${std}. Help: `,
    );
  }
});

// p = torch.randperm(n, generator=g(0))
// p[:6].tolist(), p[-3:].tolist(), sha256(p.int())
const PERMUTATIONS = [
  {
    length: 10,
    first: [4, 1, 7, 5, 3, 9],
    last: [8, 6, 2],
    checksum:
      "fdf6acceb49ea7dd8a7d6c44d388cc02580bed8b1d62416455a87cffee7a6b4d",
  },
  {
    length: 1000,
    first: [44, 37, 675, 775, 947, 209],
    last: [745, 263, 354],
    checksum:
      "d03e91824c6ac07cf8674ccb9e53d0eb11d062a609be69e91ec6e9379036ef25",
  },
  {
    length: 60_000,
    first: [36044, 10678, 57327, 55074, 21567, 15479],
    last: [31951, 27130, 1544],
    checksum:
      "52a942414667661f95ad16a1ea3b98b9e5e0bbcca787973c1ce75f7346e22a6d",
  },
];

for (const { length, first, last, checksum } of PERMUTATIONS) {
  Deno.test(`permutation of ${length} is torch.randperm's`, async () => {
    const order = new RandomGenerator(0).permutation(length);
    assertEquals([...order.subarray(0, 6)], first);
    assertEquals([...order.subarray(-3)], last);
    assertEquals(await sha256(order), checksum);
  });
}

Deno.test("permutation draws as many numbers as torch.randperm", () => {
  // r = g(0); torch.randperm(10, generator=r); torch.rand(1, generator=r).item()
  const generator = new RandomGenerator(0);
  generator.permutation(10);
  assertEquals(
    generator.uniform(new Float32Array(1))[0],
    0.6323062777519226,
  );
});

Deno.test("permutation of nothing and of one element", () => {
  assertEquals(new RandomGenerator(0).permutation(0), new Int32Array(0));
  assertEquals(new RandomGenerator(0).permutation(1), new Int32Array(1));
});

Deno.test("permutation refuses lengths that PyTorch would treat otherwise", () => {
  for (const length of [-1, 1.5, NaN, 214_748_364]) {
    assertThrows(
      () => new RandomGenerator(0).permutation(length),
      RangeError,
      `expected an integer from 0 to 214748363, got ${length}. Help: `,
    );
  }
});

Deno.test("the low 32 bits of the seed decide, as in PyTorch", () => {
  // torch.randperm(5, generator=g(2**32 + 1)), torch.randperm(5, generator=g(1))
  assertEquals([...new RandomGenerator(2 ** 32 + 1).permutation(5)], [
    0,
    4,
    2,
    3,
    1,
  ]);
  assertEquals([...new RandomGenerator(1).permutation(5)], [0, 4, 2, 3, 1]);
  // torch.randperm(5, generator=g(2**53 - 1))
  assertEquals([...new RandomGenerator(2 ** 53 - 1).permutation(5)], [
    1,
    3,
    4,
    2,
    0,
  ]);
});

Deno.test("RandomGenerator refuses what is no seed", () => {
  for (const seed of [-1, 0.5, NaN, 2 ** 53]) {
    assertThrows(
      () => new RandomGenerator(seed),
      RangeError,
      `RandomGenerator: seed: expected an integer from 0 to 2^53 - 1, got ${seed}. Help: `,
    );
  }
});

Deno.test("fork seeds as RandomSampler does", () => {
  // torch.manual_seed(7)
  // seed = torch.empty((), dtype=torch.int64).random_().item()
  // torch.randperm(10, generator=g(seed)).tolist()
  const generator = new RandomGenerator(7);
  assertEquals(
    [...generator.fork().permutation(10)],
    [3, 0, 1, 9, 4, 7, 2, 5, 6, 8],
  );
});

Deno.test("two forks an epoch shuffle as DataLoader does", () => {
  // torch.manual_seed(7)
  // loader = torch.utils.data.DataLoader(range(10), shuffle=True)
  // [torch.cat(list(loader)).tolist() for _ in range(3)]
  const generator = new RandomGenerator(7);
  const epochs = Array.from({ length: 3 }, () => {
    generator.fork();
    return [...generator.fork().permutation(10)];
  });
  assertEquals(epochs, [
    [3, 2, 7, 8, 6, 1, 5, 9, 0, 4],
    [1, 3, 5, 2, 8, 9, 6, 7, 4, 0],
    [9, 2, 7, 1, 6, 0, 3, 5, 4, 8],
  ]);
});

Deno.test("state takes a generator back to where it was", () => {
  const generator = new RandomGenerator(3);
  for (const steps of [0, 1, 623, 624, 1000]) {
    for (let i = 0; i < steps; i++) generator.random();
    const { state } = generator;
    const ahead = generator.permutation(700);
    const resumed = new RandomGenerator(4);
    assertNotEquals(resumed.permutation(700), ahead);
    resumed.state = state;
    assertEquals(resumed.permutation(700), ahead);
    assertEquals(resumed.state, generator.state);
  }
});

Deno.test("state is a copy", () => {
  const generator = new RandomGenerator(3);
  generator.random();
  const { state } = generator;
  const expected = new RandomGenerator(3);
  expected.random();
  state.fill(0);
  assertEquals(generator.random(), expected.random());
});

Deno.test("state refuses what no generator gave", () => {
  const generator = new RandomGenerator(3);
  const used = generator.state;
  used[624] = 625;
  for (const state of [new Uint32Array(0), new Uint32Array(624), used]) {
    assertThrows(
      () => generator.state = state,
      RangeError,
      "RandomGenerator: state: expected 625 words, the last of them at most 624, got ",
    );
  }
});
