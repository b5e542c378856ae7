import { Html, html } from "../base/html.ts";
import { drawPanels, type Panel, type Theme } from "./_chart.ts";
import { fixed } from "./_tables.ts";

/** Colours of the page's own style. */
export const pageTheme: Omit<Theme, "id"> = {
  background: "none",
  text: "var(--text)",
  muted: "var(--muted)",
  line: "var(--line)",
  series: ["var(--first)", "var(--second)"],
  font: "sans-serif",
};

/** A panel in two columns, in pixels. */
export const panelSize = { width: 480, height: 240 };

/**
 * A panel as a figure of the page: the drawing, and its numbers as a table.
 *
 * @param places The values of the horizontal axis.
 * @param id Unique on the page.
 */
export async function chartFigure(
  panel: Panel,
  places: readonly (number | string)[],
  id: string,
): Promise<Html> {
  const svg = await drawPanels(
    [panel],
    places,
    { ...pageTheme, id },
    panelSize,
  );
  const heads = panel.series.map(({ name }) =>
    html`<th scope="col">${name}</th>`
  );
  const rows = places.map((place, index) => {
    const cells = panel.series.map(({ values }) =>
      html`<td>${numberText(values[index])}</td>`
    );
    return html`<tr><th scope="row">${place}</th>${cells}</tr>`;
  });
  return html`
    <figure>
      ${new Html(svg)}
      <details><summary>${panel.title}: numbers</summary>
      <div class="scroll short"><table>
    <thead><tr><th scope="col">${panel.across ??
      "epoch"}</th>${heads}</tr></thead>
    <tbody>${rows}</tbody></table></div></details>
    </figure>
  `;
}

/** Five digits after the point, or as many as a small number needs. */
function numberText(value: number): string {
  if (!Number.isFinite(value)) return fixed(value);
  return Math.abs(value) >= 1000
    ? fixed(value, 0)
    : String(Number(value.toPrecision(5)));
}
