import { pcg3d } from "../../kernels/lib/pcg3d.ts";

/** `length` numbers in [−1, 1), the same for the same seed. */
export function uniform(length: number, seed: number): Float64Array {
  return new Float64Array(length).map((_, index) =>
    pcg3d(index, seed, 0)[0] / 2 ** 31 - 1
  );
}
