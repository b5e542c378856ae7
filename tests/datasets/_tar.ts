/** A tar archive of files; null is a folder. */
export function tar(
  files: Readonly<Record<string, Uint8Array | null>>,
): Uint8Array<ArrayBuffer> {
  const blocks: Uint8Array<ArrayBuffer>[] = [];
  for (const [name, bytes] of Object.entries(files)) {
    const size = bytes?.length ?? 0;
    const header = new Uint8Array(512);
    const write = (at: number, text: string) =>
      header.set(new TextEncoder().encode(text), at);
    write(0, name);
    write(100, "0000644\0");
    write(124, size.toString(8).padStart(11, "0") + "\0");
    write(156, bytes === null ? "5" : "0");
    write(257, "ustar\0" + "00");
    const content = new Uint8Array(Math.ceil(size / 512) * 512);
    content.set(bytes ?? new Uint8Array());
    blocks.push(header, content);
  }
  blocks.push(new Uint8Array(1024));
  const length = blocks.reduce((sum, block) => sum + block.length, 0);
  const archive = new Uint8Array(length);
  let at = 0;
  for (const block of blocks) {
    archive.set(block, at);
    at += block.length;
  }
  return archive;
}
