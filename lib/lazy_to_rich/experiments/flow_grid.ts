/** @module Times of the leading-order gradient flow over a grid of tasks, beside their closed-form predictions. */
import { rounded } from "../../numerics/mod.ts";
import { breathe, type Experiment, frozen } from "../../runs/mod.ts";
import { type FlowGridConfig, type FlowGridMetrics, flowGridMetrics } from "../records.ts";
import { emergenceTime, simpleEmergenceTime, trajectory } from "../theory/mod.ts";

const grid: FlowGridConfig = frozen({
  alphaStar: [0.5, 1, 2, 4],
  wStar: [0.4, 0.5, 0.6, 0.7],
  L: [50, 100, 400],
  sigma: [0.1, 0.01, 0.001],
});

/** 144 tasks; the same in both profiles, it takes a second. */
export const flowGrid: Experiment<FlowGridConfig, FlowGridMetrics> = {
  paper: "lazy_to_rich",
  name: "flow_grid",
  title: "Phase times of the gradient flow over 144 tasks",
  version: 1,
  configs: () => [grid],
  checkMetrics: (metrics) => flowGridMetrics.parse(metrics),
  run: async (config, context) => {
    const rows = [];
    const tasks = config.alphaStar.flatMap((alphaStar) =>
      config.wStar.flatMap((wStar) =>
        config.L.flatMap((L) => config.sigma.map((sigma) => ({ alphaStar, wStar, L, sigma })))
      )
    );
    for (const task of tasks) {
      const { sigma } = task;
      const end = 1.05 * emergenceTime(task, 0.9, { sigma }) + 2 * task.L;
      const { firstPhase, t10, t50, t90 } = trajectory(task, { sigma, t1: end }).times;
      const predicted = emergenceTime(task, 0.5, { sigma }), simple = simpleEmergenceTime(task, sigma);
      const values = { firstPhase, t10, t50, t90, predicted, simple };
      rows.push({
        ...task,
        ...Object.fromEntries(Object.entries(values).map(([name, t]) => [name, rounded(t)])) as typeof values,
      });
      context.progress(rows.length, tasks.length);
      await breathe();
      context.signal.throwIfAborted();
    }
    return { rows };
  },
};
