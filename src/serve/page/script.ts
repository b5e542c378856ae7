/**
 * The program of the page: what is drawn goes to a worker, in which the network
 * runs, and what that sees is shown.
 *
 * @module
 */

import { grouped } from "../../base/table.ts";
import type { DeviceChoice } from "../../devices/select.ts";
import type {
  About,
  OwnFile,
  Picture,
  SavedFormat,
} from "../engine/protocol.ts";
import { Answer, type Frame, showSamples } from "./answer.ts";
import { element, requestAnimationFrame } from "./dom.ts";
import { Drawing } from "./drawing.ts";
import { contentsOf, download, onFile, readPhoto } from "./files.ts";
import { Inside } from "./inside.ts";
import { picture as canvasOf } from "./pictures.ts";
import { remoteEngine } from "./remote.ts";
import { Trainer } from "./trainer.ts";

/** Milliseconds without a stroke after which the layers are looked at. */
const idle = 120;

const status = element("status");
const result = element("result");
const choice = element("device");
const paper = { left: 0, top: 0, width: 1, height: 1 };

/** A picture and its place on the paper; null is what is drawn there. */
type Shown = { readonly picture: Picture; readonly frame: Frame | null } | null;

let shown: Shown = null;
let isReady = false;
let isNew = false;
let isLooking = false;
let timer: ReturnType<typeof setTimeout> | undefined;

const engine = remoteEngine((event) => trainer.take(event), (reason) => {
  status.textContent = isReady
    ? `The network has ended: ${reason}. Help: Load the page again.`
    : `The network cannot run in this browser: ${reason}. ` +
      "Help: Chrome 119, Firefox 121, Safari 17.4 and what came after can.";
});
const inside = new Inside();
const answer = new Answer(explainSoon);
const drawing = new Drawing(element("paper"), () => look(null));
const trainer = new Trainer(engine, {
  onStatus: (text) => status.textContent = text,
  onProgress: () => look(shown),
  onChange: (isTraining, about) => {
    for (const id of ["device", "weights", "original"]) {
      element(id).disabled = isTraining;
    }
    if (about !== null) showAbout(about);
    if (!isTraining) look(shown);
  },
});

element("clear").addEventListener("click", () => drawing.clear());
choice.addEventListener(
  "change",
  () => opened(() => engine.move(choice.value as DeviceChoice)),
);
element("original").addEventListener("click", () => open(null));
for (const format of ["safetensors", "pth"] as const) {
  element(`save-${format}`).addEventListener("click", () => save(format));
}
onFile(async (file, isWeights) => {
  if (isWeights) await open(await contentsOf(file));
  else await showPhoto(file);
});
await open(null);
await showOffers();

/** Opens a network: the page's, or a file's. */
function open(weights: OwnFile | null): Promise<void> {
  return opened(() => engine.open(choice.value as DeviceChoice, weights));
}

async function opened(run: () => Promise<About>): Promise<void> {
  choice.disabled = true;
  try {
    showAbout(await run());
    isReady = true;
  } catch (error) {
    status.textContent = (error as Error).message;
  }
  choice.disabled = false;
  look(shown);
}

function showAbout({ classes, device, network, parameters }: About): void {
  answer.classes = classes;
  status.textContent = `The network ${network}, ` +
    `${grouped(parameters)} parameters, ` +
    `runs in this page, on ${device}.`;
}

/** Looks at a picture; where others follow at once, at the last of them. */
function look(next: Shown): void {
  shown = next;
  isNew = true;
  if (!isLooking) lookOn();
}

async function lookOn(): Promise<void> {
  isLooking = true;
  result.setAttribute("aria-busy", "true");
  while (isNew) {
    await new Promise<void>(requestAnimationFrame);
    isNew = false;
    try {
      await show();
    } catch (error) {
      status.textContent = (error as Error).message;
    }
  }
  result.setAttribute("aria-busy", "false");
  isLooking = false;
}

async function show(): Promise<void> {
  if (!isReady) return;
  const start = performance.now();
  const drawn = shown === null ? drawing.picture() : null;
  const picture = shown?.picture ?? drawn;
  const seen = picture === null ? [] : await engine.look(picture);
  const frame = drawn?.kind === "drawing"
    ? { ...paper, columns: drawn.width, rows: drawn.height }
    : shown?.frame ?? null;
  answer.show(
    seen,
    picture === null ? "draw something" : "no digit",
    frame,
  );
  const time = (performance.now() - start).toFixed(1);
  element("time").textContent = seen.length === 0 ? "" : `seen in ${time} ms`;
}

/** Looks into the network when the pen rests, and not at every stroke. */
function explainSoon(): void {
  timer ??= setTimeout(async () => {
    timer = undefined;
    if (drawing.isDown) return explainSoon();
    const seen = answer.chosen;
    if (seen === null) return inside.clear();
    try {
      inside.show(await engine.explain(seen.data, seen.index), seen);
    } catch (error) {
      status.textContent = (error as Error).message;
    }
  }, idle);
}

async function showPhoto(file: File): Promise<void> {
  try {
    const { bitmap, picture } = await readPhoto(file);
    const place = drawing.cover(bitmap, true);
    look({ picture, frame: frameOf(place, picture) });
  } catch (error) {
    status.textContent = (error as Error).message;
  }
}

/** A place on the paper, which is 4/3 wide and 1 high, in parts of both. */
function frameOf(
  place: { left: number; top: number; width: number; height: number },
  { height, width }: { width: number; height: number },
): Frame {
  return {
    ...{ left: place.left * 3 / 4, width: place.width * 3 / 4 },
    ...{ top: place.top, height: place.height },
    ...{ columns: width, rows: height },
  };
}

async function save(format: SavedFormat): Promise<void> {
  try {
    download(await engine.save(format), `mnist-cnn.${format}`);
  } catch (error) {
    status.textContent = (error as Error).message;
  }
}

/** Test images to click and a training to start, where there are images. */
async function showOffers(): Promise<void> {
  const { hasTraining, samples } = await (await fetch("page.json")).json();
  trainer.hasImages = hasTraining;
  showSamples(samples, (pixels) => {
    const light = Array.from(pixels, (value) => 1 - value / 255);
    drawing.cover(canvasOf(light, 28), false);
    look({ picture: { kind: "image", pixels }, frame: null });
  });
}
