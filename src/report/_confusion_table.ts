import { type Html, html } from "../base/html.ts";
import { classLabel } from "../models/mod.ts";
import { fixed, percent } from "./_tables.ts";

/** The matrix with shaded cells, and each class' share that is right. */
export function confusionTable(
  matrix: readonly (readonly number[])[],
  classNames?: readonly string[],
): Html {
  const named = (label: number) => classLabel(label, classNames);
  const heads = matrix.map((_, label) =>
    html`<th scope="col">${named(label)}</th>`
  );
  const rows = matrix.map((counts, label) => {
    const all = counts.reduce((sum, count) => sum + count, 0);
    const cells = counts.map((count, guess) => cell(count, all, guess, label));
    return html`
      <tr><th scope="row">${named(label)}</th>${cells}<td>${all}</td>
      <td>${all === 0 ? "–" : percent(counts[label] / all)}</td></tr>
    `;
  });
  return html`
    <div class="scroll">
      <table id="confusion">
    <tr><th>true ↓ predicted →</th>${heads}<th>images</th><th>accuracy</th></tr>
    ${rows}</table>
    </div>
  `;
}

function cell(count: number, all: number, guess: number, label: number): Html {
  if (count === 0) return html`<td class="none">0</td>`;
  const share = count / all;
  // The few mistakes of a good model must be seen too.
  return guess === label
    ? html`
      <td class="right"
        style="background: rgb(var(--right, 31 111 235) / ${fixed(
          share / 2,
        )})">${count}</td>
    `
    : html`
      <td class="wrong"
        style="background: rgb(var(--wrong, 207 34 46) / ${fixed(
          0.12 + 0.88 * Math.min(1, share * 10),
        )})">${count}</td>
    `;
}
