/** @module The one list of papers: what every task accepts as `[papers…]`, and where each paper's notebook lies. */
import type { Claim } from "../claims/types.ts";
import type { Rehearsals } from "../nn/types.ts";
import type { Experiment, RunRecord } from "../runs/types.ts";
import { UsageError } from "./cli.ts";

/** What a task may use of a paper's `mod.ts`. */
export interface PaperModule {
  readonly experiments: Record<string, Experiment>;
  claims(records: Record<string, RunRecord[]>): Claim[];
}

/** One paper of the suite. */
export interface PaperEntry {
  /** Folder name under `lib/`, `data/` and `figures/`; what is typed on the command line. */
  readonly id: string;
  readonly title: string;
  /** arXiv identifier. */
  readonly arxiv: string;
  /** File name under `notebooks/`. */
  readonly notebook: string;
  /** Imports the paper's public face, only when it is asked for. */
  load(): Promise<PaperModule>;
}

/** Every paper that has landed, in reading order. */
export const papers: readonly PaperEntry[] = [
  {
    id: "lazy_to_rich",
    title: "How Transformers Get Rich",
    arxiv: "2410.11474",
    notebook: "1_lazy_to_rich.ipynb",
    load: () => load("lazy_to_rich"),
  },
  {
    id: "markov_induction",
    title: "Unveiling Induction Heads",
    arxiv: "2409.10559",
    notebook: "2_markov_induction.ipynb",
    load: () => load("markov_induction"),
  },
  {
    id: "infinite_limits",
    title: "Infinite Limits of Multi-head Transformer Dynamics",
    arxiv: "2405.15712",
    notebook: "3_infinite_limits.ipynb",
    load: () => load("infinite_limits"),
  },
  {
    id: "sparse_regression",
    title: "How Transformers Utilize Multi-Head Attention in In-Context Learning",
    arxiv: "2408.04532",
    notebook: "4_sparse_regression.ipynb",
    load: () => load("sparse_regression"),
  },
];

/**
 * The papers with these ids, in the order of {@linkcode papers}; all of them when no id is given.
 * @throws {UsageError} naming the unknown id and the valid ones
 */
export function findPapers(ids: readonly string[]): PaperEntry[] {
  const unknown = ids.find((id) => !papers.some((paper) => paper.id === id));
  if (unknown !== undefined) {
    const valid = papers.map((paper) => paper.id).join(", ");
    throw new UsageError(`There is no paper "${unknown}"; the papers are: ${valid}.`);
  }
  return papers.filter((paper) => ids.length === 0 || ids.includes(paper.id));
}

/** What a paper trains on a device, at the size of a test; loads TensorFlow.js. */
export async function rehearsalsOf({ id }: Pick<PaperEntry, "id">): Promise<Rehearsals> {
  const { rehearsals } = await import(new URL(`../${id}/rehearsals.ts`, import.meta.url).href);
  return rehearsals as Rehearsals;
}

/** A computed specifier, so that checking one task does not type-check every paper behind it. */
async function load(id: string): Promise<PaperModule> {
  return await import(new URL(`../${id}/mod.ts`, import.meta.url).href) as PaperModule;
}
