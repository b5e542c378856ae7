/**
 * The bits of WebGPU's flags. There are globals with them where there is WebGPU,
 * but not in TypeScript's types of a page:
 * https://www.w3.org/TR/webgpu/#namespacedef-gpubufferusage
 *
 * @module
 */

/** Uses of a buffer. */
export const BufferUsage = {
  MAP_READ: 0x1,
  COPY_SRC: 0x4,
  COPY_DST: 0x8,
  UNIFORM: 0x40,
  STORAGE: 0x80,
  QUERY_RESOLVE: 0x200,
} as const;

/** Uses of a texture. */
export const TextureUsage = {
  COPY_DST: 0x2,
  STORAGE_BINDING: 0x8,
} as const;

/** How a buffer is mapped. */
export const MapMode = { READ: 0x1 } as const;

/** Stages of a shader. */
export const ShaderStage = { COMPUTE: 0x4 } as const;
