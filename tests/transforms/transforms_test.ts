import { assert, assertEquals, assertThrows } from "@std/assert";
import { warp } from "../../kernels/augment/warp.ts";
import { RandomGenerator } from "../../src/core/random.ts";
import {
  affineMatrix,
  Compose,
  ElasticTransform,
  Normalize,
  RandomAffine,
  RandomErasing,
  ToTensor,
} from "../../src/transforms/mod.ts";
import { assertClose } from "../close.ts";

const exact = { atol: 1e-6, rtol: 0 };

Deno.test("affineMatrix samples as torchvision's RandomAffine", () => {
  const size = { height: 3, width: 4 };
  const affine = { angle: 30, scale: 1.2, shear: [10, 5] } as const;
  const matrix = affineMatrix({ ...affine, translate: [1, -1] }, size);
  const draws = Float64Array.of(...matrix, 0, 0, 0, 0, 0);
  const image = Float64Array.from({ length: 12 }, (_, i) => i + 1);
  const shape = { ...size, batch: 1, channels: 1, mean: 0, std: 1, erased: 0 };
  const warped = new Float64Array(12);
  const cursor = Int32Array.of(0);
  const given = { x: image, draws, cursor, displacements: null };
  warp.reference({ ...given, output: warped }, shape);
  // PyTorch 1.13: grid_sample(x, _gen_affine_grid(…)), both in f64.
  const expected = [
    ...[7.26882, 7.632136, 6.877379, 6.122621],
    ...[3.366287, 7.159312, 10.460292, 9.705535],
    ...[0, 0, 3.459679, 7.879779],
  ];
  assertClose(warped, expected, exact, "warped");
});

Deno.test("90 degrees bring the upper left corner to the upper right", () => {
  const size = { height: 5, width: 5 };
  const turn = {
    angle: 90,
    scale: 1,
    shear: [0, 0],
    translate: [0, 0],
  } as const;
  const [a, b, c, d, e, f] = affineMatrix(turn, size);
  assertClose([4 * a + c, 4 * d + f], [0, 0], exact, "corner");
  assertClose([4 * a + 4 * b + c, 4 * d + 4 * e + f], [4, 0], exact, "corner");
});

Deno.test("ElasticTransform blurs with torchvision's weights", () => {
  // PyTorch 1.13: _get_gaussian_kernel1d(9, 1.0) of torchvision.
  const expected = [0.00013383, 0.00443186, 0.05399113, 0.24197145];
  const weights = new ElasticTransform({ sigma: 1 }).weights();
  const all = [...expected, 0.39894347, ...expected.toReversed()];
  assertClose(weights, all, exact, "weights");
  assertEquals(new ElasticTransform().weights().length, 41);
});

const size = { height: 20, width: 30 };

Deno.test("RandomAffine draws evenly within its ranges", () => {
  const affine = new RandomAffine({ translate: [0.1, 0.2], scale: [0.5, 2] });
  const generator = new RandomGenerator(1);
  const count = 3000;
  const seen = Array.from({ length: count }, () => {
    const [a, b, c, d, e, f] = affine.draw(generator, size);
    assertEquals([b, d].map(Math.abs), [0, 0]);
    // From `x = a · (u − centre − shift) + centre`.
    const shiftX = -(c - 14.5) / a - 14.5;
    const shiftY = -(f - 9.5) / e - 9.5;
    return { scale: 1 / a, x: Math.round(shiftX), y: Math.round(shiftY) };
  });
  for (const { scale, x, y } of seen) {
    assert(scale >= 0.5 && scale <= 2);
    assert(Math.abs(x) <= 3 && Math.abs(y) <= 4, `shift ${x}, ${y}`);
  }
  const mean = seen.reduce((sum, { scale }) => sum + scale, 0) / count;
  // Three deviations of the mean of `count` numbers from 0.5 to 2.
  assertClose([mean], [1.25], { atol: 0.024, rtol: 0 }, "mean of the scale");
  assertEquals(new Set(seen.map(({ x }) => x)).size, 7);
  assertEquals(new Set(seen.map(({ y }) => y)).size, 9);
});

Deno.test("RandomErasing erases so often and so much as it is told", () => {
  const erasing = new RandomErasing({ p: 0.3, scale: [0.1, 0.2] });
  const generator = new RandomGenerator(2);
  const drawn = Array.from(
    { length: 3000 },
    () => erasing.draw(generator, size),
  );
  const areas = drawn.map(([top, left, bottom, right]) => {
    assert(top >= 0 && left >= 0 && bottom <= 20 && right <= 30);
    return (bottom - top) * (right - left);
  }).filter((area) => area > 0);
  // Three deviations of 3000 draws.
  assertClose([areas.length], [900], { atol: 76, rtol: 0 }, "erased");
  for (const area of areas) assert(area > 0.08 * 600 && area < 0.22 * 600);
});

Deno.test("a generator decides what Compose draws", () => {
  const compose = new Compose([
    new RandomAffine({ degrees: 10 }),
    new ElasticTransform(),
    new ToTensor(),
    new RandomErasing(),
  ]);
  const draw = (seed: number) =>
    compose.draw(new RandomGenerator(seed), 4, size);
  assertEquals(draw(1), draw(1));
  assert(draw(1).some((value, i) => value !== draw(2)[i]));
  assertEquals(new Set(draw(1).filter((_, i) => i % 11 === 10)).size, 4);
});

Deno.test("what is erased before Normalize is normalised", () => {
  const [tensor, normalize] = [new ToTensor(), new Normalize(0.5, 0.25)];
  const erasing = new RandomErasing({ value: 1 });
  assertEquals(new Compose([tensor, erasing, normalize]).erased, 2);
  assertEquals(new Compose([tensor, normalize, erasing]).erased, 1);
});

Deno.test("transforms refuse what makes no sense", () => {
  const wrong: [() => unknown, typeof RangeError | typeof TypeError, string][] =
    [
      [() => new RandomAffine({ degrees: -1 }), RangeError, "degrees"],
      [() => new RandomAffine({ degrees: [3, 2] }), RangeError, "degrees"],
      [() => new RandomAffine({ translate: [0, 2] }), RangeError, "translate"],
      [() => new RandomAffine({ scale: [0, 1] }), RangeError, "scale"],
      [() => new RandomAffine({ shear: 90 }), RangeError, "shear"],
      [() => new ElasticTransform({ alpha: NaN }), RangeError, "alpha"],
      [() => new ElasticTransform({ alpha: -1 }), RangeError, "alpha"],
      [() => new ElasticTransform({ sigma: 0 }), RangeError, "sigma"],
      [() => new RandomAffine({ degrees: [-361, 0] }), RangeError, "degrees"],
      [() => new RandomAffine({ degrees: [0, 361] }), RangeError, "degrees"],
      [() => new RandomAffine({ degrees: [0, NaN] }), RangeError, "degrees"],
      [() => new RandomAffine({ degrees: [NaN, 0] }), RangeError, "degrees"],
      [() => new RandomAffine({ degrees: Infinity }), RangeError, "degrees"],
      [() => new RandomErasing({ scale: [0, 1.5] }), RangeError, "scale"],
      [() => new RandomErasing({ scale: [-0.5, 1] }), RangeError, "scale"],
      [() => new RandomErasing({ p: 2 }), RangeError, "RandomErasing: p"],
      [() => new RandomErasing({ ratio: [0, 1] }), RangeError, "ratio"],
      [() => new Normalize(0, 0), RangeError, "Normalize"],
      [() => new Compose([]), TypeError, "got none"],
      [
        () => new Compose([new ToTensor(), new RandomAffine({})]),
        TypeError,
        "to tensor, random affine",
      ],
      [() => new Compose([new ToTensor(), new ToTensor()]), TypeError, "once"],
    ];
  for (const [make, kind, message] of wrong) assertThrows(make, kind, message);
});

Deno.test("transforms take the bounds themselves", () => {
  const taken = [
    new RandomAffine({ degrees: [-360, 360], scale: [1e-3, 1e3] }),
    new RandomAffine({ translate: [0, 1], shear: [-89, 89] }),
    new ElasticTransform({ alpha: 0, sigma: 0.1 }),
    new ElasticTransform({ alpha: 1e6, sigma: 1e3 }),
    new RandomErasing({ p: 0, scale: [0, 1], ratio: [1e-3, 1e3] }),
    new RandomErasing({ p: 1, value: 1e6 }),
    new RandomErasing({ value: -1e6 }),
  ];
  assertEquals(taken.length, 7);
  const beyond: (() => unknown)[] = [
    () => new RandomAffine({ scale: [0.0009, 1] }),
    () => new RandomAffine({ scale: [1, 1001] }),
    () => new RandomAffine({ shear: [-90, 0] }),
    () => new RandomAffine({ translate: [1.01, 0] }),
    () => new ElasticTransform({ alpha: 1.001e6 }),
    () => new ElasticTransform({ sigma: 0.09 }),
    () => new ElasticTransform({ sigma: 1001 }),
    () => new RandomErasing({ p: -0.01 }),
    () => new RandomErasing({ ratio: [0.0009, 1] }),
    () => new RandomErasing({ ratio: [1, 1001] }),
    () => new RandomErasing({ value: 1.001e6 }),
    () => new RandomErasing({ value: -1.001e6 }),
  ];
  for (const make of beyond) assertThrows(make, RangeError, "the lesser first");
});

Deno.test("RandomErasing leaves an image rather than erase all its rows", () => {
  const draw = (options: object) =>
    new RandomErasing({ p: 1, ...options })
      .draw(new RandomGenerator(1), { height: 4, width: 4 });
  const none = [0, 0, 0, 0];
  assertEquals(draw({ scale: [1, 1], ratio: [1, 1] }), none);
  assertEquals(draw({ scale: [0.25, 0.25], ratio: [4, 4] }), none);
  assertEquals(draw({ scale: [0.25, 0.25], ratio: [0.25, 0.25] }), none);
  const [top, left, bottom, right] = draw({
    scale: [0.25, 0.25],
    ratio: [1, 1],
  });
  assertEquals([bottom - top, right - left], [2, 2]);
});
