/** @module The mixed task as the theory sees it: its constants, and where the formulas hold. */

/** Mixed target: alpha* weights the 4-gram part, w*^2 is the inverse temperature of the induction head, L the length. */
export interface Task {
  /** Mixing weight alpha* > 0. */
  readonly alphaStar: number;
  /** w* in [0, 0.84). */
  readonly wStar: number;
  /** Sequence length, at least 4. */
  readonly L: number;
}

/** c = alphaStar/(1+alphaStar), kappa = 1/(1+alpha*), b* = w*^2, N = L - 2. */
export interface TaskConstants {
  /** Weight of x_{L-2} in the target. */
  readonly c: number;
  /** Weight of IH_2 in the target. */
  readonly kappa: number;
  /** w*^2. */
  readonly bStar: number;
  /** Number of (key, value) pairs. */
  readonly N: number;
}

/** w* must stay below 2^(-1/4) = 0.8409: beyond, the moment h(w*^4) = E exp(w*^4 q^2) diverges. */
export const LEADING_LIMIT: number = 2 ** -0.25;
/** The 1/N correction needs w* below 6^(-1/4) = 0.6389: it contains h(3 w*^4). */
export const CORRECTED_LIMIT: number = 6 ** -0.25;

/**
 * Constants of a task.
 * @param moments `corrected` also asks for the narrower domain of the 1/N correction
 * @throws {RangeError} when alpha* <= 0, w* is outside the domain, or L < 4
 */
export function constantsOf(task: Task, moments: "leading" | "corrected" = "leading"): TaskConstants {
  const { alphaStar, wStar, L } = task;
  if (!(alphaStar > 0) || !Number.isFinite(alphaStar)) {
    throw new RangeError(`alphaStar must be > 0 and finite, got ${alphaStar}`);
  }
  if (!(wStar >= 0 && wStar < LEADING_LIMIT)) {
    throw new RangeError(`w* must be >= 0 and < 0.84 (beyond 2^(-1/4) the moment diverges), got ${wStar}`);
  }
  if (moments === "corrected" && !(wStar < CORRECTED_LIMIT)) {
    throw new RangeError(
      `the 1/N-corrected formula needs w* < 0.64 (6^(-1/4)); got ${wStar}: use the leading order`,
    );
  }
  if (!Number.isInteger(L) || L < 4) throw new RangeError(`L must be an integer >= 4, got ${L}`);
  return { c: alphaStar / (1 + alphaStar), kappa: 1 / (1 + alphaStar), bStar: wStar * wStar, N: L - 2 };
}

/** Refuses an initialisation scale outside (0, 1). */
export function checkSigma(sigma: number): void {
  if (!(sigma > 0 && sigma < 1)) {
    throw new RangeError(`the initialisation scale sigma must be in (0, 1), got ${sigma}`);
  }
}
