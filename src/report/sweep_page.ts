import { Html, html } from "../base/html.ts";
import { writeFileAtomic } from "../formats/files.ts";
import { drawChart, type PanelSize, type Theme } from "./_chart.ts";
import { pageTheme, panelSize } from "./_chart_figure.ts";
import { page } from "./_page.ts";
import { parallel, scatter } from "./_sweep_charts.ts";
import { factList, fixed, percent } from "./_tables.ts";

/** What a setting of a sweep has reached. */
export interface SweepResult {
  /** Its options, by their names. */
  readonly values: Readonly<Record<string, string>>;
  /** Its accuracy, the mean over the seeds; NaN where it failed. */
  readonly valAcc: number;
  /** Its standard deviation over the seeds; NaN of one seed. */
  readonly deviation: number;
  /** Its loss, the mean over the seeds. */
  readonly valLoss: number;
  /** The epochs that it was trained. */
  readonly epochs: number;
}

/** A training of a sweep. */
export interface SweepTrial {
  /** Its name. */
  readonly name: string;
  /** Its options, by their names. */
  readonly values: Readonly<Record<string, string>>;
  /** Its seed. */
  readonly seed: number;
  /** Its accuracy in its best epoch; NaN where it has none. */
  readonly valAcc: number;
  /** How it ended. */
  readonly state: string;
}

/** A sweep as its page tells it. */
export interface ReportedSweep {
  /** The heading. */
  readonly title: string;
  /** The command that trains with the best setting. */
  readonly command: string;
  /** The names of the options that differ. */
  readonly options: readonly string[];
  /** The settings, best first. */
  readonly settings: readonly SweepResult[];
  /** All trainings. */
  readonly trials: readonly SweepTrial[];
  /** Names and values of what all have in common. */
  readonly facts: Readonly<Record<string, string>>;
}

/**
 * Writes a page about all trials of a sweep, which needs no network and no
 * script: the settings from the best to the worst, and the accuracy over each
 * option.
 *
 * @throws {LibraryError} If ECharts, which draws, cannot be loaded.
 * @throws {DataError} If the file cannot be written.
 */
export async function writeSweepPage(
  path: string,
  sweep: ReportedSweep,
): Promise<void> {
  const { command, facts, options, settings, title, trials } = sweep;
  const text = page(title, [
    html`
      <h1>${title}</h1>
      <p><code>${command}</code></p>
    `,
    cards(sweep),
    await charts(sweep),
    html`
      <h2>Settings, best first</h2>
    `,
    grid(
      "settings",
      ["rank", ...options, "val_acc", "deviation", "val_loss", "epochs"],
      settings.map(({ deviation, epochs, valAcc, valLoss, values }, index) => [
        String(index + 1),
        ...options.map((name) => values[name]),
        ...[valAcc, deviation, valLoss].map((value) => fixed(value, 5)),
        String(epochs),
      ]),
    ),
    html`
      <h2>Trials</h2>
    `,
    grid(
      "trials",
      ["trial", ...options, "seed", "val_acc", "state"],
      trials.map(({ name, seed, state, valAcc, values }) => [
        name,
        ...options.map((option) => values[option]),
        ...[String(seed), fixed(valAcc, 5), state],
      ]),
    ),
    html`
      <h2>What all have in common</h2>
      ${factList(facts)}
    `,
  ]);
  await writeFileAtomic(path, new TextEncoder().encode(text));
}

/** The numbers that one looks for first. */
function cards({ settings, trials }: ReportedSweep): Html {
  const [best] = settings;
  const finished = trials.filter(({ state }) => state === "finished").length;
  const entries = [
    ["best val_acc", percent(best.valAcc)],
    ...Object.entries(best.values).map((
      [name, text],
    ) => [`best ${name}`, text]),
    ["settings", String(settings.length)],
    ["trials to the end", `${finished} of ${trials.length}`],
  ];
  const items = entries.map(([name, text]) =>
    html`
      <div>
        <dt>${name}</dt>
        <dd>${text}</dd>
      </div>
    `
  );
  return html`
    <dl class="cards">
    ${items}</dl>
  `;
}

/** Parallel coordinates of two options or more, and each option by itself. */
async function charts({ options, settings }: ReportedSweep): Promise<Html> {
  const measured = settings.filter(({ valAcc }) => !Number.isNaN(valAcc));
  const wide = { ...panelSize, width: 2 * panelSize.width };
  const all = options.length < 2 ? [] : [
    await drawn(
      (theme) => parallel(measured, options, theme),
      "sweep",
      ["val_acc of each setting by its options, the best one in bold", wide],
    ),
  ];
  const each: Html[] = [];
  for (const [index, name] of options.entries()) {
    each.push(
      await drawn(
        (theme) => scatter(measured, name, theme),
        `option${index}`,
        [`val_acc of each setting by ${name}`, panelSize],
      ),
    );
  }
  return html`
    <h2>Accuracy by options</h2>
    ${all}
    <div class="charts">
    ${each}</div>
  `;
}

/** A drawing as a figure, with what it shows below it. */
async function drawn(
  option: (theme: Theme) => object,
  id: string,
  [text, size]: readonly [text: string, size: PanelSize],
): Promise<Html> {
  const theme = { ...pageTheme, id };
  const svg = await drawChart(option(theme), theme, size, text);
  return html`
    <figure>
      ${new Html(svg)}
      <figcaption>${text}</figcaption>
    </figure>
  `;
}

/** A table of which each row is named by its first cell. */
function grid(
  id: string,
  heads: readonly string[],
  rows: readonly (readonly string[])[],
): Html {
  const body = rows.map(([first, ...cells]) =>
    html`<tr><th scope="row">${first}</th>${
      cells.map((cell) => html`<td>${cell}</td>`)
    }</tr>`
  );
  return html`
    <div class="scroll">
      <table id="${id}">
        <thead>
          <tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr>
        </thead>
        <tbody>${body}</tbody>
      </table>
    </div>
  `;
}
