/** Degrees by which an image is turned where a model is unsure of it. */
const turns = [-30, -15, 15, 30];

/** Pixels of an image's side, and of the longer side of a digit in it. */
const [side, inner] = [28, 20];

/** Whiter than this is a stroke. */
const leastInk = 0.12;

/** A model that is as sure of a digit as this need not see it turned. */
const sure = 0.7;

/** Most digits are upright: a turned one has to be this much surer. */
const upright = 0.9;

/**
 * Of what a model says of the turned images the surest counts; this power of it,
 * so that the result is as often right as it says. It was found with digits that
 * are in none of the tests.
 */
const power = 4;

/** The pixels of an image, 28 × 28, 0 (paper) to 1 (ink). */
type Image = Float32Array<ArrayBuffer>;

/**
 * The probabilities of digits, which a model sees as they are and, where it is
 * unsure, turned to both sides. Of other than ten classes it sees them as they
 * are: one letter may be another but for a turn.
 *
 * @param look What the model sees: probabilities for each image.
 */
export async function lookTurned<P extends ArrayLike<number>>(
  images: readonly Image[],
  look: (images: readonly Image[]) => Promise<readonly P[]>,
): Promise<(P | number[])[]> {
  const first = await look(images);
  const unsure = images.map((_, row) => row).filter((row) =>
    first[row].length === 10 && Math.max(...Array.from(first[row])) < sure
  );
  const all: (P | number[])[] = [...first];
  if (unsure.length === 0) return all;
  const found = await look(unsure.flatMap((row) => turnedImages(images[row])));
  for (const [at, row] of unsure.entries()) {
    const start = at * turns.length;
    const own = found.slice(start, start + turns.length);
    all[row] = joined(first[row], own);
  }
  return all;
}

/** An image turned by each angle, as large as MNIST's, and centred by mass. */
function turnedImages(image: Image): Image[] {
  return turns.map((degrees) => {
    const scale = longerSide(turned(image, degrees, 1)) / inner;
    return centred(turned(image, degrees, scale));
  });
}

/** Of each class its highest probability, so sharp that it can be believed. */
function joined(
  first: ArrayLike<number>,
  others: readonly ArrayLike<number>[],
): number[] {
  const powers = Array.from(first, (own, digit) => {
    const most = Math.max(...others.map((each) => each[digit]));
    return Math.max(own, upright * most) ** power;
  });
  const sum = powers.reduce((sum, each) => sum + each, 0);
  return powers.map((each) => each / sum);
}

/** The image turned about its middle; `scale` pixels of it become one. */
function turned(
  image: Image,
  degrees: number,
  scale: number,
): Image {
  const angle = degrees * Math.PI / 180;
  const [cos, sin] = [scale * Math.cos(angle), scale * Math.sin(angle)];
  const middle = (side - 1) / 2;
  return Float32Array.from(image, (_, pixel) => {
    const x = pixel % side - middle;
    const y = Math.floor(pixel / side) - middle;
    return between(
      image,
      middle + cos * x - sin * y,
      middle + sin * x + cos * y,
    );
  });
}

/** The brightness between pixels: the mean of four, by distance. */
function between(image: Float32Array, x: number, y: number): number {
  const [left, top] = [Math.floor(x), Math.floor(y)];
  const at = (column: number, row: number) =>
    column < 0 || row < 0 || column >= side || row >= side
      ? 0
      : image[row * side + column];
  const [right, down] = [x - left, y - top];
  const upper = at(left, top) * (1 - right) + at(left + 1, top) * right;
  const lower = at(left, top + 1) * (1 - right) + at(left + 1, top + 1) * right;
  return upper * (1 - down) + lower * down;
}

/** Pixels of the longer side of what is drawn; those of MNIST's for nothing. */
function longerSide(image: Float32Array): number {
  let [left, top, right, bottom] = [side, side, -1, -1];
  for (const [pixel, value] of image.entries()) {
    if (value <= leastInk) continue;
    const [x, y] = [pixel % side, Math.floor(pixel / side)];
    [left, right] = [Math.min(left, x), Math.max(right, x)];
    [top, bottom] = [Math.min(top, y), Math.max(bottom, y)];
  }
  return right < 0 ? inner : Math.max(right - left, bottom - top) + 1;
}

/** The image moved by whole pixels so that its mass is in the middle. */
function centred(image: Image): Image {
  let [mass, massX, massY] = [0, 0, 0];
  for (const [pixel, value] of image.entries()) {
    mass += value;
    massX += value * (pixel % side);
    massY += value * Math.floor(pixel / side);
  }
  if (mass === 0) return new Float32Array(image);
  const right = Math.round(side / 2 - massX / mass);
  const down = Math.round(side / 2 - massY / mass);
  return Float32Array.from(image, (_, pixel) => {
    const x = pixel % side - right;
    const y = Math.floor(pixel / side) - down;
    return x < 0 || y < 0 || x >= side || y >= side ? 0 : image[y * side + x];
  });
}
