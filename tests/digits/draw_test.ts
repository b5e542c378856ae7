import { assertEquals } from "@std/assert";
import { drawImage } from "../../src/digits/mod.ts";

const image = {
  width: 2,
  height: 3,
  data: new Uint8Array([255, 0, 0, 255, 255, 255]),
};

Deno.test("drawImage draws two rows in a line", () => {
  assertEquals(drawImage(image), "▀▄\n▀▀");
});

Deno.test("drawImage draws greys and ends every line's colours", () => {
  const white = "255;255;255";
  const black = "0;0;0";
  const first = `\x1b[38;2;${white};48;2;${black}m▀`;
  const second = `\x1b[38;2;${black};48;2;${white}m▀`;
  assertEquals(
    drawImage(image, { color: true }),
    `${first}${second}\x1b[0m\n${first}▀\x1b[0m`,
  );
});

Deno.test("drawImage averages pixels where columns are too few", () => {
  const data = new Uint8Array(16);
  data.set([255, 255], 0);
  data.set([255, 255], 4);
  const wide = { width: 4, height: 4, data };
  assertEquals(drawImage(wide, { columns: 2 }), "▀ ");
  assertEquals(drawImage(wide, { columns: 9 }), "██  \n    ");
});
