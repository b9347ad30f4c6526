/** @module The best scalars of a network of limited depth, by BFGS on the mean risk of many prompts. */
import { mean } from "../../numerics/mod.ts";
import { bfgs } from "./bfgs.ts";
import { type Family, type FamilyMember, familyObjective, familyRisk } from "./families.ts";
import type { Risk } from "./sample.ts";
import type { PromptStatistics } from "./statistics.ts";

/** Starting points: step sizes spread over a decade (equal steps would stay equal), from cautious to bold. */
function starts(family: Family, steps: number, prompts: readonly PromptStatistics[]): Float64Array[] {
  const spread = (top: number) =>
    Array.from({ length: steps }, (_, t) => top * 4 ** (-t / Math.max(1, steps - 1)));
  const power = mean(prompts.map(({ correlation }) => Math.max(...correlation.map((r) => r * r))));
  const zeros = new Array<number>(steps).fill(0);
  const lists: number[][] = {
    descent: [spread(0.8), spread(0.3)],
    preprocessed: [spread(0.8 / power), spread(0.3 / power)],
    normalised: [spread(2), spread(0.6)],
    mixed: [[...spread(0.6), ...zeros.map(() => 0.02 / power)], [
      ...zeros.map(() => 0.1),
      ...spread(0.3 / power),
    ]],
    shifted: [[...spread(0.6 / 16), 4], [...spread(0.3 / power), 0.3 * Math.sqrt(power)]],
  }[family];
  return lists.map((list) => Float64Array.from(list));
}

/**
 * The member with the lowest mean risk on these prompts: the best of several BFGS searches. The landscape has local optima,
 * and rare prompts that explode can dominate the mean: judge the member on other prompts with {@link familyRisk}.
 */
export function tuneFamily(
  family: Family,
  steps: number,
  prompts: readonly PromptStatistics[],
  options: { readonly heads?: number; readonly maxIterations?: number } = {},
): FamilyMember & Risk {
  if (!Number.isInteger(steps) || steps < 1) {
    throw new RangeError(`steps must be a whole number >= 1, got ${steps}`);
  }
  const { heads, maxIterations = 150 } = options;
  const found = starts(family, steps, prompts).map((start) => {
    let scalars = start;
    // A start that diverges on some prompt is shrunk until it is at least no worse than predicting zero.
    const zero = mean(prompts.map(({ weights }) => weights.reduce((sum, w) => sum + w * w, 0)));
    const objective = (x: Float64Array) => familyObjective(prompts, { family, steps, scalars: x, heads });
    for (let i = 0; i < 60 && !(objective(scalars).value < zero); i++) scalars = scalars.map((x) => 0.8 * x);
    return bfgs(objective, scalars, maxIterations);
  }).reduce((best, other) => other.value < best.value ? other : best);
  const member = { family, steps, scalars: found.x, heads };
  return { ...member, ...familyRisk(member, prompts) };
}
