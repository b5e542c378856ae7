/** Pictures as they are, for those who want no digit of them. */
export { decodeImage } from "./_decode_image.ts";
export type { Pixels } from "./_pixels.ts";
