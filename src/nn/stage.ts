import type { ConvBlockOptions } from "../ops/conv_block.ts";

/** The names of the stages of a fused operation. */
export type StageName = keyof ConvBlockOptions;

/** A stage of one name. */
export interface StageOf<Name extends StageName> {
  /** Which stage it is. */
  readonly name: Name;
  /**
   * The `forward` that the stage describes. A subclass that overrides it
   * inherits a stage that does not describe its own, and is not fused.
   */
  readonly forward: (...inputs: never[]) => unknown;
  /** The arguments, in the layer's mode at the time of the call. */
  readonly options: () => NonNullable<ConvBlockOptions[Name]>;
}

/**
 * A layer as a stage of {@linkcode convBlock}: name and arguments.
 */
export type Stage = { [Name in StageName]: StageOf<Name> }[StageName];
