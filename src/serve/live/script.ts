import { smooth } from "../../base/smooth.ts";
import { element } from "../page/dom.ts";
import * as curve from "../chart/curve.ts";
import * as drawing from "../chart/drawing.ts";
import * as charts from "./charts.ts";
import { mostRuns } from "./html.ts";
import * as others from "./others.ts";
import * as page from "./page.ts";

/**
 * The page's script: the source of its functions, as Deno has it without types. A
 * bundler would be fetched, would run beside a training, and is not in a compiled
 * program.
 */
export const liveScript = [
  element,
  smooth,
  ...[charts, curve, drawing, others, page].flatMap((part) =>
    Object.values<unknown>(part)
  ),
  `startLiveView(${mostRuns});`,
].join("\n");
