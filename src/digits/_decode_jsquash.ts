import { library } from "../base/library.ts";
import { ImageFault } from "./_image_fault.ts";
import type { Pixels } from "./_pixels.ts";

/** An image as a browser has it. */
interface Decoded {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray;
}

/** A decoder of jSquash: the format's own, compiled to WebAssembly. */
type Decode = (bytes: ArrayBuffer) => Promise<Decoded | null>;

// By variables: Deno fetches what it sees in an import before a program starts.
const packages = {
  webp: "npm:@jsquash/webp@1.5.0",
  avif: "npm:@jsquash/avif@2.1.1",
} as const;

/** The decoders, each made ready once for the whole program. */
const ready = new Map<keyof typeof packages, Promise<Decode>>();

/** Decodes a WebP, with or without loss. */
export function decodeWebp(bytes: Uint8Array): Promise<Pixels> {
  return decodeBy("webp", bytes);
}

/** Decodes an AVIF. */
export function decodeAvif(bytes: Uint8Array): Promise<Pixels> {
  return decodeBy("avif", bytes);
}

async function decodeBy(
  format: keyof typeof packages,
  bytes: Uint8Array,
): Promise<Pixels> {
  if (!ready.has(format)) ready.set(format, load(format));
  const decode = await ready.get(format)!;
  const image = await decode(bytes.slice().buffer);
  if (image === null) throw new ImageFault("no picture in it");
  const { data, height, width } = image;
  return { width, height, channels: 4, data, white: 255 };
}

function load(format: keyof typeof packages): Promise<Decode> {
  const name = packages[format];
  return library(name, async () => {
    const { default: decode, init } = await import(`${name}/decode.js`);
    const file = `${name}/codec/dec/${format}_dec.wasm`;
    const code = await Deno.readFile(new URL(import.meta.resolve(file)));
    await init(await WebAssembly.compile(code));
    return decode as Decode;
  });
}

/**
 * Columns and rows of a WebP, by its first chunk.
 * https://developers.google.com/speed/webp/docs/riff_container
 */
export function webpSize(bytes: Uint8Array): [number, number] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const kind = String.fromCharCode(...bytes.subarray(12, 16));
  if (kind === "VP8X") {
    const read = (at: number) =>
      1 + (view.getUint16(at, true) | view.getUint8(at + 2) << 16);
    return [read(24), read(27)];
  }
  if (kind === "VP8L") {
    const packed = view.getUint32(21, true);
    return [1 + (packed & 0x3fff), 1 + ((packed >>> 14) & 0x3fff)];
  }
  return [
    view.getUint16(26, true) & 0x3fff,
    view.getUint16(28, true) & 0x3fff,
  ];
}

/** The largest columns and rows that a property of an AVIF states: `ispe`. */
export function avifSize(bytes: Uint8Array): [number, number] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let size: [number, number] = [0, 0];
  for (let at = 4; at + 16 <= Math.min(bytes.length, 65536); at++) {
    if (view.getUint32(at) !== 0x69737065) continue;
    const [width, height] = [view.getUint32(at + 8), view.getUint32(at + 12)];
    if (width * height > size[0] * size[1]) size = [width, height];
  }
  if (size[0] === 0) throw new ImageFault("it has no size");
  return size;
}
