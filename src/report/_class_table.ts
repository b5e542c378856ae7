import { type Html, html } from "../base/html.ts";
import { classLabel } from "../models/mod.ts";
import { fixed } from "./_tables.ts";

type Matrix = readonly (readonly number[])[];

/** Precision, recall and their harmonic mean, 0…1; NaN where nothing counts. */
interface Scores {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

/** Precision, recall and F1 of each class of a confusion matrix. */
export function classScores(matrix: Matrix): Scores[] {
  return matrix.map((counts, label) => {
    const right = counts[label];
    const all = counts.reduce((sum, count) => sum + count, 0);
    const guessed = matrix.reduce((sum, row) => sum + row[label], 0);
    return {
      precision: right / guessed,
      recall: right / all,
      f1: 2 * right / (all + guessed),
    };
  });
}

/** Those numbers as a table, and their means over the classes. */
export function classTable(
  matrix: Matrix,
  classNames?: readonly string[],
): Html {
  const scores = classScores(matrix);
  const rows = scores.map((each, label) =>
    line(String(classLabel(label, classNames)), sumOf(matrix[label]), each)
  );
  const images = sumOf(matrix.map(sumOf));
  return html`
    <div class="scroll">
      <table id="classes">
        <thead>
          <tr>
            <th scope="col">class</th>
            <th scope="col">images</th>
            <th scope="col">precision</th>
            <th scope="col">recall</th>
            <th scope="col">F1</th>
          </tr>
        </thead>
        <tbody>${rows}</tbody>
        <tfoot>${line("mean", images, means(scores))}</tfoot>
      </table>
    </div>
  `;
}

function line(name: string, images: number, scores: Scores): Html {
  const { f1, precision, recall } = scores;
  const cells = [precision, recall, f1].map((score) =>
    html`<td>${fixed(score, 4)}</td>`
  );
  return html`<tr><th scope="row">${name}</th><td>${images}</td>${cells}</tr>`;
}

/** The means over those classes that have a value. */
function means(scores: readonly Scores[]): Scores {
  const mean = (name: keyof Scores) => {
    const known = scores.map((each) => each[name]).filter(Number.isFinite);
    return sumOf(known) / known.length;
  };
  return {
    precision: mean("precision"),
    recall: mean("recall"),
    f1: mean("f1"),
  };
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
