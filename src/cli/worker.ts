import { runTrialProcess, takeTrials } from "../sweep/mod.ts";
import type { Command } from "./_command.ts";
import { Interrupt } from "./_interrupt.ts";
import { usage, wholeNumber } from "./_options.ts";
import { Output } from "./_output.ts";
import { queueOption } from "./_sweep_options.ts";

/** `deno task worker`. */
export const worker: Command = {
  name: "worker",
  groups: [{
    options: [
      queueOption("where sweep --queue puts the trials: redis://HOST:PORT"),
      {
        name: "jobs",
        value: "N",
        default: "1",
        help: "trials at a time",
      },
      { name: "quiet", help: "nothing but errors" },
      { name: "verbose", help: "what each trial says of itself, on stderr" },
    ],
  }],
  notes: `Sweep and workers stand in one folder that their machines share, \
such as one of NFS: there are the data, and the folders of the trials with \
their checkpoints. A trial whose worker is killed is taken by another one \
within seconds, and goes on from its last epoch. On Ctrl-C the trials go back \
into the queue. The task may reach a Redis on this machine; for another, run \
deno with the flags of the task in deno.json and --allow-net=HOST:PORT. Who may \
write into that Redis may train in this folder: do not leave it open.`,
  async run(given) {
    const { queue, jobs } = given.values;
    const output = new Output("worker", given);
    if (queue === "") throw usage("worker", "--queue is missing");
    const count = wholeNumber("worker", "jobs", jobs, 1);
    using interrupt = new Interrupt("after the steps under way");
    const { signal } = interrupt;
    output.say(`taking trials from ${queue}`);
    await takeTrials(queue, {
      jobs: count,
      onTrouble: (message) => output.note(`queue: ${message}`),
      signal,
      run: async (trial, onEpoch) => {
        const { folder } = trial;
        output.say(`${folder}: begun`);
        const end = await runTrialProcess(trial, {
          ...{ onEpoch, signal },
          onDetail: (text) => output.detail(`${folder}: ${text}`),
        });
        const outcome = signal.aborted
          ? "stopped"
          : end.code === 0
          ? "done"
          : end.message.split(" Help: ")[0];
        output.say(`${folder}: ${outcome}`);
        return end;
      },
    });
    signal.throwIfAborted();
  },
};
