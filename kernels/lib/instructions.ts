// Instructions of WebAssembly, as `assemble.ts` takes them: each function gives the
// code of its operands, then its own. Numbers are of 32 bits, vectors of 128.

import { type Code, signed, unsigned } from "./assemble.ts";

/** Where a load or store goes: a memory's index, a number of bytes, and bytes beyond. */
export interface Place {
  readonly memory: number;
  readonly at: Code;
  readonly offset: number;
}

/** The alignment, 2 to this power, the memory, one of 128, and the offset of an access. */
function access(exponent: number, { memory, offset }: Place): Code {
  return [exponent | 0x40, memory, unsigned(offset)];
}

/** A number. */
export const constant = (value: number): Code => [0x41, signed(value)];
/** The sum of two numbers. */
export const add = (left: Code, right: Code): Code => [left, right, 0x6a];
/** The difference of two numbers. */
export const subtract = (left: Code, right: Code): Code => [left, right, 0x6b];
/** The product of two numbers. */
export const multiply = (left: Code, right: Code): Code => [left, right, 0x6c];
/** The bits that two numbers have in common. */
export const and = (left: Code, right: Code): Code => [left, right, 0x71];
/** A number moved to the left by some bits. */
export const shiftLeft = (value: Code, by: Code): Code => [value, by, 0x74];
/** Zeros before a number's first bit that is set. */
export const leadingZeros = (value: Code): Code => [value, 0x67];
/** Whether two numbers are equal. */
export const equal = (left: Code, right: Code): Code => [left, right, 0x46];
/** Whether the left number is below the right one, both without a sign. */
export const below = (left: Code, right: Code): Code => [left, right, 0x49];
/** One of two numbers. */
export const select = (condition: Code, yes: Code, no: Code): Code => [
  yes,
  no,
  condition,
  0x1b,
];

/** Runs one of two pieces of code. */
export const either = (condition: Code, yes: Code, no: Code): Code => [
  condition,
  0x04,
  0x40,
  yes,
  0x05,
  no,
  0x0b,
];
/** Runs code where a condition holds. */
export const when = (condition: Code, yes: Code): Code => [
  condition,
  0x04,
  0x40,
  yes,
  0x0b,
];
/** Runs code, and again while a condition holds after it. */
export const repeat = (code: Code, condition: Code): Code => [
  0x03,
  0x40,
  code,
  condition,
  0x0d,
  0,
  0x0b,
];

/** A vector of memory. */
export const load = (place: Place): Code => [
  place.at,
  0xfd,
  0,
  access(4, place),
];
/** An element of memory in all four lanes. */
export const loadLanes = (place: Place): Code => [
  place.at,
  0xfd,
  9,
  access(2, place),
];
/** Stores a vector. */
export const store = (place: Place, value: Code): Code => [
  place.at,
  value,
  0xfd,
  11,
  access(4, place),
];
/** Zeros in all lanes. */
export const zeros: Code = [0xfd, 12, new Array(16).fill(0)];
/** By lane: the bytes of a shuffle that takes its element four times. */
const shuffles = [0, 1, 2, 3].map((lane) =>
  Uint8Array.from({ length: 16 }, (_, byte) => 4 * lane + byte % 4)
);
/** One lane's element in all four. */
export const lanesOf = (value: Code, lane: number): Code => [
  value,
  value,
  0xfd,
  13,
  shuffles[lane],
];
/** The sums of four elements. */
export const addVectors = (left: Code, right: Code): Code => [
  left,
  right,
  0xfd,
  0xe4,
  1,
];
/** `a · b + c` in each lane, fused where the processor can. */
export const madd = (a: Code, b: Code, c: Code): Code => [
  a,
  b,
  c,
  0xfd,
  0x85,
  2,
];
