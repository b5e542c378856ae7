import { encodeSafetensors } from "../formats/safetensors.ts";
import {
  cardMetadata,
  type Classifier,
  type ModelCard,
  type NetworkName,
  NETWORKS,
} from "../models/mod.ts";
import { bundlePage } from "./page/bundle.ts";
import { pageHtml } from "./page/html.ts";
import { licenses } from "./page/licenses.ts";
import { pageStyle } from "./page/style.ts";
import type { Sample, TrainingImages } from "./service.ts";

/** What there is for the page. */
export interface PageContents {
  readonly card: ModelCard;
  readonly samples: readonly Sample[];
  /** Reads the images to train on; null where there are none. */
  readonly training: (() => Promise<TrainingImages>) | null;
}

/** A file of the page, made when it is asked for. */
export interface PageFile {
  /** Its media type. */
  readonly type: string;
  /** Makes its contents. */
  read(): Promise<Uint8Array<ArrayBuffer>>;
}

const [script, binary] = ["text/javascript", "application/octet-stream"];

/** The page, and what it loads from beside it, by name. */
export function pageFiles(
  model: Classifier,
  { card, samples, training }: PageContents,
): Readonly<Record<string, PageFile>> {
  return {
    // After its programs: without them there is no page.
    "index.html": text("text/html", () => bundlePage().then(() => pageHtml)),
    "page.css": text("text/css", () => pageStyle),
    "page.js": text(script, () => bundlePage().then(({ page }) => page)),
    "engine.js": text(script, () => bundlePage().then(({ engine }) => engine)),
    "licenses.txt": text("text/plain", () => licenses),
    "page.json": text("application/json", () =>
      JSON.stringify({
        samples: samples.map(({ label, pixels }) => ({
          label,
          pixels: [...pixels],
        })),
        hasTraining: training !== null,
      })),
    "model.safetensors": {
      type: binary,
      read: async () => {
        const weights = await model.stateDict();
        const metadata = metadataOf(model, card);
        return new Uint8Array(encodeSafetensors(weights, metadata));
      },
    },
    ...training === null ? {} : {
      "training.safetensors": {
        type: binary,
        read: async () => imagesFile(await training()),
      },
    },
  };
}

function text(type: string, make: () => string | Promise<string>): PageFile {
  return {
    type: `${type}; charset=utf-8`,
    read: async () => new TextEncoder().encode(await make()),
  };
}

/** The images to train on as the page reads them. */
function imagesFile({ labels, pixels }: TrainingImages) {
  const shape = [labels.length, 1, 28, 28];
  return new Uint8Array(encodeSafetensors([
    ["images", { dtype: "U8", shape, data: pixels }],
    ["labels", { dtype: "U8", shape: [labels.length], data: labels }],
  ]));
}

/** The name of the network, which its weights do not always tell, and its card. */
function metadataOf(
  model: Classifier,
  card: ModelCard,
): Record<string, string> {
  const names = Object.keys(NETWORKS) as NetworkName[];
  const network = names.find((name) =>
    NETWORKS[name]().constructor === model.constructor
  );
  return {
    ...cardMetadata(card),
    ...network === undefined ? {} : { network },
  };
}
