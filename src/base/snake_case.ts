/** A name of JSON as Python spells it: `batchSize` is `batch_size`. */
export function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** A name as a program here spells it: `batch_size` is `batchSize`. */
export function camelCase(name: string): string {
  return name.replaceAll(/_([a-z])/g, (_, letter) => letter.toUpperCase());
}
