import { writeNpz } from "../formats/npz.ts";
import { writeSafetensors } from "../formats/safetensors.ts";
import { keyWithin } from "../formats/state_dict_within.ts";
import { readWeights, type Weights } from "../formats/weights.ts";
import type { Command } from "./_command.ts";
import { keyOption } from "./_model.ts";
import { usage } from "./_options.ts";
import { jsonOption } from "./_output.ts";

const writers: Record<
  string,
  (path: string, weights: Weights) => Promise<void>
> = {
  ".safetensors": (path, { metadata, tensors }) =>
    writeSafetensors(path, tensors, metadata),
  ".npz": (path, { tensors }) => writeNpz(path, tensors),
};

/** `deno task convert`. */
export const convert: Command = {
  name: "convert",
  summary: "Write a file of weights in another format.",
  files: [
    { name: "FROM", help: ".safetensors, .npz, or PyTorch's .pth or .pt" },
    {
      name: "TO",
      help: ".safetensors, for PyTorch too, or .npz, for numpy.load",
    },
  ],
  groups: [{ options: [keyOption, jsonOption] }],
  notes: "F16 and BF16 become F32. An .npz holds no metadata: it is left out.",
  async run({ files, flags, values }) {
    const [from, to] = files;
    const extension = /\.[^./\\]*$/.exec(to)?.[0] ?? "";
    if (!Object.hasOwn(writers, extension)) {
      throw usage(
        "convert",
        `TO: expected a name that ends in ${
          Object.keys(writers).join(" or ")
        }` +
          `, got ${to}`,
      );
    }
    const whole = await readWeights(from);
    const weights = values.key === ""
      ? whole
      : { ...whole, tensors: keyWithin(whole.tensors, values.key) };
    await writers[extension](to, weights);
    const { format, metadata, tensors } = weights;
    const left = extension === ".npz" ? Object.keys(metadata).length : 0;
    if (flags.has("json")) {
      const result = { from, format, to, tensors: tensors.size };
      return console.log(JSON.stringify({ ...result, metadataLeftOut: left }));
    }
    console.log(`${to}: ${tensors.size} tensors of ${from} (${format})`);
    if (left > 0) console.error(`metadata left out: ${left} entries`);
  },
};
