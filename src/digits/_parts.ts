/** Pixels that hang together. */
export interface Part {
  readonly pixels: readonly number[];
  /** Whether one of them is at the edge of the image. */
  readonly atEdge: boolean;
}

/** All parts, pixels that touch at a corner taken together. */
export function partsOf(
  mask: Uint8Array,
  width: number,
  height: number,
): Part[] {
  const seen = new Uint8Array(mask.length);
  const parts: Part[] = [];
  for (let start = 0; start < mask.length; start++) {
    if (mask[start] === 0 || seen[start] === 1) continue;
    const pixels = [start];
    seen[start] = 1;
    let atEdge = false;
    for (let next = 0; next < pixels.length; next++) {
      const [x, y] = [pixels[next] % width, Math.floor(pixels[next] / width)];
      atEdge ||= x === 0 || y === 0 || x === width - 1 || y === height - 1;
      for (
        let row = Math.max(0, y - 1);
        row <= Math.min(height - 1, y + 1);
        row++
      ) {
        for (
          let column = Math.max(0, x - 1);
          column <= Math.min(width - 1, x + 1);
          column++
        ) {
          const pixel = row * width + column;
          if (mask[pixel] === 0 || seen[pixel] === 1) continue;
          seen[pixel] = 1;
          pixels.push(pixel);
        }
      }
    }
    parts.push({ pixels, atEdge });
  }
  return parts;
}
