import {
  type Strided,
  stridedAxes,
  stridedCopy,
} from "../../../kernels/strided/strided.ts";
import {
  type KernelCase,
  lengths,
  random,
  randomIntegers,
} from "./_harness.ts";

interface Copy {
  readonly name: string;
  readonly sizes: readonly number[];
  readonly source: Strided;
  readonly destination: Strided;
  /** Elements of both buffers. */
  readonly lengths: readonly [source: number, destination: number];
}

const dense = (...strides: number[]): Strided => ({ offset: 0, strides });

const copies: readonly Copy[] = [
  ...lengths.map((length): Copy => ({
    name: `${length} elements in a row`,
    sizes: [length],
    source: dense(1),
    destination: dense(1),
    lengths: [length, length],
  })),
  {
    name: "one element",
    sizes: [],
    source: { offset: 3, strides: [] },
    destination: { offset: 1, strides: [] },
    lengths: [5, 4],
  },
  {
    name: "two axes exchanged",
    sizes: [37, 19],
    source: dense(1, 37),
    destination: dense(19, 1),
    lengths: [703, 703],
  },
  {
    name: "five axes in another order",
    sizes: [2, 3, 4, 2, 3],
    source: dense(1, 4, 12, 2, 48),
    destination: dense(72, 24, 6, 3, 1),
    lengths: [144, 144],
  },
  {
    name: "one element for all",
    sizes: [5, 70],
    source: { offset: 2, strides: [0, 0] },
    destination: dense(70, 1),
    lengths: [3, 350],
  },
  {
    name: "every third into the middle",
    sizes: [4, 9],
    source: { offset: 1, strides: [30, 3] },
    destination: { offset: 5, strides: [12, 1] },
    lengths: [120, 60],
  },
];

/** Copies between places of buffers. */
export const stridedCases: readonly KernelCase[] = copies.flatMap(
  ({ destination, lengths, name, sizes, source }): KernelCase[] => {
    const axes = stridedAxes(sizes, source, destination);
    const [from, to] = lengths;
    return [
      {
        name: `stridedCopy: ${name}`,
        run: (harness) =>
          harness.check(stridedCopy, {
            source: random(from, 1).with(0, NaN).with(from - 1, -0),
            axes,
            destination: random(to, 2),
          }, { count: axes[0] }),
      },
      {
        name: `stridedCopy: ${name}, i32`,
        run: (harness) =>
          harness.check(stridedCopy, {
            source: randomIntegers(from, 2 ** 31, 1),
            axes,
            destination: randomIntegers(to, 2 ** 31, 2),
          }, { count: axes[0] }),
      },
    ];
  },
);
