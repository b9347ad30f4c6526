/**
 * @module Numbers read from the authors' saved runs and saved figures (repository gszfwsb/Unveiling-Induction-Heads, results of the
 * simplified network, alphabet 3, L = 100, two parents, alpha = 0.1, 9000 sequences, softmax cross-entropy on probabilities). They are
 * what figures overlay and claims tagged `reported` compare with; none of them was made here.
 */

/** Stage I, degree 2, step size 1: shares p in the order ∅, {1}, {2}, {3}, {1,2}, {1,3}, {2,3} after t steps; read to ±0.0001. */
export const PUBLISHED_SHARES: readonly { readonly t: number; readonly p: readonly number[] }[] = [
  { t: 1, p: [0.0249, 0.0973, 0.1133, 0.1368, 0.2650, 0.1734, 0.1894] },
  { t: 2, p: [0.0015, 0.0571, 0.0761, 0.1087, 0.3844, 0.1705, 0.2018] },
  { t: 3, p: [0.0001, 0.0299, 0.0457, 0.0773, 0.5030, 0.1507, 0.1933] },
];

/** The same run: the share of {1,2}. */
export const PUBLISHED_WINNER: readonly { readonly t: number; readonly p: number }[] = [
  [1, 0.2650],
  [2, 0.3844],
  [3, 0.5030],
  [4, 0.614],
  [5, 0.710],
  [7, 0.846],
  [11, 0.961],
  [15, 0.9906],
  [18, 0.9967],
].map(([t, p]) => ({ t, p }));

/** Stage I, degree 3, step size 1: the shares of {1,2} and of {1,2,3}, which comes second; read to ±0.001. */
export const PUBLISHED_DEGREE_3: {
  readonly pair: readonly { readonly t: number; readonly p: number }[];
  readonly all: readonly { readonly t: number; readonly p: number }[];
} = {
  pair: [[1, 0.2117], [3, 0.364], [6, 0.553], [9, 0.681], [20, 0.899], [40, 0.9885], [52, 0.997]]
    .map(([t, p]) => ({ t, p })),
  all: [[6, 0.291], [20, 0.099], [40, 0.0115]].map(([t, p]) => ({ t, p })),
};

/**
 * Stage II: positional logits of heads 1 and 2 on their windows (offsets h, h + 1, h + 2) after time T = step size x steps, decoded from
 * the colours of saved heat maps, so to ±0.1. Head 3 stays at 3, 0.1, 0.1.
 */
export const PUBLISHED_LOGITS: readonly {
  readonly T: number;
  readonly heads: readonly (readonly number[])[];
}[] = [
  { T: 5e4, heads: [[3.69, -0.23, -0.28], [3.76, -0.37, -0.21]] },
  { T: 5e5, heads: [[4.91, -0.81, -0.95], [5.05, -1.09, -0.81]] },
  { T: 5e8, heads: [[9.54, -3.10, -3.33], [9.62, -3.47, -3.03]] },
];

/** Stage III, step size 1, after the long Stage II: the scale a. */
export const PUBLISHED_SCALE: readonly { readonly t: number; readonly a: number }[] = [
  [63, 3.609],
  [120, 4.669],
  [197, 5.366],
  [431, 6.330],
  [840, 7.077],
  [1591, 7.759],
  [3014, 8.422],
  [5000, 8.940],
].map(([t, a]) => ({ t, a }));

/** Everything trained at once, step size 1: the scale a, and the training loss where it was saved. */
export const PUBLISHED_JOINT: readonly { readonly t: number; readonly a: number; readonly loss?: number }[] =
  [
    { t: 1, a: 0.0641 },
    { t: 10, a: 0.701, loss: 0.84869 },
    { t: 50, a: 3.062 },
    { t: 100, a: 4.278, loss: 0.66897 },
    { t: 200, a: 5.318 },
    { t: 500, a: 6.489, loss: 0.65209 },
    { t: 1000, a: 7.281 },
    { t: 5000, a: 8.983, loss: 0.6498 },
    { t: 50_000, a: 11.351, loss: 0.6496 },
  ];

/**
 * The authors' own estimate of the modified information of {1,2}, two parents, alpha = 0.3: power iteration stopped after 100 to 1000
 * steps, read from a bar plot.
 */
export const PUBLISHED_INFORMATION = 0.147;

/** The full transformer, step size 0.001: training loss after so many steps; shares, scale and own positional logits after 10 000. */
export const PUBLISHED_FULL: {
  readonly loss: readonly { readonly t: number; readonly loss: number }[];
  readonly p: Readonly<Record<string, number>>;
  readonly a: number;
  readonly own: readonly number[];
} = {
  loss: [[0, 0.9036], [1000, 0.8624], [2000, 0.6954], [5000, 0.6573], [10_000, 0.6547]].map(([t, loss]) => ({
    t,
    loss,
  })),
  p: { "{1,2}": 0.573, "{1,3}": 0.220, "{2,3}": 0.207 },
  a: 0.610,
  own: [1.106, 1.177, 1.064],
};
