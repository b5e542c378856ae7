/**
 * What draws charts, by a variable: Deno fetches what it sees in an import before
 * a program starts, and this is 12 MB. The bundle for browsers: the package's own
 * entry asks for NODE_ENV, which is a permission more. `deno task compile` embeds
 * it.
 */
export const echarts = "npm:echarts@6.1.0/dist/echarts.esm.min.mjs";
