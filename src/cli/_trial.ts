import { stopLine } from "../sweep/mod.ts";
import { readOptions } from "./_options.ts";
import { runTraining, train } from "./train.ts";

/**
 * A trial of a sweep, a training that whoever started it holds by its standard
 * input: a line there stops it in order, and its end at once.
 *
 * @param args Arguments of `train`.
 */
export async function trial(args: readonly string[]): Promise<void> {
  await runTraining(readOptions(train, args), async (interrupt) => {
    const input = Deno.stdin.readable.pipeThrough(new TextDecoderStream());
    for await (const text of input) {
      if (text.includes(stopLine.trim())) interrupt.stop();
    }
    // Who started it is no more, and may have been followed by another.
    Deno.exit(1);
  });
}
