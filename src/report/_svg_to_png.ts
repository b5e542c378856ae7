import { library } from "../base/library.ts";

/** Pixels of the PNG for one of the SVG: it is sharp on a fine screen. */
const scale = 2;

// By variables: Deno fetches what it sees in an import before a program starts.
const resvg = "npm:@resvg/resvg-wasm@2.6.2";
const fonts = "npm:@expo-google-fonts/pt-sans@0.4.1";
const font = `${fonts}/400Regular/PTSans_400Regular.ttf`;

/** The renderer, made ready once for the whole program. */
let renderer: ReturnType<typeof load> | null = null;

/**
 * Draws an SVG as PNG, all its text in PT Sans.
 *
 * @throws {LibraryError} If resvg or the font cannot be loaded.
 */
export async function svgToPng(svg: string): Promise<Uint8Array> {
  const { Resvg, fontBuffer } = await (renderer ??= load());
  const drawing = new Resvg(svg, {
    fitTo: { mode: "zoom", value: scale },
    font: { fontBuffers: [fontBuffer], defaultFontFamily: "PT Sans" },
  });
  const image = drawing.render();
  const png = image.asPng();
  image.free();
  drawing.free();
  return png;
}

async function load() {
  return await library(resvg, async () => {
    const { initWasm, Resvg } = await import(resvg);
    await initWasm(
      await Deno.readFile(
        new URL(import.meta.resolve(`${resvg}/index_bg.wasm`)),
      ),
    );
    // A package of files without code: this fetches it.
    await import(`${fonts}/package.json`, { with: { type: "json" } });
    const fontBuffer = await Deno.readFile(
      new URL(import.meta.resolve(font)),
    );
    return { Resvg, fontBuffer };
  });
}
