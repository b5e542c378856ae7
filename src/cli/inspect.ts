import { statisticsOf, type TensorStatistics } from "../formats/statistics.ts";
import { openWeights, type WeightsFile } from "../formats/weights.ts";
import { elementsOf } from "../core/tensor.ts";
import { lineColumns } from "./_columns.ts";
import type { Command } from "./_command.ts";
import { jsonText } from "./_json.ts";
import { jsonOption, print } from "./_output.ts";
import { modelEndings } from "./_endings.ts";
import { grouped, table } from "../base/table.ts";

/** Metadata longer than this is cut short, but not in JSON. */
const longestShown = 200;

/** `deno task inspect`. */
export const inspect: Command = {
  name: "inspect",
  files: [
    {
      name: "FILE",
      endings: modelEndings,
      help: ".safetensors, .npz, .onnx, or PyTorch's .pth or .pt",
    },
  ],
  groups: [{
    options: [
      {
        name: "stats",
        help: "least, greatest and mean element, and how many are NaN; reads " +
          "the tensors, one at a time",
      },
      jsonOption,
    ],
  }],
  async run({ files, flags }) {
    using file = await openWeights(files[0]);
    const statistics = flags.has("stats") ? await measure(file) : null;
    if (flags.has("json")) console.log(asJson(file, statistics));
    else print(asText(file, statistics));
  },
};

type Statistics = ReadonlyMap<string, TensorStatistics>;

async function measure(file: WeightsFile): Promise<Statistics> {
  const statistics = new Map<string, TensorStatistics>();
  for (const name of file.tensors.keys()) {
    statistics.set(name, statisticsOf(await file.read(name)));
  }
  return statistics;
}

function asJson(file: WeightsFile, statistics: Statistics | null): string {
  const tensors = Array.from(file.tensors, ([name, { dtype, shape }]) => ({
    name,
    dtype,
    shape,
    ...statistics?.get(name),
  }));
  const { format, metadata } = file;
  return jsonText({ format, tensors, metadata });
}

function asText(file: WeightsFile, statistics: Statistics | null): string {
  const head = ["key", "dtype", "shape"];
  const numbers = ["min", "max", "mean", "NaN"];
  const rows = Array.from(file.tensors, ([name, { dtype, shape }]) => [
    name,
    dtype,
    `[${shape.join(", ")}]`,
    ...statistics === null ? [] : cells(statistics.get(name)!),
  ]);
  const shapes = [...file.tensors.values()].map(({ shape }) => shape);
  const elements = shapes.reduce((sum, shape) => sum + elementsOf(shape), 0);
  const metadata = Object.entries(file.metadata).map(metadataLine);
  return [
    `${file.format}: ${grouped(rows.length)} tensors, ` +
    `${grouped(elements)} elements`,
    table(
      [statistics === null ? head : [...head, ...numbers], ...rows],
      3,
      lineColumns(),
    ),
    ...metadata.length === 0 ? [] : ["metadata", ...metadata],
  ].join("\n");
}

/** A name and its text, which is cut short where it cannot be wrapped. */
function metadataLine([key, value]: [string, string]): string {
  const room = lineColumns() - `${key}: `.length;
  const wraps = value.split(" ").every((word) => word.length <= room);
  const most = wraps ? longestShown : room;
  const text = value.length > most ? `${value.slice(0, most - 1)}…` : value;
  return `${key}: ${text}`;
}

function cells({ max, mean, min, nanCount }: TensorStatistics): string[] {
  const shown = [min, max, mean].map((value) =>
    value === null ? "-" : shortNumber(value)
  );
  return [...shown, grouped(nanCount)];
}

/** Four digits of a number; a long one with an exponent. */
function shortNumber(value: number): string {
  const short = Number(value.toPrecision(4));
  return Math.abs(short) >= 1e7 && Number.isFinite(short)
    ? short.toExponential()
    : String(short);
}
