import { isModule } from "./_parts.ts";
import type { Module } from "./module.ts";

/** The text of PyTorch's `print(model)`. */
export function modelText(module: Module): string {
  const lines: string[] = [];
  for (const [name, child] of module.parts()) {
    if (!isModule(child)) continue;
    const text = modelText(child).split("\n").join("\n  ");
    lines.push(`  (${name}): ${text}`);
  }
  const inside = lines.length === 0
    ? module.extraRepresentation()
    : `\n${lines.join("\n")}\n`;
  return `${module.constructor.name}(${inside})`;
}
