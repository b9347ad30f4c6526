/** @module Claims on the explicit weights: exactness, rates, bounds, how many heads are needed; and what goes wrong without a part. */
import type { Claim } from "../../claims/types.ts";
import { linearFit, logLogFit } from "../../numerics/mod.ts";
import { copyError, copyKernel, copyLowerBound, periodisedKernel, softmaxKernel } from "../construction.ts";
import type { GeneralRecord, HeadsRecord } from "../records.ts";
import { claim, on, theory } from "./claim.ts";

const heads = [1, 2, 3, 4, 5, 6, 7, 8];
const family = (H: number, a = 1) => ({ encoding: "alibi", H, a }) as const;

/** Claims on the copy kernels and the constructed heads. */
export function constructionClaims(
  constructed: readonly HeadsRecord[] | undefined,
  general: readonly GeneralRecord[] | undefined,
): Claim[] {
  return [
    claim({
      id: "copy-exact",
      statement:
        "H heads with slopes a, 2a, …, Ha copy the token i ≤ H steps back exactly from distances up to H (largest |K_i(j) − δ_ij|)",
      relation: "at most",
      expected: 0,
      tolerance: 1e-12, // float64 round-off of products of up to seven factors
      measure: theory(() =>
        Math.max(
          ...heads.flatMap((H) =>
            heads.filter((i) => i <= H).flatMap((i) =>
              heads.filter((j) => j <= H).map((j) =>
                Math.abs(copyKernel(family(H), i, j) - (i === j ? 1 : 0))
              )
            )
          ),
        )
      ),
    }),
    claim({
      id: "copy-super-exponential",
      statement:
        "The copy error decays super-exponentially, like e^(−aH²/2): second difference of ln E_1(H) in H, at a = 1",
      relation: "equals",
      expected: -1,
      tolerance: 0.02, // the products in E_i(H) still change by e^(−aH): 0.7 % at H = 5
      measure: theory(() => {
        const log = (H: number) => Math.log(copyError(family(H), 1));
        const second = [6, 7, 8, 9, 10].map((H) => log(H + 1) - 2 * log(H) + log(H - 1));
        return second.reduce((sum, x) => sum + x, 0) / second.length;
      }),
    }),
    claim({
      id: "periodisation",
      statement:
        "A softmax over m keys with values scaled by 1/(1 − e^(−ak)) gives the periodised kernel, at m = i, i + 1, 2i, 50 (largest difference)",
      relation: "at most",
      expected: 0,
      tolerance: 1e-11, // coefficients reach 10³ and float64 keeps 16 digits of the sum
      measure: theory(() =>
        Math.max(
          ...[1, 2, 3, 4].flatMap((i) =>
            [i, i + 1, 2 * i, 50].flatMap((m) =>
              Array.from({ length: m }, (_, at) => at + 1).map((j) =>
                Math.abs(softmaxKernel(family(5), i, j, m) - periodisedKernel(family(5), i, j, m))
              )
            )
          ),
        )
      ),
    }),
    claim({
      id: "ih2-rate",
      statement:
        "One head of slope p makes IH_2 with an error that falls like e^(−p): slope of ln(error) over p ≥ 4, all lengths together",
      relation: "equals",
      expected: -1,
      tolerance: 0.03, // terms e^(−2p) are 2 % at p = 4
      measure: on(constructed, ([{ metrics, config }]) => {
        const fits = config.lengths.map((L) => {
          const rows = metrics.single.filter((row) => row.L === L && row.p >= 4);
          return linearFit(rows.map(({ p }) => p), rows.map(({ error }) => Math.log(error)));
        });
        const worst = fits.reduce((a, b) => Math.abs(b.slope + 1) > Math.abs(a.slope + 1) ? b : a);
        return { value: worst.slope, standardError: worst.slopeStandardError };
      }),
    }),
    claim({
      id: "ih2-uniform",
      source: "reported",
      statement: "The bound 2‖W*‖e^(−p) for IH_2 holds at every length (largest error over bound)",
      relation: "at most",
      expected: 1,
      tolerance: 0,
      measure: on(
        constructed,
        ([{ metrics }]) => Math.max(...metrics.single.map(({ error, bound }) => error / bound)),
      ),
    }),
    claim({
      id: "ihn-bound",
      statement:
        "IH_n by H shared heads stays below its bound for all n, H ≥ n − 1 and lengths (largest error over bound)",
      relation: "at most",
      expected: 1,
      tolerance: 0,
      measure: on(constructed, ([{ metrics }]) =>
        // below 1e-13 it is the rounding of the residual stream that is measured
        Math.max(
          ...metrics.grid.filter(({ n, H, error }) => H >= n - 1 && error > 1e-13).map(({ error, bound }) =>
            error / bound
          ),
        )),
    }),
    claim({
      id: "heads-necessary",
      source: "reported",
      statement:
        "With H < n − 1 heads no slopes copy all n − 1 tokens: best ℓ₂ copy error found, over its lower bound 1/√(n − 1) (smallest ratio)",
      relation: "at least",
      expected: 1,
      tolerance: 0,
      measure: on(
        constructed,
        ([{ metrics }]) =>
          Math.min(
            ...metrics.grid.filter(({ n, H }) => H < n - 1).map(({ n, H, distance }) =>
              distance / copyLowerBound(H, n)
            ),
          ),
      ),
    }),
    claim({
      id: "heads-sufficient",
      statement:
        "H = n − 1 heads can copy all n − 1 tokens: best ℓ₂ copy error found over random slopes (largest over n)",
      relation: "at most",
      expected: 0,
      tolerance: 0.05, // steeper slopes copy better without end; the search looks at 3000 slope sets up to 20
      measure: on(
        constructed,
        ([{ metrics }]) =>
          Math.max(...metrics.grid.filter(({ n, H }) => H === n - 1).map(({ distance }) => distance)),
      ),
    }),
    claim({
      id: "two-heads-short",
      control: true,
      statement: "H = n − 2 heads suffice for IH_n (smallest error over n)",
      relation: "at most",
      expected: 0,
      tolerance: 0.1, // what H = n + 1 heads stay below
      measure: on(
        constructed,
        ([{ metrics }]) =>
          Math.min(...metrics.grid.filter(({ n, H }) => H === n - 2).map(({ error }) => error)),
      ),
    }),
    claim({
      id: "guard-rate",
      statement: "Without the guard an error of order 1/L remains: log-log slope over L",
      relation: "equals",
      expected: -1,
      tolerance: 0.25, // each point is the largest over few random sequences
      measure: on(constructed, ([{ metrics }]) => {
        const fit = logLogFit(metrics.guard.map(({ L }) => L), metrics.guard.map(({ off }) => off));
        return { value: fit.slope, standardError: fit.slopeStandardError };
      }),
    }),
    claim({
      id: "guard-off",
      control: true,
      statement:
        "The construction needs no guard (largest error at slope 20, where the guarded one has 10⁻⁸)",
      relation: "at most",
      expected: 0,
      tolerance: 1e-6,
      measure: on(constructed, ([{ metrics }]) => Math.max(...metrics.guard.map(({ off }) => off))),
    }),
    claim({
      id: "gih-width",
      statement: "The network's part of the error of GIH_2 falls like M^(−2): log-log slope over M ≥ 10",
      relation: "equals",
      expected: -2,
      tolerance: 0.2, // each point is the largest over few random sequences
      measure: on(general, ([{ metrics }]) => {
        const rows = metrics.hidden.filter(({ M }) => M >= 10);
        const fit = logLogFit(rows.map(({ M }) => M), rows.map(({ error }) => error));
        return { value: fit.slope, standardError: fit.slopeStandardError };
      }),
    }),
    claim({
      id: "gih-slope",
      statement: "Its copy part falls like e^(−p): slope of ln(error) over p = 4 to 10",
      relation: "equals",
      expected: -1,
      tolerance: 0.05, // terms e^(−2p) at p = 4, and the network's part near p = 10
      measure: on(general, ([{ metrics }]) => {
        const rows = metrics.slopes.filter(({ p }) => p >= 4 && p <= 10);
        const fit = linearFit(rows.map(({ p }) => p), rows.map(({ error }) => Math.log(error)));
        return { value: fit.slope, standardError: fit.slopeStandardError };
      }),
    }),
    claim({
      id: "gih-bound",
      statement: "GIH_2 stays below its three-part bound over all K, M and p (largest error over bound)",
      relation: "at most",
      expected: 1,
      tolerance: 0,
      measure: on(
        general,
        ([{ metrics }]) =>
          Math.max(
            ...[...metrics.modes, ...metrics.hidden, ...metrics.slopes].map(({ error, bound }) =>
              error / bound
            ),
          ),
      ),
    }),
    claim({
      id: "antonym-rank",
      statement:
        "The antonym −6(u + v)² is matched exactly by three features: singular values above 10⁻¹⁰ of the first",
      relation: "equals",
      expected: 3,
      tolerance: 0,
      measure: on(
        general,
        ([{ metrics }]) =>
          metrics.spectra.antonym.filter((sigma) => sigma > 1e-10 * metrics.spectra.antonym[0]).length,
      ),
    }),
  ];
}
