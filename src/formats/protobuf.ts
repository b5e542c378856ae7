/** Protobuf by a library: what ONNX files are written and read with. */

import { library } from "../base/library.ts";

/** The writer of the library, as far as it is used. */
export interface ProtobufWriter {
  uint32(value: number): ProtobufWriter;
  int64(value: number): ProtobufWriter;
  float(value: number): ProtobufWriter;
  string(value: string): ProtobufWriter;
  bytes(value: Uint8Array): ProtobufWriter;
  fork(): ProtobufWriter;
  ldelim(): ProtobufWriter;
  finish(): Uint8Array;
}

/** The reader of the library, as far as it is used; it throws past the end. */
export interface ProtobufReader {
  readonly pos: number;
  readonly len: number;
  uint32(): number;
  /** A `Long` where the library has it. */
  int64(): number | { toNumber(): number };
  bytes(): Uint8Array;
  skipType(wireType: number): unknown;
}

/** The library. */
export interface Protobuf {
  readonly Writer: { create(): ProtobufWriter };
  readonly Reader: { create(bytes: Uint8Array): ProtobufReader };
}

// A name that Deno does not see is fetched when it is needed.
const protobufjs = "npm:protobufjs@7.5.4/minimal.js";

/**
 * Loads the library.
 *
 * @throws {LibraryError} If it cannot be loaded.
 */
export async function loadProtobuf(): Promise<Protobuf> {
  const { default: loaded } = await library(
    protobufjs,
    () => import(protobufjs),
  );
  return loaded;
}
