import { malformed } from "./_malformed.ts";

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
