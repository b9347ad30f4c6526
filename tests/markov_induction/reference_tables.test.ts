/**
 * @module The committed tables against an independent computation of the same quantities: estimators, generalisation, ablations, drives
 * on finite data. A tolerance is four standard errors of both; where the reference gives none, ours stands for it.
 */
import { beforeAll, describe, expect, test } from "vitest";
import { sampleSequences } from "../../lib/markov_induction/data.ts";
import { experiments } from "../../lib/markov_induction/experiments.ts";
import { batchGradient, initialParameters } from "../../lib/markov_induction/forward.ts";
import type { Loss } from "../../lib/markov_induction/loss.ts";
import type { TableRecord } from "../../lib/markov_induction/records.ts";
import { maskOf } from "../../lib/markov_induction/subsets.ts";
import { matchCounts, oracle, scoreOf, softInductionHead } from "../../lib/markov_induction/theory.ts";
import { mean, variance } from "../../lib/numerics/mod.ts";
import { dataFolder, type Experiment, openStore, selectRecords } from "../../lib/runs/mod.ts";

type Row = Readonly<Record<string, number | string>>;
const rowsOf = async (experiment: unknown): Promise<Row[]> =>
  ((await selectRecords(experiment as Experiment, openStore(dataFolder))) as unknown as TableRecord[])
    .flatMap(({ metrics }) => metrics.rows);
const dirichlet = (
  alpha: number,
) => ({ d: 3, parents: [1, 2], prior: { kind: "dirichlet", alpha } } as const);

/** Four standard errors of a difference, and half a unit of the last digit. */
function near(got: number, want: number, error: number, digit = 1e-3, reference = error) {
  expect(Math.abs(got - want), `${got} beside ${want}`).toBeLessThan(
    4 * Math.hypot(error, reference) + digit / 2,
  );
}

describe("estimators: −log(y + .01) and accuracy", () => {
  let rows: Row[];
  beforeAll(async () => void (rows = await rowsOf(experiments.estimators)));
  const row = (alpha: number, L: number, name: string) =>
    rows.find((row) => row.alpha === alpha && row.L === L && row.name === name)!;

  const table: [number, number, string, number, number][] = [
    [0.1, 100, "induction head", 0.2016, 0.915],
    [0.1, 1000, "induction head", 0.1717, 0.923],
    [0.5, 1000, "induction head", 0.6039, 0.723],
    [1, 100, "induction head", 0.9291, 0.588],
    [0.1, 100, "soft {2}", 0.407, 0.795],
    [0.1, 1000, "soft {2}", 0.388, 0.808],
    [0.5, 1000, "soft {2}", 0.823, 0.600],
    [1, 100, "soft {2}", 0.975, 0.496],
    [0.1, 100, "soft {2,3}", 0.299, 0.876],
    [0.1, 1000, "soft {2,3}", 0.263, 0.885],
    [0.5, 1000, "soft {2,3}", 0.770, 0.637],
    [1, 100, "soft {2,3}", 0.975, 0.496],
    [0.1, 100, "soft {1,2,3}", 0.216, 0.910],
    [0.1, 1000, "soft {1,2,3}", 0.174, 0.923],
    [0.5, 1000, "soft {1,2,3}", 0.615, 0.719],
    [1, 100, "soft {1,2,3}", 0.908, 0.557],
    [0.1, 100, "unigram", 0.663, 0.628],
    [0.1, 1000, "unigram", 0.658, 0.644],
    [0.5, 1000, "unigram", 0.948, 0.500],
    [1, 100, "unigram", 1.031, 0.429],
  ];
  test.each(table)("alpha = %f, L = %i, %s: %f, %f", (alpha, L, name, loss, accuracy) => {
    const got = row(alpha, L, name);
    near(Number(got.loss), loss, Number(got.lossError), name === "induction head" ? 1e-4 : 1e-3);
    near(Number(got.accuracy), accuracy, Number(got.accuracyError));
  });
  test.each([
    [0.1, 100, 0.1994],
    [0.1, 1000, 0.1714],
    [0.5, 100, 0.6647],
    [0.5, 1000, 0.6042],
    [1, 100, 0.8541],
    [1, 1000, 0.8006],
  ])("alpha = %f, L = %i, Bayes: %f, and its accuracy is the hard head's to .002", (alpha, L, loss) => {
    const bayes = row(alpha, L, "Bayes");
    near(Number(bayes.loss), loss, Number(bayes.lossError), 1e-4);
    const head = row(alpha, L, "induction head");
    expect(Math.abs(Number(head.accuracy) - Number(bayes.accuracy))).toBeLessThan(0.002);
  });
  test.each([[0.1, 100, 0.033], [0.1, 1000, 0.010], [0.5, 1000, 0.033], [1, 100, 0.144]])(
    "alpha = %f, L = %i: the hard head is off by %f in total variation",
    (alpha, L, want) => near(Number(row(alpha, L, "induction head").totalVariation), want, 0.0005),
  );
  test.each([
    [0.1, 100, 5.64, 0.2027],
    [0.1, 1000, 7.92, 0.1718],
    [0.5, 100, 4.14, NaN],
    [0.5, 1000, 6.42, 0.6044],
    [1, 100, 3.44, 0.8601],
    [1, 1000, 5.80, NaN],
  ])(
    "alpha = %f, L = %i: under the log loss a settles at %f, where the metric is %f",
    (alpha, L, a, loss) => {
      const settled = row(alpha, L, "settled {1,2}");
      // A flat minimum: samples of 10 000 differ by .05. At alpha = .1, L = 1000 few sequences decide, and samples of 1500 differ by .3.
      const spread = alpha === 0.1 && L === 1000 ? 0.25 : 0.05;
      expect(Math.abs(Number(settled.a) - a)).toBeLessThan(4 * spread);
      expect(Math.abs(Number(settled.a) - Math.log(L / (3 * alpha)))).toBeLessThan(0.2 + 4 * spread); // the law is .2 off
      if (!Number.isNaN(loss)) near(Number(settled.loss), loss, Number(settled.lossError), 1e-4);
    },
  );
  test("the improper loss ranks the hard head (.6472) before Bayes (.6519) at alpha = .1, L = 100", () => {
    const of = (name: string) => Number(row(0.1, 100, name).cesoft);
    near(of("induction head"), 0.6472, 0.0015, 1e-4);
    near(of("Bayes"), 0.6519, 0.0015, 1e-4);
    near(of("Bayes") - of("induction head"), 0.0047, 0.0003, 1e-4); // paired
  });
});

/** Loss over the lengths below, by alpha; errors .002. */
const lengths = [10, 20, 50, 100, 200, 400, 700, 1000];
const generalised: [number, number[]][] = [
  [0.05, [0.645, 0.616, 0.603, 0.602, 0.600, 0.600, 0.598, 0.595]],
  [0.1, [0.710, 0.671, 0.652, 0.648, 0.644, 0.642, 0.646, 0.644]],
  [0.2, [0.811, 0.755, 0.732, 0.726, 0.724, 0.718, 0.713, 0.715]],
  [0.5, [0.953, 0.913, 0.873, 0.864, 0.860, 0.858, 0.852, 0.856]],
];
describe("generalisation: softmax cross-entropy on probabilities over eight lengths and four priors", () => {
  test.each(generalised)("limiting weights, a = 8.95: alpha = %f", (alpha, want) => {
    want.forEach((loss, i) => {
      const L = lengths[i], count = L > 300 ? 600 : 2500;
      const data = sampleSequences(dirichlet(alpha), { L, count, seed: 41, keepKernels: true });
      const counts = matchCounts(data, maskOf([1, 2]), { M: 3 });
      const got = scoreOf(softInductionHead(counts, 8.95), oracle(data, [1, 2]), 3, { kind: "cesoft" });
      near(got.loss, loss, got.lossStandardError, 1e-3, 0.002);
    });
  });
  test("the trained network of the record: all thirty-two cells", async () => {
    const rows = await rowsOf(experiments.generalisation);
    for (const [alpha, want] of generalised) {
      want.forEach((loss, i) => {
        const got = rows.find((row) => row.alpha === alpha && row.L === lengths[i])!;
        near(Number(got.loss), loss, Number(got.lossError), 1e-3, 0.002);
      });
    }
  });
});

describe("ablations: −log(y + .1) and accuracy with the best a up to 14", () => {
  const want: [string, number, number][] = [
    ["{1,2}: the induction head", 0.0675, 0.915],
    ["all |S| ≤ 2, equal", 0.0755, 0.913],
    ["all singles, equal", 0.0772, 0.913],
    ["singles {1} + {2}", 0.0683, 0.915],
    ["{1,2,3}", 0.0767, 0.911],
    ["{2,3}", 0.1469, 0.875],
    ["{2}", 0.2522, 0.791],
    ["{1}", 0.2663, 0.769],
    ["∅: unigram", 0.4812, 0.627],
    ["{1,2}, gap 0", 0.332, 0.779],
    ["{1,2}, gap 1", 0.208, 0.889],
    ["{1,2}, gap 2", 0.0735, 0.915],
    ["{1,2}, gap 2.9", 0.0678, 0.916],
  ];
  let rows: Row[];
  beforeAll(async () => void (rows = await rowsOf(experiments.ablations)));
  test.each(want)("%s: %f, %f", (name, loss, accuracy) => {
    const own = rows.filter((row) => row.name === name);
    for (const [column, expected] of [["loss", loss], ["accuracy", accuracy]] as const) {
      const values = own.map((row) => Number(row[column]));
      // Three data sets of 9000 give a deviation that is itself uncertain: at least .003, as outcomes of 0.9 or 0.6 have.
      const sd = Math.max(0.003, Math.sqrt(variance(values)));
      near(mean(values), expected, sd / Math.sqrt(values.length), 1e-3, sd);
    }
  });
  test("their order is that of the reference wherever it differs by a hundredth", () => {
    const loss = (name: string) =>
      mean(rows.filter((row) => row.name === name).map((row) => Number(row.loss)));
    for (const [a, x] of want) {
      for (const [b, y] of want) if (x < y - 0.01) expect(loss(a), `${a} before ${b}`).toBeLessThan(loss(b));
    }
  });
});

describe("drives of Stage I on finite data, all sets up to three offsets", () => {
  const finite: Loss = { kind: "logeps", epsilon: 0.1 };
  const architecture = { variant: "paper", d: 3, H: 3, M: 3, D: 3 } as const;
  const order = [[1], [2], [3], [1, 2], [1, 3], [2, 3], [1, 2, 3]];
  test.each([
    [0.1, finite, [0.119, 0.134, 0.120, 0.160, 0.129, 0.136, 0.142], 0.001],
    [0.1, { kind: "logeps", epsilon: 0.01 }, [0.150, 0.167, 0.149, 0.201, 0.161, 0.169, 0.177], 0.001],
    [0.1, { kind: "cesoft" }, [0.0594, 0.0677, 0.0625, 0.0803, 0.0654, 0.0689, 0.0719], 0.0006],
    [1, finite, [0.035, 0.036, 0.011, 0.0462, 0.021, 0.021, 0.025], 0.001],
  ] as [number, Loss, number[], number][])(
    "one-hot attention, alpha = %f, %o",
    (alpha, loss, want, error) => {
      const data = sampleSequences(dirichlet(alpha), { L: 100, count: 3000, seed: 42, keepKernels: true });
      const start = initialParameters(architecture, { plus: 800, minus: 0, a0: 1e-9 });
      const { drives, driveStandardError } = batchGradient(architecture, start, data, loss, {
        laws: oracle(data, [1, 2]),
      });
      want.forEach((value, i) => near(drives[i + 1], value, driveStandardError[i + 1], 1e-3, error));
      expect(order).toHaveLength(drives.length - 1);
    },
  );
  test("the published start, gap 2.9: .0961 .0989 .0961 .1163 .0991 .1005 (records, mean over seeds)", async () => {
    const records = await selectRecords(
      experiments.selection as unknown as Experiment,
      openStore(dataFolder),
    );
    const flow = records.find(({ config }) => config.label === "flow")!;
    const runs = flow.metrics.runs as unknown as { stages: { drives: number[] }[] }[];
    [0, 0.0961, 0.0989, 0.0961, 0.1163, 0.0991, 0.1005].forEach((value, s) => {
      // over seeds .001 at 9000 sequences, on both sides
      near(
        mean(runs.map(({ stages }) => stages[0].drives[s])),
        value,
        0.001 / Math.sqrt(runs.length),
        1e-4,
        0.001,
      );
    });
  });
});
