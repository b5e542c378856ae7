import { orderFunctions } from "../../kernels/lib/order.ts";
import { binary, type BinaryOperation } from "./binary.ts";

/**
 * Makes the operation that chooses one of two numbers. NaN is chosen before all,
 * and its gradient passes to both; equal numbers have half of the gradient each,
 * as in PyTorch.
 *
 * @param choose The choice, which NaN goes through.
 * @param operator How the number that is chosen compares with the other.
 */
export function extremum(
  name: string,
  choose: (a: number, b: number) => number,
  operator: "<" | ">",
): BinaryOperation {
  const share = (g: number, own: number, other: number) => {
    if (own === other) return g / 2;
    return choose(own, other) === other ? 0 : g;
  };
  return binary({
    name,
    reference: {
      value: choose,
      left: (g, a, b) => share(g, a, b),
      right: (g, a, b) => share(g, b, a),
    },
    wgsl: {
      value: "chosen(a, b)",
      left: "share(g, a, b)",
      right: "share(g, b, a)",
      functions: `${orderFunctions}
fn chosen(a: f32, b: f32) -> f32 {
  if (isNan(a)) { return a; }
  if (isNan(b)) { return b; }
  return select(b, a, orderOf(a) ${operator} orderOf(b));
}

fn share(g: f32, own: f32, other: f32) -> f32 {
  if (isNan(own) || isNan(other)) { return g; }
  if (orderOf(own) == orderOf(other)) { return g * 0.5; }
  return select(0.0, g, orderOf(own) ${operator} orderOf(other));
}
`,
    },
  });
}
