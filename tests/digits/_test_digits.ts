import { decode } from "npm:fast-png@8.0.0";
import { isPermitted } from "../permissions.ts";

/** The labels of MNIST's first hundred test images. */
export const labels: readonly number[] = Array.from(
  "72104149590690159734966540740131347271211742351244" +
    "63556041957893746430702917329776278473613693141769",
  Number,
);

const grid = isPermitted("read")
  ? decode(
    await Deno.readFile(
      new URL("../golden/mnist_test_100.png", import.meta.url),
    ),
  ).data
  : new Uint8Array(280 * 280);

/** One of MNIST's first hundred test images, as bytes. */
export function testDigit(index: number): Uint8Array {
  const [left, top] = [28 * (index % 10), 28 * Math.floor(index / 10)];
  return Uint8Array.from({ length: 784 }, (_, pixel) => {
    const [x, y] = [left + pixel % 28, top + Math.floor(pixel / 28)];
    return grid[y * 280 + x];
  });
}
