import { FormatError } from "../base/errors.ts";
import { type Digit, readDigit } from "../digits/mod.ts";
import { Refusal } from "./_refusal.ts";
import type { Image } from "./classify.ts";

const side = 28;
const pixels = side * side;

/** Millions of pixels of the largest picture that is decoded. */
const mostMegapixels = 25;

/** The types of a body, as a refusal names them. */
export const bodyTypes = [
  "image/*",
  "multipart/form-data",
  "application/octet-stream",
  "application/json",
] as const;

/** What a request wants predictions for. */
export interface Posted {
  readonly images: readonly Image[];
  /** The digits of pictures, which may be none; null of pixels. */
  readonly digits: readonly Digit[] | null;
}

/**
 * The images in the body of a request.
 *
 * @param type Its `Content-Type`.
 * @param most How many there may be.
 */
export async function imagesOf(
  body: Uint8Array<ArrayBuffer>,
  type: string,
  most: number,
): Promise<Posted> {
  const [essence] = type.toLowerCase().split(";");
  switch (essence.trim()) {
    case "multipart/form-data":
      return ofPictures(await partsOf(body, type, most));
    case "application/octet-stream":
      return { images: rawImages(body, most), digits: null };
    case "application/json":
      return { images: jsonImages(body, most), digits: null };
  }
  if (essence.startsWith("image/")) {
    return ofPictures([await picture(body, "picture")]);
  }
  throw new Refusal(415, {
    what: "Content-Type",
    expected: bodyTypes.join(", "),
    got: essence.slice(0, 80) || "none",
    help: "Name the type of the body: curl -H 'Content-Type: image/png' " +
      "--data-binary @digit.png",
  });
}

function ofPictures(digits: readonly Digit[]): Posted {
  return { images: digits.map(({ data }) => data), digits };
}

/** Pictures are decoded one after the other: each takes memory of its own. */
let turn: Promise<unknown> = Promise.resolve();

async function picture(
  bytes: Uint8Array<ArrayBuffer>,
  name: string,
): Promise<Digit> {
  const digit = turn.then(() => readDigit(bytes, name, mostMegapixels));
  turn = digit.catch(() => {});
  try {
    return await digit;
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    throw new Refusal(422, error.message);
  }
}

/** The files of a form. */
async function partsOf(
  body: Uint8Array<ArrayBuffer>,
  type: string,
  most: number,
): Promise<Digit[]> {
  const files: File[] = [];
  try {
    const headers = { "content-type": type };
    const form = await new Response(body, { headers }).formData();
    for (const [, value] of form) if (value instanceof File) files.push(value);
  } catch (error) {
    throw malformed("form", "the parts of multipart/form-data", error);
  }
  checkCount(files.length, most);
  const digits: Digit[] = [];
  for (const file of files) {
    const bytes = new Uint8Array(await file.arrayBuffer());
    digits.push(await picture(bytes, file.name.slice(0, 80)));
  }
  return digits;
}

/** A byte a pixel, as in MNIST's own files. */
function rawImages(body: Uint8Array, most: number): Image[] {
  if (body.length === 0 || body.length % pixels !== 0) {
    throw new Refusal(400, {
      what: "raw pixels",
      expected: `${pixels} bytes an image`,
      got: `${body.length} bytes`,
      help: `Send ${side} rows of ${side} bytes, 0 paper, 255 ink.`,
    });
  }
  const count = body.length / pixels;
  checkCount(count, most);
  return Array.from({ length: count }, (_, image) => {
    const own = body.subarray(image * pixels, (image + 1) * pixels);
    return Float32Array.from(own, (value) => value / 255);
  });
}

/** `{ "images": [[0, 255, …], …] }`, rows of pixels or arrays of rows. */
function jsonImages(body: Uint8Array, most: number): Image[] {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch (error) {
    throw malformed("JSON", "UTF-8 text", error);
  }
  const images = (value as { images?: unknown } | null)?.images;
  if (!Array.isArray(images)) {
    throw malformed("JSON", 'an object { "images": […] }', null);
  }
  checkCount(images.length, most);
  return images.map((image: unknown, index) => {
    const values = Array.isArray(image) && image.length === side
      ? rowsOf(image)
      : image;
    if (Array.isArray(values) && values.length === pixels) {
      const isPixel = (value: unknown) =>
        typeof value === "number" && value >= 0 && value <= 255;
      if (values.every(isPixel)) {
        return Float32Array.from(values, (value) => value / 255);
      }
    }
    const expected = `${pixels} numbers from 0, paper, to 255, ink, or ` +
      `${side} rows of ${side}`;
    throw malformed(`images[${index}]`, expected, null);
  });
}

/** All pixels of an image by rows; null where a row has another length. */
function rowsOf(rows: readonly unknown[]): unknown[] | null {
  const isRow = (row: unknown) => Array.isArray(row) && row.length === side;
  return rows.every(isRow) ? rows.flat() : null;
}

function checkCount(count: number, most: number): void {
  if (count > 0 && count <= most) return;
  throw new Refusal(count === 0 ? 400 : 413, {
    what: "images",
    expected: `1 to ${most} in a request`,
    got: String(count),
    help: count === 0 ? "Send an image." : "Send several requests.",
  });
}

function malformed(what: string, expected: string, error: unknown): Refusal {
  return new Refusal(400, {
    what,
    expected,
    got: error instanceof Error ? error.message : undefined,
    help: "See /openapi.json for what may be sent.",
  });
}
