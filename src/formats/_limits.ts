import { malformed } from "./_malformed.ts";

/** Most tensors of a file. */
export const MOST_TENSORS = 10_000;

/** Most values of a header or a pickle: shared ones multiply without end. */
export const MOST_VALUES = 250_000;

/** Most dimensions of a tensor, as NumPy and PyTorch have them. */
export const MOST_DIMENSIONS = 64;

/** Small files may hold so many bytes in any case. */
const SMALL = 64 * 2 ** 20;

/** Nor may content be so many times the size of its file. */
const FACTOR = 4;

/**
 * Refuses a file whose tensors together take much more memory than the file is
 * long: packed zeros, or tensors that share one storage.
 *
 * @param bytes What all tensors take, unpacked.
 * @param fileBytes The file's own length.
 * @throws {FormatError} If they take more than 64 MB and four times the file.
 */
export function checkContent(
  where: string,
  bytes: number,
  fileBytes: number,
): void {
  const most = SMALL + FACTOR * fileBytes;
  if (bytes <= most) return;
  throw malformed(where, `at most ${most} bytes of tensors`, `${bytes}`, {
    help: "Write the file again without packing, and each tensor once.",
  });
}
