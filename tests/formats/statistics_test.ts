import { assertEquals } from "@std/assert";
import { statisticsOf } from "../../src/formats/mod.ts";

Deno.test("statistics are those of all elements but NaN", () => {
  const of = (...values: number[]) => {
    const data = Float32Array.from(values);
    return statisticsOf({ dtype: "F32", shape: [data.length], data });
  };
  assertEquals(of(1, 3), { min: 1, max: 3, mean: 2, nanCount: 0 });
  assertEquals(of(NaN, -3, NaN, 1), { min: -3, max: 1, mean: -1, nanCount: 2 });
  assertEquals(of(2, -Infinity).min, -Infinity);
  const none = { min: null, max: null, mean: null };
  assertEquals(of(NaN), { ...none, nanCount: 1 });
  assertEquals(of(), { ...none, nanCount: 0 });
  const data = new BigInt64Array([5n, -7n]);
  assertEquals(
    statisticsOf({ dtype: "I64", shape: [2], data }),
    { min: -7, max: 5, mean: -1, nanCount: 0 },
  );
});
