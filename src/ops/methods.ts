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
import { logSoftmax } from "./log_softmax.ts";
import { logsumexp } from "./logsumexp.ts";
import { max } from "./max.ts";
import { mean } from "./mean.ts";
import { min } from "./min.ts";
import { mul } from "./mul.ts";
import { norm } from "./norm.ts";
import { relu } from "./relu.ts";
import { softmax } from "./softmax.ts";
import { sub } from "./sub.ts";
import { sum } from "./sum.ts";
import { variance } from "./variance.ts";

installMethods({
  add,
  argmax,
  clone,
  div,
  logSoftmax,
  logsumexp,
  max,
  mean,
  min,
  mul,
  norm,
  relu,
  softmax,
  sub,
  sum,
  variance,
});
