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
  return Array.isArray(value) ? `(${value.join(", ")})` : String(value);
}

/** A number as Python prints an option: 0 is whole, as PyTorch's defaults are. */
export function pythonNumber(value: number): string {
  return value === 0 ? "0" : pythonFloat(value);
}

/** A number as Python prints an option whose default is whole: 2, 0.5. */
export function pythonInteger(value: number): string {
  return Number.isInteger(value) ? String(value) : pythonFloat(value);
}
