import { document, element, requestAnimationFrame } from "../page/dom.ts";
import { drawChart, listenTo } from "./charts.ts";
import { rowOf } from "./others.ts";
import type { News, Start } from "./protocol.ts";
import type { LiveState, Parent } from "./state.ts";

/** Shows what a training is. */
export function showStart(state: LiveState, start: Start): void {
  state.start = start;
  state.steps = [];
  state.measured = [];
  state.isOver = false;
  (document as unknown as { title: string }).title = start.title;
  element("title").textContent = start.title;
  element<Parent>("facts").replaceChildren(
    ...Object.entries(start.facts).map(([name, value]) => {
      const [group, term, text] = ["div", "dt", "dd"].map((tag) =>
        document.createElement(tag)
      );
      term.textContent = name;
      text.textContent = value;
      group.append(term, text);
      return group;
    }),
  );
}

/** Shows what is new. */
export function showNews(state: LiveState, news: News): void {
  state.steps.push(...news.steps);
  state.measured.push(...news.measured);
  state.isOver = news.isOver;
  element("status").textContent = news.status;
  element("numbers").textContent = news.numbers === "" ? "–" : news.numbers;
  element("progress").setAttribute("value", String(news.done));
  element("stop").disabled = news.isOver || news.status.startsWith("Stopping");
  element("save").disabled = news.isOver || state.start?.canSave !== true;
}

/** A stream of server-sent events. */
interface Events extends EventTarget {
  close(): void;
}

/** Listens to the training, and keeps the page up to date. */
export function listen(state: LiveState, draw: () => void): void {
  const { EventSource } = globalThis as unknown as {
    EventSource: new (address: string) => Events;
  };
  const events = new EventSource("events");
  const dataOf = (event: Event) =>
    JSON.parse((event as Event & { data: string }).data);
  events.addEventListener("start", (event) => {
    showStart(state, dataOf(event));
    draw();
  });
  events.addEventListener("news", (event) => {
    showNews(state, dataOf(event));
    if (state.isOver) events.close();
    draw();
  });
  events.addEventListener("error", () => {
    element("status").textContent =
      "The training does not answer; asking again";
    for (const id of ["stop", "save"]) element(id).disabled = true;
  });
}

/** Starts the page. */
export function startLiveView(mostRuns: number): void {
  const state: LiveState = {
    start: null,
    steps: [],
    measured: [],
    others: [],
    chosen: new Map(),
    isOver: false,
    at: new Map(),
  };
  const draw = drawingOnce(state);
  for (const id of ["stop", "save"]) askOnClick(id);
  element("smoothing").addEventListener("input", () => {
    const weight = Number(element("smoothing").value);
    element("weight").textContent = weight.toFixed(2);
    draw();
  });
  listenTo(state, "loss", draw);
  listenTo(state, "accuracy", draw);
  globalThis.addEventListener("resize", draw);
  listen(state, draw);
  fetch("runs.json").then((answer) => answer.json()).then((others) => {
    state.others = others;
    element("runs").hidden = others.length === 0;
    element<Parent>("others").replaceChildren(
      ...state.others.map((run) => rowOf(run, state, mostRuns, draw)),
    );
  });
}

/** Draws with the next frame, once however often it is asked to. */
export function drawingOnce(state: LiveState): () => void {
  let isDue = false;
  return () => {
    if (isDue) return;
    isDue = true;
    requestAnimationFrame(() => {
      isDue = false;
      drawChart(state, "loss");
      drawChart(state, "accuracy");
    });
  };
}

/** Lets a button ask the training for what it is named after. */
export function askOnClick(id: string): void {
  element(id).addEventListener("click", async () => {
    element(id).disabled = true;
    const { ok } = await fetch(id, { method: "POST" });
    if (!ok) element("status").textContent = `${id} was refused`;
  });
}
