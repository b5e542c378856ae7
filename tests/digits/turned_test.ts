import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { lookTurned } from "../../src/digits/turned.ts";

type Image = Float32Array<ArrayBuffer>;

/** A bar from the top to the bottom, somewhat to the left. */
function bar(): Image {
  const image = new Float32Array(784);
  for (let y = 4; y < 24; y++) image.fill(1, y * 28 + 8, y * 28 + 11);
  return image;
}

/** Ten probabilities, of which one is given, and the others are equal. */
const probabilities = (digit: number, one: number) =>
  Array.from({ length: 10 }, (_, at) => at === digit ? one : (1 - one) / 9);

Deno.test("what a model is sure of is looked at once", async () => {
  const asked: number[] = [];
  const look = (images: readonly Image[]) => {
    asked.push(images.length);
    return Promise.resolve(images.map(() => probabilities(3, 0.99)));
  };
  const seen = await lookTurned([bar(), bar()], look);
  assertEquals([asked, seen.length], [[2], 2]);
  assertEquals(seen[0], probabilities(3, 0.99));
});

Deno.test("an unsure digit is seen turned, as large, and in the middle", async () => {
  const calls: (readonly Image[])[] = [];
  const look = (images: readonly Image[]) => {
    calls.push(images);
    const isFirst = calls.length === 1;
    return Promise.resolve(images.map((_, at) => {
      if (isFirst) {
        return at === 0 ? probabilities(1, 0.5) : probabilities(2, 1);
      }
      return at === 3 ? probabilities(7, 0.98) : probabilities(1, 0.4);
    }));
  };
  const [first, second] = await lookTurned([bar(), bar()], look);
  assertEquals(second, probabilities(2, 1));
  const total = Array.from(first).reduce((sum, each) => sum + each, 0);
  assertAlmostEquals(total, 1);
  assertEquals(Array.from(first).indexOf(Math.max(...Array.from(first))), 7);

  const [, turned] = calls;
  for (const [at, degrees] of [-30, -15, 15, 30].entries()) {
    let [mass, sumX, sumY, product, square] = [0, 0, 0, 0, 0];
    const rows = new Set<number>();
    for (const [pixel, value] of turned[at].entries()) {
      const [x, y] = [pixel % 28, Math.floor(pixel / 28)];
      mass += value;
      sumX += value * x;
      sumY += value * y;
      product += value * (x - 13.5) * (y - 13.5);
      square += value * (y - 13.5) ** 2;
      if (value > 0.12) rows.add(y);
    }
    assert(Math.abs(sumX / mass - 13.5) <= 1, `${degrees}: ${sumX / mass}`);
    assert(Math.abs(sumY / mass - 13.5) <= 1, `${degrees}: ${sumY / mass}`);
    assert(Math.abs(rows.size - 20) <= 1, `${degrees}: ${rows.size} rows`);
    // What points down turns to the left by positive degrees.
    const slope = Math.tan(degrees * Math.PI / 180);
    assertAlmostEquals(product / square, slope, 0.05);
  }
});

Deno.test("of other than ten classes nothing is turned", async () => {
  let calls = 0;
  const look = (images: readonly Image[]) => {
    calls++;
    return Promise.resolve(images.map(() => [0.4, 0.6]));
  };
  assertEquals(await lookTurned([bar()], look), [[0.4, 0.6]]);
  assertEquals(calls, 1);
});
