/**
 * The operations that tensors have as methods; `mod.ts` loads this module.
 *
 * @module
 */

import { installMethods } from "../core/tensor.ts";
import { add } from "./add.ts";
import { argmax } from "./argmax.ts";
import { clone } from "./clone.ts";
import { div } from "./div.ts";
import { expand } from "./expand.ts";
import { indexSelect } from "./index_select.ts";
import { logSoftmax } from "./log_softmax.ts";
import { logsumexp } from "./logsumexp.ts";
import { max } from "./max.ts";
import { mean } from "./mean.ts";
import { min } from "./min.ts";
import { mul } from "./mul.ts";
import { norm } from "./norm.ts";
import { permute } from "./permute.ts";
import { relu } from "./relu.ts";
import { select } from "./select.ts";
import { slice } from "./slice.ts";
import { softmax } from "./softmax.ts";
import { squeeze } from "./squeeze.ts";
import { sub } from "./sub.ts";
import { sum } from "./sum.ts";
import { transpose } from "./transpose.ts";
import { unsqueeze } from "./unsqueeze.ts";
import { variance } from "./variance.ts";

installMethods({
  add,
  argmax,
  clone,
  div,
  expand: (x, ...sizes) => expand(x, listOf(sizes)),
  indexSelect,
  logSoftmax,
  logsumexp,
  max,
  mean,
  min,
  mul,
  norm,
  permute: (x, ...dims) => permute(x, listOf(dims)),
  relu,
  select,
  slice,
  softmax,
  squeeze,
  sub,
  sum,
  transpose,
  unsqueeze,
  variance,
});

/** Numbers that were given one by one, or in an array. */
function listOf(given: number[] | [readonly number[]]): readonly number[] {
  return given.flat();
}
