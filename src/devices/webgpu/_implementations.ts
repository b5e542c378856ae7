import type {
  AnyWebGpuImplementation,
  Variant,
} from "../../../kernels/kernel.ts";

/** Which implementations of kernels a device runs. */
export interface Implementations {
  /** The one of kernels for which none is chosen. */
  readonly variant: Variant;
  /** Those for processors that are no parts of their kernels. */
  readonly llvmpipe: ReadonlyMap<string, AnyWebGpuImplementation>;
}

/**
 * The implementations that suit an adapter; those for processors are loaded for
 * them alone.
 *
 * @param isSoftware Whether the adapter is a processor.
 * @param chosen What is asked for. Default `auto`.
 */
export async function implementationsFor(
  isSoftware: boolean,
  chosen: "auto" | Variant = "auto",
): Promise<Implementations> {
  const fitting = isSoftware ? "llvmpipe" : "tiled";
  const variant = chosen === "auto" ? fitting : chosen;
  if (variant !== "llvmpipe") return { variant, llvmpipe: new Map() };
  const { llvmpipe } = await import("../../../kernels/llvmpipe.ts");
  return { variant, llvmpipe };
}
