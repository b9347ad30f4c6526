/** @module From a loss typed as a formula to the right-hand side of its gradient flow. */
import { compileFormula, type Formula, type FormulaOptions } from "../numerics/mod.ts";
import { type JacobianFunction, OdeError, type RightHandSide } from "./types.ts";

/** What besides the loss defines a flow. */
export interface GradientFlowOptions extends FormulaOptions {
  /** Learning rate of every variable, or one a variable. Default 1. */
  readonly rates?: number | ArrayLike<number>;
}

/** A gradient flow, ready for `solve(flow.f, y0, { jacobian: flow.jacobian, autonomous: true, ... })`. */
export interface GradientFlow {
  /** $\dot y_i = -r_i\,\partial_i L(y)$. */
  readonly f: RightHandSide;
  /** $-r_i\,\partial_i \partial_j L(y)$, for the stiff method. */
  readonly jacobian: JacobianFunction;
  /** The loss. */
  loss(y: ArrayLike<number>): number;
  /** The compiled loss with its symbolic derivatives. */
  readonly formula: Formula;
}

/**
 * The gradient flow $\dot y_i = -r_i\,\partial L / \partial y_i$ of a loss given as text; the derivative is symbolic.
 *
 * @example
 * ```ts
 * const flow = gradientFlow("(a * b - target)^2 / 2", ["a", "b"], { constants: { target: 1 } });
 * const path = solve(flow.f, [0.1, 0.2], { t1: 20 });
 * flow.loss(path.end.y); // nearly 0
 * ```
 *
 * A quadratic loss with equal rates is what `method: "chebyshev"` is for; unequal rates make the flow unsymmetric.
 *
 * @param loss Formula in the variables, the constants and the helper functions.
 * @param variables Names, in the order of the state.
 * @throws {FormulaError} When the formula is malformed or uses a symbol nobody defined.
 * @throws {OdeError} When rates do not fit the variables.
 */
export function gradientFlow(
  loss: string,
  variables: readonly string[],
  options: GradientFlowOptions = {},
): GradientFlow {
  const { rates = 1, ...names } = options;
  if (variables.length === 0) throw new OdeError("a gradient flow needs at least one variable");
  const formula = compileFormula(loss, [...variables], names);
  const n = variables.length;
  const rate = typeof rates === "number" ? new Float64Array(n).fill(rates) : Float64Array.from(rates);
  if (rate.length !== n) throw new OdeError(`rates has ${rate.length} entries for ${n} variables`);
  rate.forEach((value, i) => {
    if (!Number.isFinite(value)) {
      throw new OdeError(`the rate of ${variables[i]} must be finite, got ${value}`);
    }
  });
  return {
    formula,
    loss: (y) => formula.value(y),
    f: (_t, y, dy) => {
      formula.gradient(y, dy);
      for (let i = 0; i < n; i++) dy[i] *= -rate[i];
    },
    jacobian: (_t, y, jacobian) => {
      formula.hessian(y, jacobian);
      for (let i = 0; i < n * n; i++) jacobian[i] *= -rate[Math.floor(i / n)];
    },
  };
}
