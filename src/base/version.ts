import config from "../../deno.json" with { type: "json" };

/** Name and version of the library: `@x/mnist-cnn 0.1.0`. */
export const version = `${config.name} ${config.version}`;
