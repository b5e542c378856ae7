import type { Pixels } from "../../src/digits/decode.ts";

/** Pixels as the reference has them: RGBA of 8 bits, or grey of 32. */
export interface ReferencePicture {
  readonly size: readonly [width: number, height: number];
  readonly bits: 8 | 32;
  /** The bytes, little-endian, in base64. */
  readonly data: string;
  /** Of a JPEG, how many values its channels have for a block, both ways. */
  readonly sampling: readonly (readonly [number, number])[];
}

/** How far pixels may be apart. */
export interface PictureTolerance {
  /**
   * Steps of 8 bits; of wide grey, of 16. Below 1, a value of more or fewer
   * bits is what rounding makes of it, up, down or to the nearest.
   */
  readonly steps: number;
  /** Whether the colour of a pixel counts that is not to be seen. */
  readonly seesTransparent?: boolean;
  /** Whether alpha counts. */
  readonly seesAlpha?: boolean;
  /** Whether brightness alone counts, and only where no channel is at an end. */
  readonly seesLumaAlone?: boolean;
  /**
   * The share of pixels that may be any colour where in both readings a channel
   * is at an end: it was beyond it, and one reader has cut it off, the other
   * taken its lowest bits. Default 0.
   */
  readonly beyond?: number;
}

/** Brightness as JPEG has it; of a colour that was cut off nothing is known. */
function lumaOf(colour: ArrayLike<number>): number {
  const [red, green, blue] = Array.from(colour);
  if ([red, green, blue].some((value) => value <= 0 || value >= 255)) {
    return NaN;
  }
  return 0.299 * red + 0.587 * green + 0.114 * blue;
}

/** What differs between two readings of a picture; null if nothing. */
export function pictureDifference(
  { channels, data, height, white, width }: Pixels,
  theirs: ReferencePicture,
  tolerance: PictureTolerance,
): string | null {
  const { seesAlpha = true, seesTransparent = true, steps } = tolerance;
  if (`${width},${height}` !== `${theirs.size}`) {
    return `${width} × ${height} pixels instead of ${theirs.size.join(" × ")}`;
  }
  const { buffer } = Uint8Array.fromBase64(theirs.data);
  const isGrey = theirs.bits === 32;
  const values = isGrey ? new Int32Array(buffer) : new Uint8Array(buffer);
  const scale = (isGrey ? 65535 : 255) / white;
  const opaque = isGrey ? 65535 : 255;
  let [most, beyond] = [0, 0];
  const mostBeyond = (tolerance.beyond ?? 0) * width * height;
  for (let pixel = 0; pixel < width * height; pixel++) {
    const own = data.subarray(pixel * channels, (pixel + 1) * channels);
    const alpha = channels % 2 === 0 ? own[channels - 1] * scale : opaque;
    const [grey] = own;
    const colour = channels < 3 ? [grey, grey, grey] : own.subarray(0, 3);
    const theirAlpha = isGrey ? opaque : values[pixel * 4 + 3];
    if (seesAlpha && !(Math.abs(alpha - theirAlpha) < 1)) {
      return `alpha ${alpha} instead of ${theirAlpha}`;
    }
    if (!seesTransparent && alpha === 0) continue;
    if (tolerance.seesLumaAlone) {
      const theirColour = values.subarray(pixel * 4, pixel * 4 + 3);
      const apart = Math.abs(lumaOf(colour) - lumaOf(theirColour));
      if (apart > most) most = apart;
      continue;
    }
    let apart = 0;
    for (let channel = 0; channel < (isGrey ? 1 : 3); channel++) {
      const value = isGrey ? values[pixel] : values[pixel * 4 + channel];
      apart = Math.max(apart, Math.abs(colour[channel] * scale - value));
    }
    const theirColour = values.subarray(pixel * 4, pixel * 4 + 3);
    const isBeyond = apart > steps && Number.isNaN(lumaOf(colour)) &&
      Number.isNaN(lumaOf(theirColour));
    if (isBeyond && ++beyond <= mostBeyond) continue;
    most = Math.max(most, apart);
  }
  return most <= steps ? null : `pixels ${most.toFixed(2)} of ${opaque} apart`;
}
