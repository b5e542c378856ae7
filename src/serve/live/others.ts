import { document, type PageElement } from "../page/dom.ts";
import type { OtherRun } from "./protocol.ts";
import type { Box, LiveState } from "./state.ts";

/** A cell of a table. */
export function cell(content: PageElement | string): PageElement {
  const td = document.createElement("td");
  td.append(content);
  return td;
}

/** The row of another training, with the box that draws it. */
export function rowOf(
  run: OtherRun,
  state: LiveState,
  mostRuns: number,
  draw: () => void,
): PageElement {
  const [box, label, swatch, row] = ["input", "label", "span", "tr"].map(
    (name) => document.createElement(name),
  );
  box.type = "checkbox";
  swatch.className = "swatch";
  box.addEventListener("change", () => {
    const used = new Set(state.chosen.values());
    const free = Array.from({ length: mostRuns }, (_, index) => index + 1)
      .find((number) => !used.has(number));
    if (!(box as Box).checked) state.chosen.delete(run.name);
    else if (free === undefined) (box as Box).checked = false;
    else state.chosen.set(run.name, free);
    swatch.className = `swatch run-${state.chosen.get(run.name) ?? "none"}`;
    draw();
  });
  label.append(box, " ", swatch, run.name);
  row.append(
    cell(label),
    cell(run.best?.accuracy?.toFixed(5) ?? "–"),
    cell(run.best?.loss?.toFixed(5) ?? "–"),
    cell(String(run.measured.length)),
    cell(String(run.lr)),
    cell(String(run.batchSize)),
  );
  return row;
}
