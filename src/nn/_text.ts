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

/** A number as Python prints a float: `0.1`, `1e-05`, `1.0`. */
export function pythonFloat(value: number): string {
  const [digits, exponent] = value.toExponential().split("e");
  const power = Number(exponent);
  if (value !== 0 && (power < -4 || power >= 16)) {
    const sign = power < 0 ? "-" : "+";
    return `${digits}e${sign}${String(Math.abs(power)).padStart(2, "0")}`;
  }
  return Number.isInteger(value) ? value.toFixed(1) : String(value);
}

/** A truth value as Python prints it. */
export function pythonBool(value: boolean): string {
  return value ? "True" : "False";
}

/** One number, or a pair, as Python prints them. */
export function pythonPair(
  value: number | readonly [height: number, width: number],
): string {
  return typeof value === "number" ? String(value) : `(${value.join(", ")})`;
}
