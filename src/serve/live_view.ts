import { grouped } from "../base/table.ts";
import type {
  EpochResult,
  StepResult,
  TrainSettings,
} from "../training/mod.ts";
import { answer, json } from "./_answers.ts";
import { EventStreams } from "./_event_streams.ts";
import { finite, LivePoints } from "./_live_points.ts";
import { Refusal } from "./_refusal.ts";
import { checkSender } from "./_sender.ts";
import { liveHtml } from "./live/html.ts";
import type { EpochPoint, News, OtherRun, Start } from "./live/protocol.ts";
import { liveScript } from "./live/script.ts";
import { liveStyle } from "./live/style.ts";

/** Milliseconds between two messages to the pages. */
const pace = 200;

/** Nothing but the view's own files, and no WebAssembly, which it needs not. */
const policy = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; " +
    "img-src data:; connect-src 'self'; base-uri 'none'; " +
    "form-action 'none'; frame-ancestors 'none'",
};

/** What a view can ask of the program that trains. */
export interface LiveViewOptions {
  /** Stops the training after its step, as `Ctrl-C` does. */
  readonly stop: () => void;
  /** Other trainings to draw beside it. */
  readonly runs: () => Promise<readonly OtherRun[]>;
}

/** What is watched. */
export interface Watched {
  /** Its name. */
  readonly title: string;
  /** What to tell of it beside the curves. */
  readonly facts: Readonly<Record<string, string>>;
  /** How many epochs it has. */
  readonly epochs: number;
  /** Whether there is a file for {@linkcode LiveView.takeSave}. */
  readonly canSave: boolean;
  /** Epochs before this one was resumed. */
  readonly history: readonly EpochResult[];
}

type NewsParts = Pick<News, "steps" | "measured">;

/**
 * A page that shows a training while it runs, by server-sent events, and can stop
 * it. Its handler answers only below a path that nobody can guess.
 */
export class LiveView {
  /** The path that all others are below, with a token: `/…/`. */
  readonly path = `/${token()}/`;
  readonly #options: LiveViewOptions;
  readonly #streams: EventStreams;
  #watched: Watched | null = null;
  #points = new LivePoints();
  #measured: EpochPoint[] = [];
  #news: { steps: News["steps"][number][]; measured: EpochPoint[] };
  #status = "Starting";
  #note = "";
  #last: StepResult | null = null;
  #isOver = false;
  #wantsSave = false;

  /** A view of nothing yet. */
  constructor(options: LiveViewOptions) {
    this.#options = options;
    this.#news = { steps: [], measured: [] };
    this.#streams = new EventStreams(pace, () => {
      const { measured, steps } = this.#news;
      this.#news = { steps: [], measured: [] };
      return this.#newsOf({ measured, steps });
    });
  }

  /** Shows a training from now on. */
  begin(watched: Watched): void {
    this.#watched = watched;
    this.#points = new LivePoints();
    this.#measured = watched.history.map(pointOf);
    this.#news = { steps: [], measured: [] };
    this.#status = "Training";
    this.#note = "";
    this.#last = null;
    this.#streams.send("start", this.#start());
    this.#streams.send(
      "news",
      this.#newsOf({
        steps: [],
        measured: this.#measured,
      }),
    );
  }

  /** Shows a step. It costs microseconds: messages are sent later, together. */
  step(step: StepResult): void {
    this.#last = step;
    const point = this.#points.add(step);
    if (point !== null && this.#streams.isHeard) this.#news.steps.push(point);
    if (step.step === step.steps) this.#turn("Training", "Measuring");
  }

  /** Shows an epoch that was measured. */
  epoch(result: EpochResult): void {
    const point = pointOf(result);
    this.#measured.push(point);
    if (this.#streams.isHeard) this.#news.measured.push(point);
    this.#turn("Measuring", "Training");
  }

  /** Says something beside what the training does. */
  note(text: string): void {
    this.#note = text;
  }

  /** Whether somebody asked to save since this was last asked. */
  takeSave(): boolean {
    const wants = this.#wantsSave;
    this.#wantsSave = false;
    return wants;
  }

  /** Tells the pages the rest, how it ended, and that nothing else will come. */
  end(status: string): void {
    this.#status = status;
    this.#isOver = true;
    this.#streams.end();
  }

  /** Answers a request; a server's handler, also apart from the object. */
  readonly fetch = async (request: Request): Promise<Response> => {
    try {
      checkSender(request, []);
      return await this.#answer(request);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const { message, status } = error;
      return json({ error: message }, status, policy);
    }
  };

  /** Goes from one state to the next, unless it is to stop. */
  #turn(from: string, to: string): void {
    if (this.#status === from) this.#status = to;
  }

  async #answer(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    if (!pathname.startsWith(this.path)) throw noSuchPath();
    const asked = `${request.method} ${pathname.slice(this.path.length)}`;
    switch (asked) {
      case "GET ":
        return answer(liveHtml, "text/html; charset=utf-8", 200, policy);
      case "GET view.css":
        return answer(liveStyle, "text/css; charset=utf-8", 200, policy);
      case "GET view.js":
        return answer(
          liveScript,
          "text/javascript; charset=utf-8",
          200,
          policy,
        );
      case "GET runs.json":
        return json(await this.#options.runs(), 200, policy);
      case "GET events":
        return answer(this.#opened(), "text/event-stream", 200, policy);
      case "POST stop":
        this.#status = "Stopping after this step";
        this.#options.stop();
        return json({ stopping: true }, 202, policy);
      case "POST save":
        if (this.#watched?.canSave !== true) throw noFile();
        this.#wantsSave = true;
        return json({ saving: true }, 202, policy);
      default:
        throw noSuchPath();
    }
  }

  /** A stream that begins with all there is. */
  #opened(): ReadableStream<Uint8Array<ArrayBuffer>> {
    const all = { steps: this.#points.all, measured: this.#measured };
    return this.#streams.open([
      ...this.#watched === null ? [] : [["start", this.#start()] as const],
      ["news", this.#newsOf(all)],
    ]);
  }

  #start(): Start {
    const { canSave, epochs, facts, title } = this.#watched!;
    return { canSave, epochs, facts, title };
  }

  #newsOf(parts: NewsParts): News {
    return {
      ...parts,
      status: this.#note === "" || this.#isOver
        ? this.#status
        : `${this.#status}; ${this.#note}`,
      ...progressOf(this.#last),
      isOver: this.#isOver,
    };
  }
}

/** A training that is to be drawn beside another. */
export function otherRun(
  { best, history, name, settings }: {
    readonly name: string;
    readonly settings: TrainSettings;
    readonly history: readonly EpochResult[];
    readonly best?: EpochResult;
  },
): OtherRun {
  return {
    name,
    lr: settings.lr,
    batchSize: settings.batchSize,
    trained: history.map(({ acc, epoch, loss }) => ({
      epoch,
      loss: finite(loss),
      accuracy: finite(acc),
    })),
    measured: history.map(pointOf),
    best: best === undefined ? null : pointOf(best),
  };
}

/** The point of an epoch on the rows to measure with. */
function pointOf({ epoch, valAcc, valLoss }: EpochResult): EpochPoint {
  return { epoch, loss: finite(valLoss), accuracy: finite(valAcc) };
}

/** How far it is, also as a sentence. */
function progressOf(step: StepResult | null): Pick<News, "done" | "numbers"> {
  if (step === null) return { done: 0, numbers: "" };
  const { epoch, epochs, imagesPerSecond, lr, rows, totalRows } = step;
  const done = (epoch - 1 + rows / totalRows) / epochs;
  const left = epochs * totalRows * (1 - done) / imagesPerSecond;
  return {
    done,
    numbers: `epoch ${epoch} of ${epochs}, step ${step.step} of ` +
      `${step.steps}, ${grouped(Math.round(imagesPerSecond))} images/s, ` +
      `lr ${Number(lr.toPrecision(3))}, ${Math.ceil(left)} s of training left`,
  };
}

/** 128 random bits. */
function token(): string {
  return crypto.getRandomValues(new Uint8Array(16)).toHex();
}

function noSuchPath(): Refusal {
  return new Refusal(404, {
    what: "path",
    expected: "the address that train --watch printed, with its token",
    got: "another one",
    help: "Copy the whole address from the terminal.",
  });
}

function noFile(): Refusal {
  return new Refusal(409, {
    what: "save",
    expected: "a training that writes checkpoints",
    got: "one with --checkpoint-every 0",
    help: "Train with --checkpoint-every 1.",
  });
}
