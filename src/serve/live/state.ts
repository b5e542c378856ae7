import type { PageElement } from "../page/dom.ts";
import type { EpochPoint, OtherRun, Start, StepPoint } from "./protocol.ts";

/** A box to tick. */
export interface Box extends PageElement {
  checked: boolean;
}

/** An element whose content is replaced. */
export interface Parent extends PageElement {
  replaceChildren(...children: PageElement[]): void;
}

/** What the page knows. */
export interface LiveState {
  start: Start | null;
  steps: StepPoint[];
  measured: EpochPoint[];
  others: readonly OtherRun[];
  /** The others that are drawn, each with its number from 1. */
  chosen: Map<string, number>;
  isOver: boolean;
  /** Where each drawing is pointed at, in epochs. */
  at: Map<string, number>;
}
