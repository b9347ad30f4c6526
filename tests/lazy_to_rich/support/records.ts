/** @module Records for tests: small ones made of theory, so that figures and claims can be tried without training. */
import type { Experiment, JsonObject, RunContext, RunRecord } from "../../../lib/runs/mod.ts";
import type { RunPoint, TrainingConfig, TrainingMetrics } from "../../../lib/lazy_to_rich/records.ts";
import { initialState, stageOneFlow, trajectory } from "../../../lib/lazy_to_rich/theory/mod.ts";
import { solve } from "../../../lib/ode/mod.ts";
import type { Device } from "../../../lib/nn/mod.ts";

/** A record of an experiment; nothing is hashed or sealed. */
export function record<C extends JsonObject, M extends JsonObject>(
  experiment: Experiment<C, M>,
  config: C,
  metrics: M,
): RunRecord<C, M> {
  return {
    format: 1,
    paper: experiment.paper,
    experiment: experiment.name,
    experimentVersion: experiment.version,
    profile: "quick",
    config,
    hash: "0".repeat(64),
    device: { backend: "wasm", name: "nothing", kind: "cpu" },
    versions: {},
    wallSeconds: 0,
    finishedAt: "2026-01-01T00:00:00.000Z",
    metrics: experiment.checkMetrics(metrics),
    digest: "0".repeat(64),
  };
}

/** What runs would leave behind if they followed the leading-order flow exactly. */
export function asFlowed(config: TrainingConfig, samples = 60): TrainingMetrics {
  const { L, eta, steps, stage } = config;
  const at = Array.from({ length: samples }, (_, i) => Math.round(steps * (i / (samples - 1)) ** 2));
  const times = at.map((step) => step * eta);
  const series: Record<string, number[][]> = {};
  const keep = (name: string, row: number[]) => (series[name] ??= []).push(row);
  const ends = config.runs.map((run: RunPoint) => {
    const task = { ...run, L }, { sigma } = run;
    if (stage === "one") {
      const flow = stageOneFlow(task, { p2: sigma, a: sigma, v: sigma, wQ: sigma, wK: sigma });
      const solution = solve(flow.f, initialState(task, flow.names, "all-small", sigma), { t1: steps * eta });
      keep("p1", times.map((t) => solution.at(t)[0]));
      return { firstPhase: null, t10: null, t50: null, t90: null };
    }
    const run_ = trajectory(task, { sigma, joint: stage === "joint", t1: steps * eta });
    const states = times.map((t) => run_.solution.at(t));
    run_.flow.names.forEach((name, i) => keep(name, states.map((y) => y[i])));
    keep("beta", states.map((y) => run_.flow.beta(y)));
    keep("fourGram", states.map((y) => run_.flow.losses(y).fourGram));
    keep("induction", states.map((y) => Math.max(run_.flow.losses(y).induction, 1e-14)));
    const finite = (t: number) => Number.isFinite(t) ? t : null;
    const { firstPhase, t10, t50, t90 } = run_.times;
    return { firstPhase: finite(firstPhase), t10: finite(t10), t50: finite(t50), t90: finite(t90) };
  });
  return { steps: at, times: ends, series };
}

/** A config of the second stage for these points. */
export function program(
  L: number,
  points: readonly (Pick<RunPoint, "alphaStar" | "wStar" | "sigma">)[],
  steps: number,
  stage: TrainingConfig["stage"] = "two",
): TrainingConfig {
  return {
    L,
    batch: 8,
    stage,
    eta: 1,
    steps,
    samples: 60,
    evaluation: 8,
    runs: points.flatMap((point) =>
      [1, 2].map((seed) => ({ ...point, initialisation: "all-small" as const, seed }))
    ),
  };
}

/** What a run may use, kept in memory; `stopAt` aborts when the progress gets there. */
export function context(
  device: () => Promise<Device>,
  stopAt = Infinity,
): RunContext & { saved?: Uint8Array } {
  const stop = new AbortController();
  const self: RunContext & { saved?: Uint8Array } = {
    device,
    signal: stop.signal,
    progress: (done) => done >= stopAt && stop.abort(),
    checkpoint: {
      load: () => Promise.resolve(self.saved),
      save: (bytes) => Promise.resolve(void (self.saved = bytes.slice())),
      clear: () => Promise.resolve(void (self.saved = undefined)),
    },
  };
  return self;
}
