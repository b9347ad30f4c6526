/** @module The information of every set along the knob of a family: where the winner changes. */
import {
  formatNumber,
  type Panel,
  type Point,
  runDots,
  theme,
  theoryLine,
  verticalTime,
} from "../../figure/mod.ts";
import { isFixed } from "../data.ts";
import { setColor } from "../figures/statistics.ts";
import { labelOf, type Mask, membersOf, sizeOf, subsets } from "../subsets.ts";
import { dirichletInformation, lazyCopyInformation, modularSumInformation } from "../theory.ts";
import { gridOf, type SweepPoint, sweepPoint } from "./averages.ts";
import { M, type Task } from "./task.ts";

/** Sweeps of this page by the numbers they depend on: moving the knob itself leaves the curves as they are. */
const known = new Map<string, readonly SweepPoint[]>();
const most = 60;

/** What a sweep depends on: everything but its own knob and the degree. */
function keyOf({ family, chain: { d, parents, prior } }: Task): string {
  const rest = prior.kind === "additive"
    ? prior.lambdas.slice(1)
    : prior.kind === "interpolation"
    ? prior.alpha
    : "";
  return JSON.stringify([family, d, parents, rest]);
}

/** The sweep of a task as far as it is known: at once for a prior that is one kernel, else when the worker has finished it. */
export function sweepOf(task: Task, finished: readonly SweepPoint[] = []): readonly SweepPoint[] {
  const key = keyOf(task), grid = gridOf(task);
  const points = isFixed(task.chain.prior)
    ? known.get(key) ?? grid.map((x) => sweepPoint(task, x))
    : finished.length === grid.length
    ? finished
    : known.get(key);
  if (points === undefined) return finished;
  known.delete(key);
  known.set(key, points);
  if (known.size > most) known.delete(known.keys().next().value!);
  return points;
}

/** Closed forms of a task at a value of its knob, where there are any: exact, or the limit of large α. */
export function closedForm(
  { chain: { d, parents, prior } }: Task,
  mask: Mask,
  x: number,
): number | undefined {
  const members = membersOf(mask), junk = members.filter((offset) => !parents.includes(offset)).length;
  if (prior.kind === "dirichlet") {
    return x < 2 ? undefined : dirichletInformation(d, x, parents.length, members.length - junk, junk);
  }
  const label = labelOf(mask);
  if (prior.kind === "additive" && parents.join() === "1") {
    const { one, two, both } = lazyCopyInformation(d, x);
    return { "{1}": one, "{2}": two, "{1,2}": both }[label];
  }
  if (prior.kind === "modular-sum" && parents.join() === "1,2" && d % 2 === 1) {
    const form = modularSumInformation(d, x);
    if (members.length === 1) return form.single;
    return label === "{1,2}" ? form.parents : members.length === 2 ? form.otherPairs : form.all;
  }
  return undefined;
}

/**
 * Information relative to the largest of at most D offsets, along the knob.
 * @param points what is known of the sweep
 * @param here the informations at the present value, [subsets]; dots
 */
export function sweepPanel(
  task: Task,
  D: number,
  points: readonly SweepPoint[],
  here: readonly number[],
): Panel {
  const { knob } = task, all = subsets(M, M);
  const shown = all.filter((mask) => mask !== 0 && sizeOf(mask) <= D);
  const at = (mask: Mask) => all.indexOf(mask);
  const largest = ({ mean }: SweepPoint) => Math.max(...shown.map((mask) => mean[at(mask)]));
  const told = points.filter((point) => largest(point) > 0);
  // Where nothing tells anything all along, the curves lie at 0.
  const informative = told.length > 0 ? told : points;
  const relative = (from: readonly SweepPoint[], mask: Mask): Point[] =>
    from.map((point) => ({ x: point.x, y: point.mean[at(mask)] / (largest(point) || 1) }));
  const present = [{ kind: "sweep" as const, x: knob.value, mean: here }];
  const closed = (mask: Mask): Point[] =>
    informative.flatMap((point) => {
      const value = closedForm(task, mask, point.x);
      const scale = Math.max(...shown.map((other) => closedForm(task, other, point.x) ?? 0));
      return value === undefined || scale === 0 ? [] : [{ x: point.x, y: value / scale }];
    });
  const forms = shown.map(closed).filter((points) => points.length > 1);
  return {
    title: `Along ${knob.symbol}: ${
      points.length > 0 && told.length === 0 ? "nothing to select" : "the highest curve is selected"
    }`,
    width: 345,
    height: 190,
    legend: [
      ...shown.map((mask) => ({ label: labelOf(mask), color: setColor(mask) })),
      ...forms.length > 0
        ? [{
          label: knob.symbol === "α" ? "limit of large α" : "closed form",
          color: theme.colors.theory,
          mark: "dash" as const,
        }]
        : [],
    ],
    plot: {
      x: { type: knob.log ? "log" : "linear", label: knob.symbol, domain: [knob.low, knob.high] },
      y: { label: "Ĩ(S) / largest", domain: [0, 1.13] },
      marks: [
        ...knob.value >= knob.low && knob.value <= knob.high
          ? [verticalTime(knob.value, `${knob.symbol} = ${formatNumber(knob.value, 2)}`)]
          : [],
        ...shown.map((mask) => theoryLine(relative(informative, mask), { color: setColor(mask) })),
        ...forms.map((points) => theoryLine(points, { dash: true, width: 1 })),
        ...shown.map((mask) => runDots(relative(present, mask), { color: setColor(mask), radius: 3.4 })),
      ],
    },
  };
}
