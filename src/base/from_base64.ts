/** The bytes that a text in base64 stands for. */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  const characters = atob(text);
  const bytes = new Uint8Array(characters.length);
  // Over a string, `Uint8Array.from` takes a hundred times as long.
  for (let index = 0; index < bytes.length; index++) {
    bytes[index] = characters.charCodeAt(index);
  }
  return bytes;
}
