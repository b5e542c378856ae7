import type { Picture } from "../engine/protocol.ts";
import { document, type DropInput, element } from "./dom.ts";

/** Pixels of the longer side of a photo that are looked at. */
const longestSide = 1024;

/** A photo that was read. */
export interface Photo {
  /** To look at. */
  readonly bitmap: ImageBitmap;
  /** For the network. */
  readonly picture: Picture & { kind: "photo" };
}

/**
 * Calls back for files that are chosen, dropped or pasted: pictures, and weights.
 * What ends as a file of weights does is one.
 */
export function onFiles(run: (file: File, isWeights: boolean) => void): void {
  const take = (files: readonly File[] | null = null) => {
    const [file] = files ?? [];
    if (file === undefined) return;
    run(file, /\.(safetensors|pth|pt|npz)$/i.test(file.name));
  };
  for (const id of ["photo", "weights"]) {
    const input = element(`${id}-file`);
    element(id).addEventListener("click", () => input.click());
    input.addEventListener("change", () => {
      take(input.files);
      // The same file once more is a change, too.
      input.value = "";
    });
  }
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    take((event as DropInput).dataTransfer?.files);
  });
  document.addEventListener(
    "paste",
    (event) => take((event as DropInput).clipboardData?.files),
  );
}

/** Reads a picture by the browser's own decoders. */
export async function readPhoto(file: File): Promise<Photo> {
  let whole: ImageBitmap;
  try {
    whole = await createImageBitmap(file);
  } catch (cause) {
    throw new Error(
      `${file.name}: expected a picture or weights, got something else. ` +
        "Help: Give PNG, JPEG, WebP or another picture that a browser shows; " +
        "or weights: .safetensors, .pth or .npz.",
      { cause },
    );
  }
  const scale = Math.min(1, longestSide / Math.max(whole.width, whole.height));
  const width = Math.max(1, Math.round(whole.width * scale));
  const height = Math.max(1, Math.round(whole.height * scale));
  const bitmap = await createImageBitmap(whole, {
    resizeWidth: width,
    resizeHeight: height,
    resizeQuality: "high",
  });
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d");
  context.drawImage(bitmap, 0, 0, width, height);
  const { data } = context.getImageData(0, 0, width, height);
  return { bitmap, picture: { kind: "photo", width, height, pixels: data } };
}

/** Offers bytes as a file to keep. */
export function download(bytes: Uint8Array, name: string): void {
  const url = URL.createObjectURL(new Blob([bytes.slice()]));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // Not before the browser has begun to read it.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
