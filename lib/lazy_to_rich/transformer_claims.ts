/** @module Claims about an ordinary transformer: an induction head emerges, out of a copier, and which part is learned first. */
import type { Claim, Measured } from "../claims/types.ts";
import { mean, standardError } from "../numerics/mod.ts";
import type { TransformerMetrics, TransformerRecord } from "./transformer_records.ts";

/** Mean and standard error over the runs for which there is a number; undefined for fewer than two. */
function overRuns(values: readonly (number | undefined)[]): Required<Measured> | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length < 2 ? undefined : { value: mean(known), standardError: standardError(known) };
}

/** The induction score of each run at its first sample with L_G4 at or below half the loss of the output 0. */
function scoreAtHalf({ series, ignorance }: TransformerMetrics): (number | undefined)[] {
  return series.fourGram.map((losses, run) => {
    const sample = losses.findIndex((loss, i) => i > 0 && loss <= ignorance.fourGram / 2);
    return sample < 0 ? undefined : series.inductionScore[run][sample];
  });
}

const last = (rows: readonly (readonly number[])[]) => rows.map((row) => row[row.length - 1]);

/**
 * The claims; of several lengths the shortest is judged. Steep is the start whose first head has the larger slope.
 * Measurements are means over seeds, and "above" means by more than three standard errors.
 */
export function transformerClaims(records: readonly TransformerRecord[]): Claim[] {
  const shortest = Math.min(...records.map(({ config }) => config.L));
  const [steep, flat] = records.filter(({ config }) => config.L === shortest)
    .sort((a, b) => b.config.slopes[0] - a.config.slopes[0])
    .map(({ metrics }) => metrics);
  const above = (
    id: string,
    statement: string,
    measured: Required<Measured> | undefined,
    floor: number | undefined,
    control = false,
  ): Claim => ({
    id,
    paper: "lazy_to_rich",
    statement,
    source: "derived",
    relation: "at least",
    expected: (floor ?? 0) + 3 * (measured?.standardError ?? 0),
    tolerance: 0,
    ...control ? { control } : {},
    measure: () => measured,
  });
  return [
    above(
      "transformer-induction-head",
      "An ordinary transformer under Adam, from steep slopes: the best layer-2 head overlaps with the target's attention more " +
        "than a uniform head does, by more than three standard errors",
      steep && overRuns(last(steep.series.inductionScore)),
      steep?.ignorance.inductionScore,
    ),
    above(
      "transformer-copier",
      "From flat slopes a previous-token head grows in layer 1: the best head puts more mass on the previous token at the end " +
        "than at the start, by more than three standard errors",
      flat &&
        overRuns(last(flat.series.previousToken).map((end, run) => end - flat.series.previousToken[run][0])),
      0,
    ),
    above(
      "transformer-order",
      "An ordinary transformer from steep slopes: the induction part is learned after the 4-gram part (steps between 10 % of the " +
        "loss of the output 0, later minus earlier), by more than three standard errors",
      steep && overRuns(
        steep.learned.map(({ fourGram, induction }) =>
          fourGram === null || induction === null ? undefined : induction - fourGram
        ),
      ),
      0,
    ),
    above(
      "transformer-waits",
      "An ordinary transformer from steep slopes has an induction head above chance when the 4-gram part is half learned",
      steep && overRuns(scoreAtHalf(steep)),
      steep?.ignorance.inductionScore,
      true,
    ),
    above(
      "transformer-flat-start",
      "From flat slopes the order is another: the induction head is above chance by the time the 4-gram part is half learned " +
        "(runs that got there)",
      flat && overRuns(scoreAtHalf(flat)),
      flat?.ignorance.inductionScore,
    ),
  ];
}
