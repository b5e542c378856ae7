import { encodeSafetensors } from "../formats/safetensors.ts";
import {
  cardMetadata,
  type Classifier,
  type ModelCard,
  type NetworkName,
  NETWORKS,
} from "../models/mod.ts";
import { answer, get, json, type Route } from "./_answers.ts";
import { bundlePage, type PagePrograms } from "./page/bundle.ts";
import { pageHtml } from "./page/html.ts";
import { pageStyle } from "./page/style.ts";
import type { Sample, TrainingImages } from "./service.ts";

const scriptType = "text/javascript; charset=utf-8";

/** What the server has for the page. */
interface PageContents {
  readonly card: ModelCard;
  readonly samples: readonly Sample[];
  /** Reads those to train on; null where there are none. */
  readonly training: (() => Promise<TrainingImages>) | null;
}

/** The page, and what it loads. Its scripts are made when it is first asked for. */
export function pageRoutes(
  model: Classifier,
  { card, samples, training }: PageContents,
): Readonly<Record<string, Route>> {
  let bundle: Promise<PagePrograms> | null = null;
  const programs = async () => {
    try {
      return await (bundle ??= bundlePage());
    } catch (error) {
      bundle = null;
      throw error;
    }
  };
  return {
    "/": get(async () => {
      // Before the page: without it, there is none.
      await programs();
      return answer(pageHtml, "text/html; charset=utf-8");
    }),
    "/page.css": get(() => answer(pageStyle, "text/css; charset=utf-8")),
    "/page.js": get(async () => answer((await programs()).page, scriptType)),
    "/engine.js": get(async () =>
      answer((await programs()).engine, scriptType)
    ),
    "/model.safetensors": get(async () => {
      const bytes = encodeSafetensors(
        await model.stateDict(),
        metadataOf(model, card),
      );
      return answer(new Uint8Array(bytes), "application/octet-stream");
    }),
    "/page.json": get(() =>
      json({
        samples: samples.map(({ label, pixels }) => ({
          label,
          pixels: [...pixels],
        })),
        hasTraining: training !== null,
      })
    ),
    ...training === null ? {} : {
      "/training.safetensors": get(async () =>
        answer(await trainingBytes(training), "application/octet-stream")
      ),
    },
  };
}

/** The images to train on as the page reads them. */
async function trainingBytes(
  training: () => Promise<TrainingImages>,
): Promise<Uint8Array<ArrayBuffer>> {
  const { labels, pixels } = await training();
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
