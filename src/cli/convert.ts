import { keyWithin } from "../formats/state_dict_within.ts";
import { readWeights } from "../formats/weights.ts";
import { holdsMetadata } from "../formats/write_weights.ts";
import type { Command } from "./_command.ts";
import { jsonText } from "./_json.ts";
import { keyOption } from "./_model.ts";
import { checkDistinct } from "./_places.ts";
import { jsonOption, print } from "./_output.ts";
import { modelEndings } from "./_endings.ts";
import { checkEnding, convertWeights, isOnnxPath } from "./_write_model.ts";

/** `deno task convert`. */
export const convert: Command = {
  name: "convert",
  files: [
    {
      name: "FROM",
      endings: modelEndings,
      help: ".safetensors, .npz, .onnx, or PyTorch's .pth or .pt",
    },
    {
      name: "TO",
      endings: modelEndings,
      help: ".safetensors, .pth for torch.load, .npz for numpy.load, or .onnx",
    },
  ],
  groups: [{ options: [keyOption, jsonOption] }],
  notes: "F16 and BF16 become F32. Metadata stay: in .pth and .npz they are " +
    "the comment of the archive, which PyTorch and NumPy pass over.",
  async run({ files, flags, values }) {
    const [from, to] = files;
    checkEnding("convert", "TO", to);
    await checkDistinct("convert", {
      inputs: [{ option: "FROM", path: from }],
      outputs: [{ option: "TO", path: to }],
    });
    const whole = await readWeights(from);
    const weights = values.key === ""
      ? whole
      : { ...whole, tensors: keyWithin(whole.tensors, values.key) };
    await convertWeights(to, weights);
    const { format, metadata, tensors } = weights;
    const holdsText = isOnnxPath(to) || holdsMetadata(to, metadata);
    const left = holdsText ? 0 : Object.keys(metadata).length;
    if (flags.has("json")) {
      const result = { from, format, to, tensors: tensors.size };
      return console.log(jsonText({ ...result, metadataLeftOut: left }));
    }
    print(`${to}: ${tensors.size} tensors of ${from} (${format})`);
    if (left > 0) console.error(`note: metadata left out: ${left} entries`);
  },
};
