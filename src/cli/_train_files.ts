import type { Option } from "./_command.ts";
import { dataOptions } from "./_data_options.ts";
import { keyOption } from "./_model.ts";
import { modelEndings } from "./_endings.ts";

/** The options of files, which a training reads and writes. */
export const fileOptions: readonly Option[] = [
  ...dataOptions(),
  {
    name: "out",
    value: "FILE",
    endings: modelEndings,
    default: "mnist-cnn.safetensors",
    help: "where the weights go: .safetensors, .pth, .npz or .onnx",
  },
  {
    name: "force",
    help: "overwrite weights there that measured better, or on other data; " +
      "else these are written beside them",
  },
  {
    name: "run",
    value: "DIR",
    help: "folder of what else the run leaves",
    shown: "runs/TIME",
  },
  {
    name: "checkpoint",
    value: "FILE",
    endings: [".safetensors"],
    help: "the whole training, to resume it; the best weights go beside it",
    shown: "checkpoint.safetensors in the run's folder",
  },
  {
    name: "checkpoint-every",
    value: "N",
    default: "1",
    help: "epochs between checkpoints; 0 for none",
  },
  {
    name: "resume",
    value: "FILE",
    endings: [".safetensors"],
    help:
      "go on from a checkpoint, with its settings; of these only --epochs " +
      "may be given anew, unless the schedule is cosine or one-cycle",
  },
  {
    name: "stop-after",
    value: "N",
    help: "leave the training after epoch N of --epochs, with its checkpoint " +
      "and no weights",
    shown: "all",
  },
  {
    name: "init",
    value: "FILE",
    endings: modelEndings,
    help:
      "weights to start from, for fine-tuning: .safetensors, .npz, .onnx, or " +
      "PyTorch's .pth or .pt; network and normalisation are theirs",
    shown: "random values",
  },
  keyOption,
  { name: "log-json", value: "FILE", help: "one JSON object per epoch" },
  {
    name: "log-csv",
    value: "FILE",
    endings: [".csv"],
    help: "a table as Lightning's CSVLogger writes it: a row for each epoch, " +
      "and one for the loss of every 20 steps",
  },
  {
    name: "report",
    value: "FILE",
    endings: [".html"],
    help: "a page to look at: curves, confusion matrix, worst images",
    shown: "report.html in the run's folder",
  },
  { name: "no-report", help: "no such page" },
  {
    name: "plot",
    value: "FILE",
    endings: [".svg", ".png"],
    help: "the curves of loss and val_acc, as .svg or .png",
  },
];
