import { assertEquals, assertThrows } from "@std/assert";
import { assertClose } from "./close.ts";

const EXACT = { atol: 0, rtol: 0 };

Deno.test("assertClose adds the absolute and the relative tolerance", () => {
  const tolerance = { atol: 0.5, rtol: 0.25 };
  assertEquals(assertClose([5.5], [4], tolerance, "sum"), {
    absolute: 1.5,
    relative: 0.375,
  });
  assertThrows(() => assertClose([5.75], [4], tolerance, "sum"));
  assertThrows(() => assertClose([0.75], [0], tolerance, "sum"));
});

Deno.test("assertClose returns the worst errors and ignores a relative one at 0", () => {
  const worst = assertClose([1, 3, 0.5], [2, 3, 0], { atol: 1, rtol: 0 }, "x");
  assertEquals(worst, { absolute: 1, relative: 0.5 });
});

Deno.test("assertClose names the element farthest outside its tolerance", () => {
  assertThrows(
    () => assertClose([1, 2.5, 7], [1, 2, 4], { atol: 1, rtol: 0 }, "logits"),
    Error,
    "logits: element 2 of 3: expected 4, got 7, error 3",
  );
});

Deno.test("assertClose fails on values that are not finite, equal or not", () => {
  for (const value of [NaN, Infinity, -Infinity]) {
    assertThrows(() => assertClose([value], [value], EXACT, "both"));
    assertThrows(() => assertClose([value], [1], EXACT, "actual"));
    assertThrows(() => assertClose([1, 1], [1, value], EXACT, "expected"));
    assertThrows(() =>
      assertClose([value], [1], { atol: Infinity, rtol: 0 }, "tolerance")
    );
  }
});

Deno.test("assertClose fails on different lengths", () => {
  assertThrows(
    () => assertClose([1, 2], [1], EXACT, "loss"),
    Error,
    "loss: expected 1 elements, got 2",
  );
});
