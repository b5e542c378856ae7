import { Refusal } from "./_refusal.ts";

type Stream = ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>;

/** Pages that may listen at a time. */
const mostStreams = 16;

/** Messages that may wait for a page; one that reads no longer is given up. */
const mostWaiting = 64;

/**
 * Streams of server-sent events, which all get the same messages:
 * https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export class EventStreams {
  readonly #streams = new Set<Stream>();
  readonly #milliseconds: number;
  readonly #news: () => object;
  #timer: ReturnType<typeof setInterval> | null = null;

  /**
   * No streams yet.
   *
   * @param milliseconds Time between two messages, while somebody listens.
   * @param news What is new since it was last asked for.
   */
  constructor(milliseconds: number, news: () => object) {
    this.#milliseconds = milliseconds;
    this.#news = news;
  }

  /** Whether anybody listens. */
  get isHeard(): boolean {
    return this.#streams.size > 0;
  }

  /**
   * Opens a stream that begins with these messages. The others get what is new
   * first, so that no stream hears anything twice.
   */
  open(
    messages: readonly (readonly [event: string, data: object])[],
  ): ReadableStream<Uint8Array<ArrayBuffer>> {
    if (this.#streams.size >= mostStreams) {
      throw new Refusal(503, {
        what: "events",
        expected: `at most ${mostStreams} pages at a time`,
        help: "Close some.",
      });
    }
    this.send("news", this.#news());
    let own: Stream;
    return new ReadableStream({
      start: (stream) => {
        own = stream;
        for (const message of messages) stream.enqueue(text(...message));
        this.#streams.add(stream);
        this.#timer ??= setInterval(
          () => this.send("news", this.#news()),
          this.#milliseconds,
        );
      },
      cancel: () => this.#forget(own),
    }, { highWaterMark: mostWaiting });
  }

  /** Sends a message to all. */
  send(event: string, data: object): void {
    if (this.#streams.size === 0) return;
    const message = text(event, data);
    for (const stream of this.#streams) {
      if ((stream.desiredSize ?? 0) > 0) stream.enqueue(message);
      else {
        stream.close();
        this.#forget(stream);
      }
    }
  }

  /** Sends what is new for the last time, and ends all streams. */
  end(): void {
    this.send("news", this.#news());
    for (const stream of [...this.#streams]) {
      stream.close();
      this.#forget(stream);
    }
  }

  #forget(stream: Stream): void {
    this.#streams.delete(stream);
    if (this.#streams.size > 0 || this.#timer === null) return;
    clearInterval(this.#timer);
    this.#timer = null;
  }
}

function text(event: string, data: object): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(
    `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`,
  );
}
