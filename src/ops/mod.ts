/** Differentiable operations, also as methods of tensors. */
import { installOperations } from "./methods.ts";

export * from "./operations.ts";

installOperations();
