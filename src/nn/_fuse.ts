import { isDetectingAnomaly } from "../core/anomaly.ts";
import { Scope } from "../core/scope.ts";
import { Tensor } from "../core/tensor.ts";
import { ShapeDevice } from "../devices/shape/shape_device.ts";
import {
  convBlock,
  type ConvBlockOptions,
  convBlockStages,
} from "../ops/conv_block.ts";
import { methodOf } from "./forward.ts";
import { withSubstitutes } from "./_materialized.ts";
import { substitutesOn } from "./_trace.ts";
import type { Stage } from "./stage.ts";
import type { Layer } from "./module.ts";

/** Neighbouring layers that run as one operation, or a single layer. */
export interface Group {
  readonly layers: readonly Layer[];
  /** A stage of each layer, or none where the layer runs by itself. */
  readonly stages: readonly Stage[];
}

/**
 * Groups neighbouring layers whose stages follow each other in the order of a
 * {@linkcode convBlock}. The one place that decides what runs fused.
 */
export function fuse(layers: readonly Layer[]): Group[] {
  const groups: Group[] = [];
  let open: { layers: Layer[]; stages: Stage[] } | null = null;
  for (const layer of layers) {
    const stage = stageOf(layer);
    if (
      open !== null && stage !== null && follows(open.stages.at(-1)!, stage)
    ) {
      open.layers.push(layer);
      open.stages.push(stage);
      continue;
    }
    open = stage === null ? null : { layers: [layer], stages: [stage] };
    groups.push(open ?? { layers: [layer], stages: [] });
  }
  return groups;
}

/** Runs layers one after another, or as one operation. */
export function runGroup({ layers, stages }: Group, x: Tensor): Tensor {
  if (layers.length === 1 || isDetectingAnomaly()) {
    return layers.reduce((y, layer) => layer.forward(y), x);
  }
  const options: ConvBlockOptions = Object.fromEntries(
    stages.map(({ name, options }) => [name, options()]),
  );
  try {
    return convBlock(x, options);
  } catch (error) {
    runOnShapes(layers, x);
    throw error;
  }
}

/** Runs layers by themselves, without memory: an error then tells in which. */
function runOnShapes(layers: readonly Layer[], { dtype, shape }: Tensor): void {
  const device = new ShapeDevice(() => {});
  using _scope = new Scope();
  let y = Tensor.empty(device, shape, dtype);
  for (const layer of layers) {
    withSubstitutes(substitutesOn(device, layer), () => {
      y = layer.forward(y);
    });
  }
}

/** The stage that a layer runs as, if it runs nothing else. */
function stageOf(layer: Layer): Stage | null {
  const stage = layer.stage();
  return stage !== null && methodOf(layer) === stage.forward ? stage : null;
}

function follows(before: Stage, after: Stage): boolean {
  const order = (stage: Stage) => convBlockStages.indexOf(stage.name);
  return order(before) < order(after);
}
