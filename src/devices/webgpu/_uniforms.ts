import type { Binding } from "../../../kernels/wgsl.ts";
import { nextIdentity } from "./_buffer.ts";
import type { Memory } from "./_memory.ts";

/** Numbers that a pipeline reads and that do not change: sizes, above all. */
export class WebGpuUniform {
  /** Distinguishes uniforms, buffers and textures in the keys of bind groups. */
  readonly identity = nextIdentity();
  /** The resource that a bind group binds. */
  readonly resource: GPUBufferBinding;

  constructor(buffer: GPUBuffer, readonly byteLength: number) {
    this.resource = { buffer };
  }
}

/**
 * Uniform variables, once for each set of values: what would make another
 * pipeline as `override` constants makes another of these, in a bind group.
 */
export class Uniforms {
  readonly #memory: Memory;
  readonly #uniforms = new Map<string, WebGpuUniform>();

  constructor(memory: Memory) {
    this.#memory = memory;
  }

  /**
   * The uniform of these values.
   *
   * @param values Of all members, and maybe of others.
   * @throws {TypeError} If the value of a member is not there.
   */
  get(
    { members = [], name }: Binding,
    values: Readonly<Record<string, number>>,
  ): WebGpuUniform {
    const words = new DataView(new ArrayBuffer(4 * members.length));
    members.forEach((member, at) => {
      const value = values[member.name];
      if (value === undefined) {
        throw new TypeError(`uniform ${name}: no value for ${member.name}`);
      }
      words[setters[member.type]](4 * at, value, true);
    });
    const bytes = new Uint8Array(words.buffer);
    const key = bytes.join();
    const known = this.#uniforms.get(key);
    if (known !== undefined) return known;
    const made = new WebGpuUniform(
      this.#memory.createUniform(bytes),
      bytes.length,
    );
    this.#uniforms.set(key, made);
    return made;
  }
}

const setters = {
  f32: "setFloat32",
  i32: "setInt32",
  u32: "setUint32",
} as const;
