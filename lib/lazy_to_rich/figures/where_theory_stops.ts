/** @module Figure: where the theory of the emergence stops: Adam, several modes, strong targets, a masked total loss. */
import {
  extent,
  type Figure,
  label,
  referenceLine,
  referenceValue,
  runColor,
  runDots,
  runLine,
  sourceOf,
  theme,
  theoryLine,
  verticalTimes,
} from "../../figure/mod.ts";
import { solve } from "../../ode/mod.ts";
import type { AdamRecord, NoiselessRecord, StaircaseRecord } from "../records.ts";
import {
  constantsOf,
  emergenceTime,
  LEADING_LIMIT,
  maskingThreshold,
  plateauFraction,
  simpleEmergenceTime,
  staircaseFlow,
  staircaseTimes,
} from "../theory/mod.ts";
import { estimate, linear, overRuns, spread } from "./statistics.ts";

/** Tasks of runs under Adam with the updates they needed, one row a task. */
function adamRows(records: readonly AdamRecord[]) {
  const rows = new Map<
    string,
    { L: number; alphaStar: number; wStar: number; sigma: number; byBatch: Map<number, number[]> }
  >();
  for (const { config, metrics } of records) {
    config.runs.forEach(({ alphaStar, wStar, sigma }, i) => {
      const key = [alphaStar, config.L, sigma].join();
      const row = rows.get(key) ?? { L: config.L, alphaStar, wStar, sigma, byBatch: new Map() };
      const half = metrics.half[i];
      if (half !== null) row.byBatch.set(config.batch, [...row.byBatch.get(config.batch) ?? [], half]);
      rows.set(key, row);
    });
  }
  return [...rows.values()];
}

/**
 * T_50 under Adam beside the flow's, the staircase, times and plateaus as w* grows, and when the total loss hides the jump.
 * @param adam records of the experiment `adam`
 * @param noiseless records of the experiment `noiselessAdam`
 * @param stairs records of the experiment `staircase`
 */
export function whereTheoryStops(
  adam: readonly AdamRecord[],
  noiseless: readonly NoiselessRecord[],
  stairs: readonly StaircaseRecord[],
): Figure {
  const rows = adamRows(adam);
  const batches = [...new Set(adam.map(({ config }) => config.batch))].sort((a, b) => a - b);
  const flows = rows.map((row) => emergenceTime(row, 0.5, { sigma: row.sigma }));
  const spreadOf = (values: readonly number[]) => Math.max(...values) / Math.min(...values);
  const quiet = noiseless[0].metrics.half.filter((t) => t !== null);
  const updates = rows.flatMap((row, i) =>
    batches.flatMap((batch) => {
      const halves = row.byBatch.get(batch) ?? [];
      return halves.length === 0 ? [] : [{ batch, ...estimate(flows[i], halves) }];
    })
  );
  const exact = noiseless[0].config.tasks.flatMap((task, i) => {
    const y = noiseless[0].metrics.half[i];
    return y === null ? [] : [{ x: emergenceTime(task, 0.5, { sigma: task.sigma }), y }];
  });
  const [least, most] = extent([...flows, ...exact.map(({ x }) => x)], { log: true, pad: 0.06 });
  const [slowest] = updates, ceiling = 420;

  const [stair] = stairs, { bStar, alphaStar, L, sigma, eta, seeds } = stair.config, d = bStar.length;
  const kappa = 1 / (1 + alphaStar);
  const times = stair.metrics.steps.map((step) => step * eta), end = times[times.length - 1];
  const flow = staircaseFlow({ alphaStar, bStar, L });
  const solution = solve(flow.f, [sigma, ...bStar.map(() => sigma * sigma)], {
    t1: end,
    method: "dop853",
    rtol: 1e-8,
    atol: 1e-13,
  });
  const formula = staircaseTimes({ alphaStar, bStar, L }, sigma);
  const grid = linear(0, end, 240);
  const mode = (i: number) => stair.metrics.beta.map((run) => run[i].map((beta) => beta / bStar[i]));

  const strengths = linear(0.25, LEADING_LIMIT - 0.002, 120);
  const base = { alphaStar: 1, L: 100 };
  const relative = (f: (wStar: number) => number) => strengths.map((x) => ({ x, y: f(x) }));

  return {
    name: "where_theory_stops",
    title: "Where it stops: Adam, several modes, strong targets, and total losses that hide the jump",
    caption:
      `(a) Updates until β is half of w*² under Adam (rate ${adam[0].config.rate}, w* = ${
        rows[0].wStar
      }; means ± one standard error), over four tasks (α* = 1 or 4, L = 50 or 200, σ = 10⁻² or 10⁻⁴) for which ` +
      `gradient flow predicts times ${
        spreadOf(flows).toFixed(0)
      }-fold apart: the updates differ by a factor ${
        spreadOf(updates.map(({ y }) => y)).toFixed(2)
      } at most over tasks and batch sizes, ` +
      `and ${Math.min(...quiet).toFixed(0)}–${
        Math.max(...quiet).toFixed(0)
      } without noise (exact gradient, dark dots, L up to 1000). The law is one of gradient flow. ` +
      `(b) Tokens of width ${d} with score diag(${
        bStar.join(", ")
      }), L = ${L}, σ = ${sigma}: modes emerge one by one near N/d + N(1+α*)² ln(b_i/σ²)/(2d b_i) ` +
      `(dotted; derived here). Dots: ${seeds} runs; lines: gradient flow. That Adam in higher dimension shows several plateaus is reported for the paper. ` +
      `(c) T₅₀ over its small-w* form N(1+α*)² ln(w*/σ)/w*², and the plateau as a fraction of the initial loss: at w* = 2^(−1/4) the Gaussian moments diverge and ` +
      "the theory ends. (d) Below the curve the jump is visible in the total loss, above it is hidden under the 4-gram part 1/(4t).",
    panels: [
      {
        title: "Under Adam the predicted dependence is gone",
        legend: [
          ...batches.map((batch, k) => ({
            label: `batch ${batch}`,
            color: runColor(k),
            mark: "dot" as const,
          })),
          { label: "no noise", color: theme.colors.theory, mark: "dot" },
          { label: "if proportional", color: theme.colors.reference, mark: "dash" },
        ],
        plot: {
          x: { type: "log", label: "T₅₀ of gradient flow (time)", domain: [least, most] },
          y: { label: "T₅₀ under Adam (updates)", domain: [0, ceiling] },
          marks: [
            referenceLine(
              linear(least, Math.min(most, ceiling * slowest.x / slowest.y), 20).map((x) => ({
                x,
                y: slowest.y * x / slowest.x,
              })),
            ),
            batches.map((batch, k) =>
              runDots(updates.filter((update) => update.batch === batch), { color: runColor(k), radius: 3.4 })
            ),
            runDots(exact, { color: theme.colors.theory }),
          ],
        },
      },
      {
        title: "Wider tokens: a staircase",
        legend: [
          { label: "gradient flow", color: theme.colors.theory },
          { label: "v / κ", color: runColor(4) },
          ...bStar.map((b, i) => ({
            label: `b${"₁₂₃₄₅₆"[i]} = ${b}`,
            color: runColor(i),
            mark: "dot" as const,
          })),
        ],
        plot: {
          x: { label: "time t (step size × steps)" },
          y: { label: "β_i / b_i, v / κ (no unit)", domain: [0, 1.15] },
          marks: [
            verticalTimes(formula.filter((t) => t < end).map((at, i) => ({ at, label: `T${"₁₂₃₄₅₆"[i]}` }))),
            runLine(overRuns(times, stair.metrics.v.map((run) => run.map((v) => v / kappa))), {
              color: runColor(4),
              width: 1.2,
            }),
            bStar.map((b, i) => [
              theoryLine(grid.map((t) => ({ x: t, y: solution.at(t)[i + 1] / b }))),
              runDots(spread(overRuns(times, mode(i)), 22, false), { color: runColor(i) }),
            ]),
          ],
        },
      },
      {
        title: "Strong targets",
        legend: [
          { label: "T₅₀ / small-w* form, σ = 0.01", color: theme.colors.theory },
          { label: "plateau / initial L_IH", color: theme.colors.theory, mark: "dash" },
        ],
        plot: {
          x: { label: "w* (no unit)", domain: [0.25, 0.86] },
          y: { label: "ratio (no unit)", domain: [0, 1.1] },
          marks: [
            referenceValue(1),
            verticalTimes([{ at: LEADING_LIMIT, label: "2^(−1/4)" }]),
            theoryLine(
              relative((wStar) =>
                emergenceTime({ ...base, wStar }, 0.5, { sigma: 0.01 }) /
                simpleEmergenceTime({ ...base, wStar }, 0.01)
              ),
            ),
            theoryLine(relative((wStar) => plateauFraction(constantsOf({ ...base, wStar }))), { dash: true }),
          ],
        },
      },
      {
        title: "When the total loss shows the jump",
        legend: [{ label: "threshold w* exp(−1/(2w*²))", color: theme.colors.theory }],
        plot: {
          x: { label: "w* (no unit)", domain: [0.25, 0.86] },
          y: { type: "log", label: "initialisation scale σ", domain: [1e-4, 1] },
          marks: [
            theoryLine(relative(maskingThreshold)),
            label("hidden under 1/(4t)", { x: 0.3, y: 0.2 }),
            label("visible in the total loss", { x: 0.55, y: 0.002 }),
          ],
        },
      },
    ],
    sources: [...adam, ...noiseless, ...stairs].map(sourceOf),
  };
}
