import { CpuDevice } from "../devices/cpu/cpu_device.ts";
import { writeSite } from "../serve/site.ts";
import type { Command } from "./_command.ts";
import { firstLabelOption } from "./_data_options.ts";
import { modelOptions } from "./_model.ts";
import { Output, verboseOption } from "./_output.ts";
import { openPage } from "./_page.ts";

/** `deno task site`. */
export const site: Command = {
  name: "site",
  groups: [{
    options: [
      {
        name: "out",
        value: "DIR",
        default: "site",
        help: "where the files go",
      },
      {
        name: "data",
        value: "DIR",
        default: "data",
        help: "a data set, whose test images the page gets to train on",
      },
      ...modelOptions,
      firstLabelOption,
      verboseOption,
    ],
  }],
  notes: "The files work from any folder of any server of files, with no " +
    "request to another. Where the server sends Cross-Origin-Opener-Policy: " +
    "same-origin and Cross-Origin-Embedder-Policy: require-corp, the CPU " +
    "device uses several cores; else one. WebGPU needs HTTPS, or localhost.",
  async run(given) {
    const { out } = given.values;
    const output = new Output("site", given);
    using device = CpuDevice.open({ threads: 1 });
    const { contents, model } = await openPage("site", device, given, output, {
      split: "test",
      needed: true,
    });
    const files = await writeSite(out, model, contents);
    const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    const size = `${(bytes / 1e6).toFixed(1)} MB`;
    output.say(`${files.length} files, ${size}, are in ${out}`);
  },
};
