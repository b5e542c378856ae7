/**
 * The operations that tensors have as methods; `mod.ts` loads this module.
 *
 * @module
 */

import { installMethods } from "../core/tensor.ts";
import { add } from "./add.ts";
import { clone } from "./clone.ts";
import { div } from "./div.ts";
import { mean } from "./mean.ts";
import { mul } from "./mul.ts";
import { relu } from "./relu.ts";
import { sub } from "./sub.ts";
import { sum } from "./sum.ts";

installMethods({ add, clone, div, mean, mul, relu, sub, sum });
