/** @module Construction A on one prompt, layer by layer, beside the algorithm run directly: what a figure and a page show. */
import { stream } from "../numerics/mod.ts";
import { constructPreprocessed } from "./construction.ts";
import { drawPrompt, type Prompt, promptTokens } from "./data.ts";
import { forward, withoutHead } from "./forward.ts";
import { descend, preprocessedSteps, type PromptStatistics, statisticsOf } from "./theory/mod.ts";

/** One prompt and how it is worked on. */
export interface WalkthroughOptions {
  /** Dimension; default 8. */
  readonly d?: number;
  /** Non-zero weights; default 2. */
  readonly s?: number;
  /** Noise; default 0.3. */
  readonly sigma?: number;
  /** Examples; default 40. */
  readonly n?: number;
  /** Step size; default 1. */
  readonly eta?: number;
  /** Descent layers; default 6. */
  readonly steps?: number;
  /** Law of the weights; default "rad". */
  readonly prior?: "rad" | "gau";
  /** Removes this head of layer 1, from 0: its coordinate is lost. */
  readonly deleteHead?: number;
  /** Names the prompt; default 11. */
  readonly seed?: number;
}

/** What the network did with the prompt, and what the algorithm does. */
export interface Walkthrough
  extends Required<Omit<WalkthroughOptions, "deleteHead">>, Pick<WalkthroughOptions, "deleteHead"> {
  /** The prompt; its last `queries` tokens are queries. */
  readonly prompt: Prompt;
  /** Queries. */
  readonly queries: number;
  /** Width D = 2 d + 1 of the residual stream [x | label | r x]. */
  readonly width: number;
  /** Residual streams before layer 1 and behind every layer, each [T, D]. */
  readonly streams: readonly Float64Array[];
  /** The network's predictions at the queries. */
  readonly predictions: Float64Array;
  /** Second moments of the context. */
  readonly statistics: PromptStatistics;
  /** $\hat r$ as layer 1 has it: zero where its head was removed, [d]. */
  readonly scale: Float64Array;
  /** The algorithm's weights after every step, w_0 .. w_t. */
  readonly path: readonly Float64Array[];
  /** Largest difference between the network's label row and the algorithm's, over tokens and layers. */
  readonly difference: number;
}

const queries = 4;

/**
 * Runs construction A and the algorithm on one prompt (derived for arXiv 2408.04532).
 * @throws {RangeError} for a task, a length, a head or steps that mean nothing
 */
export function walkThrough(options: WalkthroughOptions = {}): Walkthrough {
  const { d = 8, s = 2, sigma = 0.3, n = 40, eta = 1, steps = 6, prior = "rad", seed = 11, deleteHead } =
    options;
  if (!Number.isInteger(steps) || steps < 0) {
    throw new RangeError(`the descent layers must be a whole number >= 0, got ${steps}`);
  }
  const prompt = drawPrompt({ d, s, sigma, prior }, { n, q: queries }, stream(seed, "residual stream"));
  const rates = new Array<number>(steps).fill(eta), made = constructPreprocessed(d, rates);
  const parameters = deleteHead === undefined ? made.parameters : withoutHead(made.parameters, 0, deleteHead);
  const run = forward(made.architecture, parameters, promptTokens(prompt), n, { record: true });
  const width = made.architecture.width, streams = run.streams!;

  const statistics = statisticsOf(prompt), scale = statistics.correlation.slice();
  if (deleteHead !== undefined) scale[deleteHead] = 0;
  const path = descend(statistics, preprocessedSteps(rates), scale);
  // What the algorithm itself says the label row holds.
  let difference = 0;
  path.forEach((w, t) => {
    for (let i = 0; i < n + queries; i++) {
      let expected = i < n ? prompt.y[i] : 0;
      for (let j = 0; j < d; j++) expected -= w[j] * prompt.x[i * d + j];
      difference = Math.max(difference, Math.abs(expected - streams[t + 1][i * width + d]));
    }
  });
  return {
    ...{ d, s, sigma, n, eta, steps, prior, seed, deleteHead },
    ...{ prompt, queries, width, streams, statistics, scale, path, difference },
    predictions: run.output.slice(n),
  };
}
