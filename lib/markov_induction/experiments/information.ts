/** @module Modified chi-square mutual information of every set of offsets, with exact stationary laws: what Stage I should select. */
import type { ChainConfig, TableMetrics } from "../records.ts";
import type { Experiment } from "../../runs/mod.ts";
import { labelOf, sizeOf } from "../subsets.ts";
import { CHI2, MODIFIED, priorInformation } from "../theory.ts";
import { CESOFT, LOGEPS } from "./settings.ts";
import { tableExperiment } from "./table.ts";

/** Chains, a window and how many kernels are averaged. */
type InformationConfig = {
  readonly chains: readonly { readonly label: string; readonly chain: ChainConfig }[];
  readonly M: number;
  readonly kernels: number;
  readonly seed: number;
};

const parents = (n: number) => Array.from({ length: n }, (_, i) => i + 1);
const dirichlet = (alpha: number) => ({ kind: "dirichlet", alpha } as const);

/** Chains whose information is tabled, by label. */
export const CHAINS: readonly { readonly label: string; readonly chain: ChainConfig }[] = [
  ...[0.01, 0.03, 0.1, 0.3, 1, 2, 20].map((alpha) => ({
    label: `two parents, α = ${alpha}`,
    chain: { d: 3, parents: parents(2), prior: dirichlet(alpha) },
  })),
  ...[0.1, 1].map((alpha) => ({
    label: `one parent, α = ${alpha}`,
    chain: { d: 3, parents: [1], prior: dirichlet(alpha) },
  })),
  ...[0.1, 1, 2].map((alpha) => ({
    label: `three parents, α = ${alpha}`,
    chain: { d: 3, parents: parents(3), prior: dirichlet(alpha) },
  })),
  ...[[0.5, 0.3], [0.4, 0.4], [0.7, 0.2]].map((lambdas) => ({
    label: `additive ${lambdas.join(" + ")}`,
    chain: { d: 3, parents: parents(2), prior: { kind: "additive", lambdas } as const },
  })),
  {
    label: "modular sum, λ = 0.8",
    chain: { d: 3, parents: parents(2), prior: { kind: "modular-sum", lambda: 0.8 } },
  },
  ...[0, 0.2, 0.4, 0.6, 0.8, 1].map((beta) => ({
    label: `interpolation, β = ${beta}`,
    chain: { d: 3, parents: parents(2), prior: { kind: "interpolation", beta, alpha: 1 } as const },
  })),
];

/** Information of every set for every chain. */
export const information: Experiment<InformationConfig, TableMetrics> = tableExperiment(
  "information",
  "Modified chi-square mutual information of every set of offsets",
  (profile) => [{ chains: CHAINS, M: 3, kernels: profile === "quick" ? 20_000 : 200_000, seed: 1 }],
  function* ({ chains, M, kernels, seed }) {
    for (const { label, chain } of chains) {
      const [modified, chi2, epsilon, cesoft] = priorInformation(chain, {
        M,
        kernels,
        seed,
        measures: [MODIFIED, CHI2, LOGEPS, CESOFT],
      });
      for (const [s, mask] of modified.subsets.entries()) {
        yield {
          chain: label,
          set: labelOf(mask),
          mask,
          size: sizeOf(mask),
          modified: modified.mean[s],
          modifiedError: modified.standardError[s],
          chi2: chi2.mean[s],
          epsilon: epsilon.mean[s],
          cesoft: cesoft.mean[s],
        };
      }
    }
  },
);
