/** @module Claims that need no records: explicit weights are exact, and H heads have rank H. */
import type { Claim } from "../../claims/types.ts";
import { stream } from "../../numerics/mod.ts";
import {
  constructInPlace,
  type Construction,
  constructMixed,
  constructPreprocessed,
  constructWithConstant,
  randomFirstLayer,
  repeatedTokenRank,
} from "../construction.ts";
import { drawPrompt, type Prompt, promptTokens } from "../data.ts";
import { forward, withoutHead } from "../forward.ts";
import { descend, preprocessedSteps, statisticsOf, type Step } from "../theory/mod.ts";
import { claim } from "./claim.ts";

const settings = [
  { d: 16, s: 4, n: 40, T: 3, prior: "rad" },
  { d: 16, s: 4, n: 10, T: 7, prior: "gau" },
  { d: 8, s: 2, n: 80, T: 15, prior: "rad" },
] as const;

/** Largest difference at the queries, relative to the largest prediction of the prompt. */
function disagreement(made: Construction, prompt: Prompt, w: Float64Array): number {
  const predicted = made.predict(promptTokens(prompt), prompt.n);
  let worst = 0, largest = 0;
  predicted.forEach((value, i) => {
    let direct = 0;
    for (let j = 0; j < prompt.d; j++) direct += w[j] * prompt.x[(prompt.n + i) * prompt.d + j];
    worst = Math.max(worst, Math.abs(value - direct));
    largest = Math.max(largest, Math.abs(direct));
  });
  return worst / Math.max(1, largest);
}

function worstOf(build: (d: number, rates: number[]) => [Construction, Step[]]): number {
  return Math.max(...settings.flatMap(({ d, s, n, T, prior }, i) =>
    [0, 1, 2].map((k) => {
      const random = stream(31, "exactness", i, k);
      const prompt = drawPrompt({ d, s, sigma: 0.5, prior }, { n, q: 5 }, random);
      const [made, steps] = build(d, Array.from({ length: T }, () => random.uniform() * 0.8));
      return disagreement(made, prompt, descend(statisticsOf(prompt), steps).at(-1)!);
    })
  ));
}

/** The deterministic prompt of the acceptance numbers. */
const vector: Prompt = {
  d: 3,
  n: 5,
  q: 1,
  x: new Float64Array([1, 0, -1, 2, 1, 0, 0, -1, 1, -1, 1, 2, 1, 2, 1, 1, -2, 0.5]),
  y: new Float64Array([1, 2.5, 0.5, -1, 1.5]),
  targets: new Float64Array(1),
  weights: new Float64Array(3),
  support: new Int32Array(),
};

/** Exactness of the constructions, and the head bound. */
export function exactnessClaims(): Claim[] {
  // Sums of a few hundred products in float64: rounding reaches some 1e-14 of the largest prediction.
  const rounding = 1e-12;
  return [
    claim(
      "construction-exact",
      "Construction A predicts what preprocessed descent predicts (9 prompts, random steps; largest relative difference)",
      ["at most", 0, rounding],
      () => ({ value: worstOf((d, rates) => [constructPreprocessed(d, rates), preprocessedSteps(rates)]) }),
    ),
    claim(
      "mixed-exact",
      "Construction A′ predicts what descent with aI + kR̂² predicts",
      ["at most", 0, rounding],
      () => ({
        value: worstOf((d, rates) => {
          const steps = rates.map((k) => ({ a: 0.4 - k, k }));
          return [constructMixed(d, steps), steps];
        }),
      }),
    ),
    claim(
      "in-place-exact",
      "Constructions B (no skip on x) and C (2d heads and a constant) compute the same in place",
      ["at most", 0, rounding],
      () => ({
        value: Math.max(
          worstOf((d, rates) => [constructInPlace(d, rates), preprocessedSteps(rates)]),
          worstOf((d, rates) => [constructWithConstant(d, rates), preprocessedSteps(rates)]),
        ),
      }),
    ),
    claim(
      "test-vector",
      "Three steps of size 0.4 on the fixed 5-example prompt predict 1.303589068544",
      ["equals", 1.303589068544, 1e-11],
      () => ({ value: constructPreprocessed(3, [0.4, 0.4, 0.4]).predict(promptTokens(vector), 5)[0] }),
    ),
    claim(
      "head-deletes-coordinate",
      "Removing head k of layer 1 is the algorithm without coordinate k (largest difference over all k)",
      ["at most", 0, rounding],
      () => {
        const prompt = drawPrompt(
          { d: 8, s: 2, sigma: 0.5, prior: "rad" },
          { n: 30, q: 4 },
          stream(32, "head"),
        );
        const rates = [0.5, 0.5, 0.5],
          made = constructPreprocessed(8, rates),
          statistics = statisticsOf(prompt);
        return {
          value: Math.max(...Array.from({ length: 8 }, (_, k) => {
            const scale = statistics.correlation.slice();
            scale[k] = 0;
            const parameters = withoutHead(made.parameters, 0, k);
            const cut: Construction = {
              ...made,
              predict: (tokens, n) => forward(made.architecture, parameters, tokens, n).output.slice(n),
            };
            return disagreement(cut, prompt, descend(statistics, preprocessedSteps(rates), scale).at(-1)!);
          })),
        };
      },
    ),
    claim(
      "head-bound",
      "A linear-attention layer 1 with H heads has rank min(H, d) when all examples are equal (H = 1..10, d = 8): largest deviation",
      ["equals", 0, 0],
      () => ({
        value: Math.max(...Array.from({ length: 10 }, (_, i) => {
          const random = stream(33, "rank", i), token = random.fillNormal(new Float64Array(9));
          return Math.abs(repeatedTokenRank(randomFirstLayer(8, i + 1, random), token) - Math.min(i + 1, 8));
        })),
      }),
    ),
    claim(
      "d-heads-suffice",
      "Layer 1 of construction A has rank d = 8, the rank that the products r̂ₖxₖ need",
      ["equals", 8, 0],
      () => ({
        value: repeatedTokenRank(
          constructPreprocessed(8, []),
          stream(34, "token").fillNormal(new Float64Array(9)),
        ),
      }),
    ),
  ];
}
