/**
 * @module Every scale of the network as a function of its sizes: forward pass, initial variances, learning rates.
 *
 * Sizes are N (key, query and value width of one head), H (heads), L (blocks); the residual width is d = N H. Two
 * exponents in [1/2, 1] choose the limit: alphaA (logits are N^-alphaA q.k) and alphaL (branches are multiplied by
 * beta0 (L/L0)^-alphaL). All weights are stored with unit variance and applied as d^{-1/2} W a, which turns the
 * published parameterization into one rule for the logits and one multiplier a weight for the learning rate
 * (arXiv 2405.15712, Table 1, as reported; the equivalence is derived).
 */

/** Plain gradient descent or Adam; momentum changes no scale. */
export type OptimiserName = "sgd" | "adam";

/** Kinds of weight; every block has one of each of the middle six. */
export const weightKinds = [
  "embedding",
  "position",
  "query",
  "key",
  "value",
  "output",
  "up",
  "down",
  "readout",
] as const;

/** A kind of weight: `up` and `down` are the two layers of the MLP. */
export type WeightKind = typeof weightKinds[number];

/** What the caller chooses. `Infinity` is allowed for N and H, for theory. */
export interface ParametrisationOptions {
  /** Key, query and value width of one head. */
  readonly N: number;
  /** Heads. */
  readonly H: number;
  /** Blocks. */
  readonly L: number;
  /** Logit exponent in [1/2, 1]; default 1. */
  readonly alphaA?: number;
  /** Branch exponent in [1/2, 1]; default 1. */
  readonly alphaL?: number;
  /** Branch scale; default 1. */
  readonly beta0?: number;
  /** Richness: outputs are divided by it, features move in proportion to it; default 1. */
  readonly gamma0?: number;
  /** Learning rate constant; default 0.1. */
  readonly eta0?: number;
  /** Default "sgd". */
  readonly optimiser?: OptimiserName;
  /** Depth that counts as one, L0; default 1. */
  readonly baseDepth?: number;
  /** Weights that never change. A frozen embedding makes N = Infinity with alphaA < 1 well defined in one block. */
  readonly frozen?: readonly WeightKind[];
}

/** Every scale of the network. Infinite entries appear only where N or H is `Infinity`. */
export interface Parametrisation extends Required<ParametrisationOptions> {
  /** Residual width d = N H. */
  readonly width: number;
  /** Logits are this times q.k: $N^{-\alpha_A}$. */
  readonly logitScale: number;
  /** Branches are multiplied by $\beta = \beta_0 (L/L_0)^{-\alpha_L}$. */
  readonly branchScale: number;
  /** Hidden products are this times W a: $d^{-1/2}$. */
  readonly hiddenScale: number;
  /** Outputs are this times w.h: $1/(\gamma_0 d)$. */
  readonly outputScale: number;
  /** Standard deviation of every entry at initialisation: 1, that is what unit-variance storage means. */
  readonly initialSd: 1;
  /** kappa: learning rate relative to an embedding's; 0 where frozen. */
  readonly multiplier: Readonly<Record<WeightKind, number>>;
  /** Learning rate of each kind of weight, in unit-variance storage; 0 where frozen. */
  readonly rate: Readonly<Record<WeightKind, number>>;
}

function requireRange(name: string, value: number, low: number, high: number): void {
  if (!(value >= low && value <= high)) {
    throw new RangeError(`${name} must be between ${low} and ${high}, got ${value}`);
  }
}

function requireSize(name: string, value: number, infinite: boolean): void {
  if (!(infinite && value === Infinity) && !(Number.isSafeInteger(value) && value >= 1)) {
    throw new RangeError(
      `${name} must be a whole number >= 1${infinite ? " or Infinity" : ""}, got ${value}`,
    );
  }
}

function requirePositive(name: string, value: number): void {
  if (!(value > 0 && value < Infinity)) {
    throw new RangeError(`${name} must be positive and finite, got ${value}`);
  }
}

/** Why no limit exists; also what an explorer shows beside a disabled choice. */
export const noLimitReason: string =
  "with trained features below the attention, the gradient through keys grows as N^(1 - alphaA) <r v> and <r v> " +
  "is of order one from the second step on, so training diverges as N grows unless alphaA = 1";

/**
 * All scales for one choice of sizes and exponents, in unit-variance storage.
 *
 * SGD: $\eta_W = \eta_0\gamma_0^2 N H\,\kappa_W$ with $\kappa = 1$ for embedding, position and readout,
 * $\Lambda = (L/L_0)^{2\alpha_L-1}$ inside blocks, times $N^{2\alpha_A-2}$ for queries and keys.
 * Adam: $\eta_W = \eta_0\kappa_W$ with $\kappa = 1$ outside, $d^{-1/2}(L/L_0)^{\alpha_L-1}$ inside,
 * times $N^{\alpha_A-1}$ for queries and keys. (arXiv 2405.15712, Table 1, as reported; storage derived.)
 *
 * @throws RangeError for a size, exponent or constant out of range, and for N = Infinity with alphaA < 1 unless the
 *   embedding is frozen and there is one block ({@link noLimitReason})
 */
export function parametrise(options: ParametrisationOptions): Parametrisation {
  const { N, H, L } = options;
  const { alphaA = 1, alphaL = 1, beta0 = 1, gamma0 = 1, eta0 = 0.1 } = options;
  const { optimiser = "sgd", baseDepth = 1, frozen = [] } = options;
  requireSize("N", N, true);
  requireSize("H", H, true);
  requireSize("L", L, false);
  requireRange("alphaA", alphaA, 0.5, 1);
  requireRange("alphaL", alphaL, 0.5, 1);
  for (const [name, value] of Object.entries({ beta0, gamma0, eta0, baseDepth })) {
    requirePositive(name, value);
  }
  for (const kind of frozen) {
    if (!weightKinds.includes(kind)) {
      throw new RangeError(`cannot freeze "${kind}": the kinds of weight are ${weightKinds.join(", ")}`);
    }
  }
  if (N === Infinity && alphaA < 1 && (L > 1 || !frozen.includes("embedding"))) {
    const cure = L > 1 ? "use one block with a frozen embedding" : "freeze the embedding";
    throw new RangeError(
      `N = Infinity with alphaA = ${alphaA} has no limit: ${noLimitReason}; set alphaA = 1 or ${cure}`,
    );
  }
  const width = N * H, depth = L / baseDepth;
  const sgd = optimiser === "sgd";
  const inside = sgd ? depth ** (2 * alphaL - 1) : width ** -0.5 * depth ** (alphaL - 1);
  const attention = inside * (alphaA === 1 ? 1 : N ** (sgd ? 2 * alphaA - 2 : alphaA - 1));
  const multiplier = eachKind((kind) => {
    if (frozen.includes(kind)) return 0;
    if (kind === "query" || kind === "key") return attention;
    return kind === "embedding" || kind === "position" || kind === "readout" ? 1 : inside;
  });
  const base = sgd ? eta0 * gamma0 ** 2 * width : eta0;
  return {
    ...{ N, H, L, alphaA, alphaL, beta0, gamma0, eta0, optimiser, baseDepth, frozen },
    width,
    logitScale: N ** -alphaA,
    branchScale: beta0 * depth ** -alphaL,
    hiddenScale: width ** -0.5,
    outputScale: 1 / (gamma0 * width),
    initialSd: 1,
    multiplier,
    rate: eachKind((kind) => multiplier[kind] === 0 ? 0 : base * multiplier[kind]),
  };
}

function eachKind(value: (kind: WeightKind) => number): Record<WeightKind, number> {
  return Object.fromEntries(weightKinds.map((kind) => [kind, value(kind)])) as Record<WeightKind, number>;
}
