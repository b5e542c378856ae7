import type { Command } from "./_command.ts";

/** A command as `--help` lists it, without what it runs. */
export interface ListedCommand {
  /** The name of the command. */
  readonly name: string;
  /** Its purpose, in one sentence. */
  readonly summary: string;
  /** Loads it, and with it all modules that it needs. */
  readonly load: () => Promise<Command>;
}

/**
 * All commands, in the order of `--help`, which loads none of them: the modules of
 * all together take longer to start than the rest of Deno.
 */
export const commands: readonly ListedCommand[] = [
  {
    name: "train",
    summary: "Train the network on MNIST and save its weights.",
    load: async () => (await import("./train.ts")).train,
  },
  {
    name: "evaluate",
    summary: "Measure saved weights on test images.",
    load: async () => (await import("./evaluate.ts")).evaluate,
  },
  {
    name: "predict",
    summary: "Print which digits a network sees in pictures or test images.",
    load: async () => (await import("./predict.ts")).predict,
  },
  {
    name: "serve",
    summary: "Open a page to draw digits on, and predict over HTTP.",
    load: async () => (await import("./serve.ts")).serve,
  },
  {
    name: "site",
    summary: "Write the page to draw digits on as files for any web server.",
    load: async () => (await import("./site.ts")).site,
  },
  {
    name: "bundle",
    summary:
      "Write the library as ES modules for pages, or a program of yours.",
    load: async () => (await import("./bundle.ts")).bundle,
  },
  {
    name: "runs",
    summary: "Compare the trainings in runs/, best first, or delete some.",
    load: async () => (await import("./runs.ts")).runs,
  },
  {
    name: "sweep",
    summary: "Train with many settings, and find the best of them.",
    load: async () => (await import("./sweep.ts")).sweep,
  },
  {
    name: "worker",
    summary: "Take trials of sweeps from a queue, and train them.",
    load: async () => (await import("./worker.ts")).worker,
  },
  {
    name: "lr-find",
    summary: "Look for a learning rate: the loss while the rate rises.",
    load: async () => (await import("./lr_find.ts")).lrFind,
  },
  {
    name: "data",
    summary: "Fetch the data set, check it, and draw a first batch of it.",
    load: async () => (await import("./data.ts")).data,
  },
  {
    name: "summary",
    summary: "Print the network: its layers, shapes and sizes.",
    load: async () => (await import("./summary.ts")).summary,
  },
  {
    name: "convert",
    summary: "Write a file of weights in another format.",
    load: async () => (await import("./convert.ts")).convert,
  },
  {
    name: "inspect",
    summary: "Print what is in a file of weights.",
    load: async () => (await import("./inspect.ts")).inspect,
  },
  {
    name: "completions",
    summary: "Print what completes commands and options in a shell.",
    load: async () => (await import("./completions.ts")).completions,
  },
  {
    name: "doctor",
    summary: "Look at what is there to train on, and try it.",
    load: async () => (await import("./doctor.ts")).doctor,
  },
];
