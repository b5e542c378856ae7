import { assertEquals } from "@std/assert";
import { browserTest } from "../_browser.ts";
import { needs } from "../permissions.ts";
import { opened, shows, until } from "./_page.ts";

needs(import.meta.url, "env", "net", "read", "run", "write");

/** Notes the canvases that something is drawn on; each is what takes long. */
const noteCanvases = `
  globalThis.drawn = new Set();
  const { getContext } = HTMLCanvasElement.prototype;
  HTMLCanvasElement.prototype.getContext = function (...args) {
    drawn.add(this);
    return getContext.apply(this, args);
  };`;

browserTest(
  "page: until somebody draws, nothing is drawn but the test images",
  async (page) => {
    await page.evaluateOnNewDocument(noteCanvases);
    await using site = await opened(page);
    await shows(page, "draw something");
    await until(
      page,
      `document.querySelectorAll("#images canvas").length === 3 &&
       [...document.querySelectorAll("#images canvas")]
         .every((canvas) => drawn.has(canvas))`,
    );
    // A telephone's browser has another size as soon as one scrolls.
    await page.evaluate(`dispatchEvent(new Event("resize"))`);
    assertEquals(
      await page.evaluate(
        `[...document.querySelectorAll("#loss > *, #accuracy > *"), ...drawn]
           .map((each) => each.closest("[id]")?.id ?? "no part of the page")`,
      ),
      ["images", "images", "images"],
    );
    assertEquals(site.problems, []);
  },
);
