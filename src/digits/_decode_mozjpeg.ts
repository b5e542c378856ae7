import { LibraryError } from "../base/errors.ts";
import { library } from "../base/library.ts";
import { jpegFrame } from "./_jpeg_segments.ts";
import type { Pixels } from "./_pixels.ts";

/** A module of WebAssembly with its memory. */
interface Decoder {
  /** The pixels as RGBA. */
  decode(bytes: Uint8Array, turns: boolean): Decoded;
}

interface Decoded {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray;
}

/** Makes a decoder with memory of its own. */
type MakeDecoder = () => Promise<Decoder>;

// By a variable: Deno fetches what it sees in an import before a program starts.
const specifier = "npm:@jsquash/jpeg@1.6.0";

/** Pixels of a picture after which a decoder's memory is given back. */
const mostKept = 4e6;

let making: Promise<MakeDecoder | null> | null = null;
let kept: Decoder | null = null;

/**
 * Decodes a JPEG in grey or colour by libjpeg, compiled to WebAssembly.
 *
 * @returns Red, green and blue; null where this decoder is not to be had: in a
 * page or a compiled program, without the permission to read Deno's cache, where
 * it is not there and cannot be fetched; or where the colours are of ink.
 * @throws {Error} If the picture is damaged, in the words of libjpeg.
 */
export async function decodeMozjpeg(bytes: Uint8Array): Promise<Pixels | null> {
  const { channels } = jpegFrame(bytes);
  if (channels > 3 || !await mayRead()) return null;
  making ??= library(specifier, load).catch(noneIfAbsent);
  const make = await making;
  if (make === null) return null;
  const decoder = kept ?? await make();
  // One that has failed, or has grown, is not used again: its memory stays as it is.
  kept = null;
  const image = decoder.decode(bytes, false);
  const { height, width } = image;
  if (width * height <= mostKept) kept = decoder;
  const data = withoutAlpha(image.data);
  return { width, height, channels: 3, data, white: 255 };
}

/** Whether the program may read what Deno keeps; nobody is asked. */
async function mayRead(): Promise<boolean> {
  if (globalThis.Deno === undefined) return false;
  const { state } = await Deno.permissions.query({ name: "read" });
  return state === "granted";
}

/** There is another decoder where this one cannot be loaded. */
function noneIfAbsent(error: unknown): null {
  if (error instanceof LibraryError) return null;
  throw error;
}

async function load(): Promise<MakeDecoder> {
  const { default: make } = await import(
    `${specifier}/codec/dec/mozjpeg_dec.js`
  );
  const file = import.meta.resolve(`${specifier}/codec/dec/mozjpeg_dec.wasm`);
  const code = await WebAssembly.compile(await Deno.readFile(new URL(file)));
  return () =>
    make({
      noInitialRun: true,
      instantiateWasm(
        imports: WebAssembly.Imports,
        use: (instance: WebAssembly.Instance) => void,
      ) {
        WebAssembly.instantiate(code, imports).then(use);
        return {};
      },
      // Where libjpeg warns it goes on, with pixels of its own: that is the end.
      printErr(warning: string) {
        throw new Error(warning);
      },
    });
}

/** The first three of each four values, in the same memory. */
function withoutAlpha(rgba: Uint8ClampedArray): Uint8Array {
  const { buffer, byteOffset, length } = rgba;
  const data = new Uint8Array(buffer, byteOffset, length);
  for (let from = 4, to = 3; from < length; from += 4, to += 3) {
    data[to] = data[from];
    data[to + 1] = data[from + 1];
    data[to + 2] = data[from + 2];
  }
  return data.subarray(0, length / 4 * 3);
}
