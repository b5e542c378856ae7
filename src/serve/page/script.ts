/**
 * The program of the page: the network runs here, on what is drawn.
 *
 * @module
 */

import { classLabel, type ModelCard } from "../../models/card.ts";
import { FormatError } from "../../base/errors.ts";
import type { DeviceChoice } from "../../devices/select.ts";
import { digitOf } from "../../digits/digit_of.ts";
import type { Image } from "../classify.ts";
import {
  type Canvas,
  document,
  element,
  type PageElement,
  requestAnimationFrame,
} from "./dom.ts";
import { Drawing } from "./drawing.ts";
import { fetchWeights, Network } from "./network.ts";
import { Curves } from "./curves.ts";
import { fetchImages, Training } from "./training.ts";

const status = element("status");
const result = element("result");
const digit = element("digit");
const choice = element("device");
const seen = element<Canvas>("seen").getContext("2d");

/** An image to look at: none, what is drawn, or a test image. */
type Shown = Image | "drawing";

let shown: Shown = "drawing";
let isNew = false;
let isLooking = false;
let looking = Promise.resolve();
let network: Network | null = null;
let bars: { bar: PageElement; text: PageElement }[] = [];

const drawing = new Drawing(element("paper"), () => look("drawing"));
element("clear").addEventListener("click", () => drawing.clear());
choice.addEventListener("change", open);

let training: Training | null = null;
const [start, pause, stop] = ["start", "pause", "stop"].map((id) =>
  element(id)
);
start.addEventListener("click", train);
stop.addEventListener("click", () => training?.stop());
pause.addEventListener("click", () => {
  training?.pause(!training.isPaused);
  pause.textContent = training?.isPaused ? "Go on" : "Pause";
});

const weights = fetchWeights();
await open();
await showOffers();

/** Opens the device that is chosen, and puts the network there. */
async function open(): Promise<void> {
  choice.disabled = true;
  try {
    const before = network;
    network = null;
    await looking;
    before?.[Symbol.dispose]();
    const wanted = choice.value as DeviceChoice;
    network = await Network.open(await weights, wanted);
    status.textContent =
      `The network runs in this page, on ${network.device.label}.`;
    bars = makeBars(network);
  } catch (error) {
    status.textContent = (error as Error).message;
  }
  choice.disabled = false;
  look(shown);
}

/** Looks at an image; where others follow at once, at the last of them. */
function look(image: Shown): void {
  shown = image;
  isNew = true;
  if (!isLooking) looking = lookOn();
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
  const image = shown === "drawing" ? drawn() : shown;
  draw(seen, image ?? new Float32Array(784));
  const own = network;
  if (own === null) return;
  const probabilities = image === null
    ? new Float32Array(bars.length)
    : await own.probabilities(image);
  const most = Math.max(...probabilities);
  digit.textContent = image === null
    ? "draw something"
    : nameOf(probabilities.indexOf(most), own.card);
  for (const [index, { bar, text }] of bars.entries()) {
    const percent = 100 * probabilities[index];
    bar.style.width = `${percent}%`;
    bar.className = image !== null && probabilities[index] === most
      ? "bar most"
      : "bar";
    text.textContent = `${percent.toFixed(2)} %`;
  }
}

/** What is drawn, placed as MNIST's digits are; null where nothing stands out. */
function drawn(): Image | null {
  if (drawing.isEmpty) return null;
  try {
    return digitOf(drawing.pixels(), "drawing").data;
  } catch (error) {
    if (error instanceof FormatError) return null;
    throw error;
  }
}

function draw(context: typeof seen, image: Image): void {
  const picture = context.createImageData(28, 28);
  for (const [pixel, value] of image.entries()) {
    picture.data.fill(Math.round(255 * value), pixel * 4, pixel * 4 + 3);
    picture.data[pixel * 4 + 3] = 255;
  }
  context.putImageData(picture, 0, 0);
}

function nameOf(index: number, { classNames }: ModelCard): string {
  return String(classLabel(index, classNames));
}

/** A row of the table for each class. */
function makeBars({ card, model }: Network): typeof bars {
  const rows = element("bars");
  rows.textContent = "";
  return Array.from({ length: model.classes }, (_, index) => {
    const [row, name, cell, text] = ["tr", "th", "td", "td"].map((tag) =>
      document.createElement(tag)
    );
    const bar = document.createElement("div");
    name.setAttribute("scope", "row");
    name.textContent = nameOf(index, card);
    cell.setAttribute("aria-hidden", "true");
    cell.append(bar);
    row.append(name, cell, text);
    rows.append(row);
    return { bar, text };
  });
}

interface Offers {
  readonly samples: readonly { label: number; pixels: number[] }[];
  readonly hasTraining: boolean;
}

/** Test images to click and a training to start, where the server has images. */
async function showOffers(): Promise<void> {
  const response = await fetch("page.json");
  const { hasTraining, samples }: Offers = await response.json();
  element("training").hidden = !hasTraining;
  const list = element("images");
  for (const { label, pixels } of samples) {
    const button = document.createElement("button");
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = 28;
    const image = Float32Array.from(pixels, (value) => value / 255);
    draw(canvas.getContext("2d"), image);
    button.type = "button";
    button.setAttribute("aria-label", `test image, a ${label}`);
    button.append(canvas);
    button.addEventListener("click", () => {
      drawing.clear();
      look(image);
    });
    list.append(button);
  }
  element("samples").hidden = samples.length === 0;
}

/** Trains a network that has learnt nothing, in place of the one that is here. */
async function train(): Promise<void> {
  if (network === null) return;
  const own = network;
  start.disabled = choice.disabled = true;
  try {
    status.textContent = "Fetching the images…";
    const data = await fetchImages(own.model.classes);
    own.restart();
    status.textContent = `The network learns ${data.length} images in this ` +
      `page, on ${own.device.label}.`;
    training = new Training(own.device, own.model, data);
    pause.disabled = stop.disabled = false;
    const curves = new Curves();
    await training.run((progress) => {
      curves.add(progress);
      look(shown);
    });
    status.textContent = "The network that was trained in this page runs on " +
      `${own.device.label}.`;
  } catch (error) {
    status.textContent = (error as Error).message;
  }
  training = null;
  pause.textContent = "Pause";
  pause.disabled = stop.disabled = true;
  start.disabled = choice.disabled = false;
}
