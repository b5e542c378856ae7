import type { OwnFile, Picture } from "../engine/protocol.ts";
import { contextOf, document, type DropInput, element } from "./dom.ts";

/** Pixels of the longer side of a photo that are looked at. */
const longestSide = 1024;

/** A photo that was read. */
export interface Photo {
  /** To look at. */
  readonly bitmap: ImageBitmap;
  /** For the network. */
  readonly picture: Picture & { kind: "photo" };
}

/** Calls back for the files that a button of the page lets one choose. */
export function onChosen(
  id: string,
  run: (files: readonly File[]) => void,
): void {
  const input = element(`${id}-file`);
  element(id).addEventListener("click", () => input.click());
  input.addEventListener("change", () => {
    const files = [...input.files!];
    // The same files once more are a change, too.
    input.value = "";
    if (files.length > 0) run(files);
  });
}

/**
 * Calls back for a file that is chosen, dropped or pasted: a picture, or weights.
 * What ends as a file of weights does is one.
 */
export function onFile(run: (file: File, isWeights: boolean) => void): void {
  const take = ([file]: readonly File[] = []) => {
    if (file === undefined) return;
    run(file, /\.(safetensors|pth|pt|npz)$/i.test(file.name));
  };
  for (const id of ["photo", "weights"]) onChosen(id, take);
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

/** A file's name and bytes. */
export async function contentsOf(file: File): Promise<OwnFile> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  return { name: file.name, bytes };
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
  const context = contextOf(canvas);
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
