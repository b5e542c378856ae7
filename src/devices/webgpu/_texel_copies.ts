import type { Binding, WgslModule } from "../../../kernels/wgsl.ts";
import type { Bound } from "./_bind_groups.ts";
import { WebGpuBuffer } from "./_buffer.ts";
import type { TexelCopy } from "./_queue.ts";
import {
  rowLength,
  type TexelFormat,
  type TexelRead,
  texelReadOf,
} from "./_texel_reads.ts";
import { texelBytes, type Textures, type WebGpuTexture } from "./_textures.ts";

/** A buffer that a dispatch reads from a texture, and how it gets there. */
export interface TexelInput {
  readonly read: TexelRead;
  readonly texture: WebGpuTexture;
  readonly copies: readonly TexelCopy[];
}

/** Textures of a size and format that buffers share for their copies. */
const kept = 4;

/**
 * Copies of buffers in textures, for adapters that are processors. Mesa's
 * (llvmpipe 22.3) loads from a storage buffer lane by lane, each with a branch:
 * 10 ns a number, where a copy takes 0.4 and a load from a texture 3 ns, of
 * four numbers at once 1 ns each. A copy serves until its buffer is written.
 */
export class TexelCopies {
  readonly #textures: Textures;
  readonly #from: number;
  readonly #most: number;
  /** How modules' bindings are read, by their code and names. */
  readonly #known = new Map<string, Map<string, TexelRead | null>>();
  /** The buffers of which textures have a copy. */
  readonly #held = new Map<WebGpuTexture, WebGpuBuffer>();

  /**
   * Keeps the arguments.
   *
   * @param from Elements from which a buffer's copy is worth more than it takes.
   * @param most Textures that an entry point may bind.
   */
  constructor(textures: Textures, from: number, most: number) {
    this.#textures = textures;
    this.#from = from;
    this.#most = most;
  }

  /** The bindings of an entry point that are read from textures. */
  of(
    module: WgslModule,
    bindings: readonly Binding[],
    bound: readonly Bound[],
  ): readonly TexelInput[] {
    const own = bindings.filter(({ access }) => access.endsWith("Texture"));
    const inputs: TexelInput[] = [];
    for (const [at, binding] of bindings.entries()) {
      const buffer = bound[at];
      if (own.length + inputs.length >= this.#most) break;
      if (!(buffer instanceof WebGpuBuffer)) continue;
      const isOfWords = buffer.stored.endsWith("32");
      if (!isOfWords || buffer.length < this.#from) continue;
      const read = this.#readOf(module, binding);
      if (read === null) continue;
      const texels = buffer.byteLength / texelBytes[read.format];
      if (texels > this.#textures.limit) continue;
      inputs.push(this.#copyOf(buffer, texels, read, inputs));
    }
    return inputs;
  }

  /** Whether a texture has what comes of a buffer; from now on it does. */
  has(texture: WebGpuTexture, buffer: WebGpuBuffer): boolean {
    const held = this.#held.get(texture);
    this.#held.set(texture, buffer);
    return held === buffer;
  }

  /**
   * Is told what is written: copies of that are old. Without it all are: a program
   * may not rely on what was before it.
   */
  written(bound?: readonly Bound[]): void {
    for (const [texture, buffer] of this.#held) {
      const isKept = bound?.every((one) =>
        !(one instanceof WebGpuBuffer && overlap(one, buffer))
      );
      if (!isKept) this.#held.delete(texture);
    }
  }

  /**
   * A buffer has the same texture each time, so that steps that repeat bind the
   * same; where this dispatch reads another buffer from that, one that it alone
   * reads.
   *
   * @param before What the dispatch reads besides.
   */
  #copyOf(
    buffer: WebGpuBuffer,
    texels: number,
    read: TexelRead,
    before: readonly TexelInput[],
  ): TexelInput {
    const { format } = read;
    const place = buffer.identity % kept;
    const own = this.#textures.get(`copy ${place}`, texels, format);
    const isTaken = this.#held.get(own) !== buffer &&
      before.some(({ texture }) => texture === own);
    const texture = isTaken
      ? this.#textures.get(`spare ${before.length}`, texels, format)
      : own;
    const copies = !isTaken && this.has(own, buffer)
      ? []
      : copiesOf(buffer, texture.memory, format);
    return { read, texture, copies };
  }

  #readOf(module: WgslModule, binding: Binding): TexelRead | null {
    const reads = this.#known.get(module.code) ?? new Map();
    this.#known.set(module.code, reads);
    const known = reads.get(binding.name);
    if (known !== undefined) return known;
    const elements = module.elements.map((name) => `alias ${name} = f32;`);
    const read = texelReadOf(elements.join("") + module.code, binding);
    reads.set(binding.name, read);
    return read;
  }
}

function overlap(one: WebGpuBuffer, other: WebGpuBuffer): boolean {
  return one.memory === other.memory &&
    one.byteOffset < other.byteOffset + other.byteLength &&
    other.byteOffset < one.byteOffset + one.byteLength;
}

/** Whole rows of the texture, and what is left. */
function copiesOf(
  { byteLength, byteOffset, memory: buffer }: WebGpuBuffer,
  texture: GPUTexture,
  format: TexelFormat,
): TexelCopy[] {
  const bytesPerRow = rowLength * texelBytes[format];
  const rows = Math.floor(byteLength / bytesPerRow);
  const rest = Math.floor(byteLength % bytesPerRow / texelBytes[format]);
  const copy = (row: number, size: TexelCopy["size"]): TexelCopy => ({
    source: { buffer, offset: byteOffset + row * bytesPerRow, bytesPerRow },
    target: { texture, origin: [0, row] },
    size,
  });
  return [copy(0, [rowLength, rows]), copy(rows, [rest, 1])]
    .filter(({ size: [width, height] }) => width * height > 0);
}
