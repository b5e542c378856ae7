/**
 * The operations that tensors have as methods.
 *
 * @module
 */

import { installMethods } from "../core/tensor.ts";
import { abs } from "./abs.ts";
import { add } from "./add.ts";
import { argmax } from "./argmax.ts";
import { clamp } from "./clamp.ts";
import { clone } from "./clone.ts";
import { div } from "./div.ts";
import { elu } from "./elu.ts";
import { eq } from "./eq.ts";
import { exp } from "./exp.ts";
import { expand } from "./expand.ts";
import { float } from "./float.ts";
import { gather } from "./gather.ts";
import { ge } from "./ge.ts";
import { gelu } from "./gelu.ts";
import { gt } from "./gt.ts";
import { indexSelect } from "./index_select.ts";
import { le } from "./le.ts";
import { leakyRelu } from "./leaky_relu.ts";
import { log } from "./log.ts";
import { logSoftmax } from "./log_softmax.ts";
import { logsumexp } from "./logsumexp.ts";
import { lt } from "./lt.ts";
import { matmul } from "./matmul.ts";
import { max } from "./max.ts";
import { maximum } from "./maximum.ts";
import { mean } from "./mean.ts";
import { min } from "./min.ts";
import { minimum } from "./minimum.ts";
import { mul } from "./mul.ts";
import { ne } from "./ne.ts";
import { neg } from "./neg.ts";
import { norm } from "./norm.ts";
import { permute } from "./permute.ts";
import { pow } from "./pow.ts";
import { reciprocal } from "./reciprocal.ts";
import { relu } from "./relu.ts";
import { select } from "./select.ts";
import { sigmoid } from "./sigmoid.ts";
import { silu } from "./silu.ts";
import { slice } from "./slice.ts";
import { softmax } from "./softmax.ts";
import { softplus } from "./softplus.ts";
import { sqrt } from "./sqrt.ts";
import { square } from "./square.ts";
import { squeeze } from "./squeeze.ts";
import { sub } from "./sub.ts";
import { sum } from "./sum.ts";
import { t } from "./t.ts";
import { tanh } from "./tanh.ts";
import { transpose } from "./transpose.ts";
import { unsqueeze } from "./unsqueeze.ts";
import { variance } from "./variance.ts";
import { where } from "./where.ts";

/** Gives tensors their methods. */
export function installOperations(): void {
  installMethods({
    abs,
    add,
    argmax,
    clamp,
    clone,
    div,
    elu,
    eq,
    exp,
    expand: (x, ...sizes) => expand(x, listOf(sizes)),
    float,
    gather,
    ge,
    gelu,
    gt,
    indexSelect,
    le,
    leakyRelu,
    log,
    logSoftmax,
    logsumexp,
    lt,
    matmul,
    max,
    maximum,
    mean,
    min,
    minimum,
    mul,
    ne,
    neg,
    norm,
    permute: (x, ...dims) => permute(x, listOf(dims)),
    pow,
    reciprocal,
    relu,
    select,
    sigmoid,
    silu,
    slice,
    softmax,
    softplus,
    sqrt,
    square,
    squeeze,
    sub,
    sum,
    t,
    tanh,
    transpose,
    unsqueeze,
    variance,
    where: (x, condition, other) => where(condition, x, other),
  });
}

/** Numbers that were given one by one, or in an array. */
function listOf(given: number[] | [readonly number[]]): readonly number[] {
  return given.flat();
}
