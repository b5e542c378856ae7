import { displayAs } from "../base/display.ts";
import { html } from "../base/html.ts";
import { report, type ReportedTraining, type ReportOptions } from "./report.ts";

/** A report that a notebook shows. */
export class ReportPage {
  static {
    displayAs(this.prototype, (page) => ({
      "text/plain": String(page),
      "text/html": page.#frame(),
    }));
  }

  /** Keeps the page. */
  constructor(
    /** The page, as {@linkcode report} gives it. */
    readonly html: string,
  ) {}

  /** That it is one, and how long. */
  toString(): string {
    return `report of ${this.html.length} characters`;
  }

  /** A frame, so that neither style touches the other. */
  #frame(): string {
    return html`
      <iframe title="report" srcdoc="${this.html}" width="100%" height="900"
        style="border: 0"></iframe>
    `.text.trim();
  }
}

/**
 * {@linkcode report} as an object that a notebook shows.
 *
 * @throws {LibraryError} If ECharts, which draws the curves, cannot be loaded.
 * @throws {RangeError} If there is no epoch to tell of.
 *
 * @example
 * ```ts ignore
 * import { train } from "@x/mnist-cnn";
 * import { showReport } from "@x/mnist-cnn/report";
 *
 * await Deno.jupyter.display(await showReport(await train({ epochs: 1 })));
 * ```
 */
export async function showReport(
  training: ReportedTraining,
  options: ReportOptions = {},
): Promise<ReportPage> {
  return new ReportPage(await report(training, options));
}
