/** @module Live training: the picture follows its samples, and the real model follows the picture. */
import { expect, test } from "vitest";
import { startOf } from "../../lib/explore/address.ts";
import { answerer } from "../../lib/explore/live_worker.ts";
import type { LiveTrainings, State } from "../../lib/explore/types.ts";
import { checkFigure, renderSvg } from "../../lib/figure/mod.ts";
import { training } from "../../lib/lazy_to_rich/live_view.ts";
import { type LiveSample, trainings } from "../../lib/lazy_to_rich/live.ts";
import { tf } from "../../lib/nn/mod.ts";

test("the worker answers in order, knows one training at a time, and says what went wrong", async () => {
  const disposed: number[] = [];
  let made = 0;
  const counting: LiveTrainings = {
    count: ({ to }) => {
      const mine = ++made;
      let n = 0;
      return Promise.resolve({
        device: `device ${mine}`,
        next: () => Promise.resolve(n < Number(to) ? ++n : undefined),
        dispose: () => void disposed.push(mine),
      });
    },
    broken: () => Promise.reject(new RangeError("no such model")),
  };
  const answer = answerer(counting);
  const begin = (id: number, view: string, state: State = {}) => answer({ id, begin: { view, state } });
  const first = begin(1, "count", { to: 2 }), second = answer({ id: 1, next: true });
  expect([await first, await second]).toEqual([{ id: 1, device: "device 1" }, { id: 1, sample: 1 }]);
  expect(await answer({ id: 1, next: true })).toEqual({ id: 1, sample: 2 });
  expect(await answer({ id: 1, next: true })).toEqual({ id: 1, end: true });
  expect(await begin(2, "count", { to: 1 })).toEqual({ id: 2, device: "device 2" });
  expect(await answer({ id: 1, next: true })).toBeUndefined(); // of a training that is gone
  expect(await begin(3, "broken")).toEqual({ id: 3, error: "no such model" });
  expect(await answer({ id: 2, end: true })).toBeUndefined();
  expect(disposed).toEqual([1, 2]);
});

const start = startOf(training);
const draw = (state: State, samples: readonly LiveSample[]) => {
  const model = training.compute({ ...start, ...state }), figure = training.figure(model, samples);
  expect(checkFigure(figure, renderSvg(figure))).toEqual([]);
  return {
    figure,
    values: Object.fromEntries(training.readings(model, samples).map(({ label, value }) => [label, value])),
  };
};

test("before anything is trained the view shows the theory, and no number that is none", () => {
  const { figure, values } = draw({}, []);
  expect(figure.title).toMatch(/^The flow says .* T₅₀ = \d+$/);
  expect(values).toMatchObject({ "T₅₀ trained": "–", "Within the band": "–", Loss: "–" });
});

test.each([
  [{}],
  [{ L: 20, wStar: 0.6, seed: 2 }],
  [{ alphaStar: 0.3, L: 24, wStar: 0.63, eta: 4, batch: 32, device: "cpu" }], // what a page has without a GPU
])("the real model lowers its loss and is half there within the stated band: %o", async (state) => {
  const before = tf.memory().numTensors;
  const run = await trainings.training({ ...start, ...state as State });
  expect(run.device).toMatch(/^\w+ \(.*\)$/);
  const samples: LiveSample[] = [];
  for (let sample; (sample = await run.next() as LiveSample | undefined);) samples.push(sample);
  run.dispose();
  expect(tf.memory().numTensors).toBe(before);
  expect(samples.length).toBe(training.live!.total({ ...start, ...state as State }));
  for (const { fourGram, induction, beta } of samples) {
    expect([fourGram, induction, beta].every(Number.isFinite)).toBe(true);
  }
  const loss = ({ fourGram, induction }: LiveSample) => fourGram + induction;
  // The 4-gram loss decays slowly at its end; the induction head is there, and far below its plateau.
  expect(loss(samples.at(-1)!)).toBeLessThan(0.3 * loss(samples[0]));
  expect(samples.at(-1)!.induction).toBeLessThan(0.02 * samples[0].induction);
  const { figure, values } = draw(state, samples);
  expect(figure.title).toMatch(/^Trained: T₅₀ = /);
  const { band } = training.compute({ ...start, ...state as State });
  expect(Math.abs(Number(values["Trained / flow"]) - 1)).toBeLessThan(band);
  expect(values["Within the band"]).toBe("yes");
}, 120_000);

test("the band narrows with the batch, the length and the step, and is a few per cent where the theory is good", () => {
  const band = (state: State) => training.compute({ ...start, ...state }).band;
  expect(band({ batch: 256 })).toBeLessThan(0.6 * band({}));
  expect(band({ eta: 0.5 })).toBeLessThan(0.6 * band({}));
  expect(band({ L: 100, alphaStar: 1, batch: 256, eta: 1 })).toBeLessThan(0.02);
});

test("a training that follows another law is outside the band", () => {
  const { steps, eta, task } = training.compute(start);
  // The match grows at once, as if there were no plateau.
  const samples = Array.from({ length: 50 }, (_, i) => ({
    step: Math.round(i * steps / 49),
    fourGram: 0.01,
    induction: 0.01,
    beta: task.wStar ** 2 * i / 49,
  }));
  expect(eta).toBeGreaterThan(0);
  expect(draw({}, samples).values["Within the band"]).toBe("no");
});

test.each([
  [{ wStar: 0.9 }, /w\* must be >= 0 and < 0\.84/],
  [{ wStar: 0.7 }, /w\* must be < 0\.64 here, got 0\.7: the band needs the flow to order 1\/N/],
  [{ logSigma: -4, wStar: 0.05, L: 200 }, /would take \d+ steps, at most 20000 here/],
  [{ L: 19 }, /L must be an integer from 20 to 200 here, got 19/],
  [{ batch: 33.5 }, /the batch must be an integer from 32 to 1024 here, got 33\.5/],
  [{ eta: 0 }, /step size η must be > 0/],
  [{ alphaStar: 0 }, /alphaStar must be > 0/],
])("it refuses %o and says why", (state, reason) => {
  expect(() => training.compute({ ...start, ...state as State })).toThrow(reason);
});

test("the copied cell trains the same task in the notebook", () => {
  const cell = training.cell!({ ...start, wStar: 0.4 });
  expect(cell).toContain("alphaStar: 0.5, wStar: 0.4, L: 30, sigma: 0.0501187, batch: 64 }");
  expect(cell).toContain("ownRun(knobs)");
});
