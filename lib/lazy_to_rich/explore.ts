/** @module Small answers for whoever turns a knob in the notebook, as Markdown: what is retrieved, how exact, when it happens. */
import { constructInductionHead } from "./construction.ts";
import { inductionHead } from "./data.ts";
import {
  constantsOf,
  emergenceTime,
  emergenceWidth,
  firstPhaseTime,
  type Initialisation,
  maskingThreshold,
  plateauFraction,
  simpleEmergenceTime,
  type Task,
} from "./theory/mod.ts";
import { predict } from "./predictions.ts";
import { attendBy } from "./retrieval.ts";

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

/** Four significant digits. */
function short(x: number): string {
  return Math.abs(x) >= 1e4 ? String(Math.round(x)) : String(Number(x.toPrecision(4)));
}

/**
 * The earlier tokens whose successors a generalised head retrieves for a query, most attended first.
 * @param formula similarity g(u, v): u is the query token, v an earlier one
 * @throws {FormulaError} for a formula that cannot be read, naming what is wrong
 */
export function retrieval(formula: string, query: number, most = 5): string {
  const order = attendBy(formula, query).sort((a, b) => b.weight - a.weight);
  const rows = order.slice(0, most).map(({ token, weight }) => [token.toFixed(3), weight.toFixed(3)]);
  return `Query ${query}, similarity \`${formula}\`, 60 earlier tokens:\n\n` +
    table(["earlier token", "attention on its successor"], rows);
}

/** IH_n of one sequence as the constructed transformer computes it, over the number of heads H of layer 1. */
export function constructedOutputs(
  tokens: readonly number[],
  W: readonly (readonly number[])[],
  heads: readonly number[],
  a = 1,
): string {
  const n = W.length + 1;
  const target = inductionHead(tokens, W, n)[0];
  const rows = heads.map((H) => {
    const head = constructInductionHead({ n, d: 1, W, copy: { kind: "shared", H, a, partial: H < n - 1 } });
    const output = head.run(tokens)[0];
    return [H, output.toFixed(8), Math.abs(output - target).toExponential(1)];
  });
  return `IH_${n} = ${target.toFixed(8)}\n\n` + table(["heads H", "transformer", "error"], rows);
}

/** Predicted times of a task, by formula and by gradient flow, and what its plateau looks like. */
export function predictedTable(
  task: Task,
  sigma: number,
  initialisation: Initialisation = "all-small",
): string {
  const { predicted, leading } = predict(task, { sigma, initialisation });
  const of = (x: number) => short(emergenceTime(task, x, { sigma, initialisation }));
  const flow = (t: number | null) => t === null ? "–" : short(t);
  const visible = sigma < maskingThreshold(task.wStar);
  return table(["time", "closed form", "flow to order 1/N"], [
    ["T_I", short(firstPhaseTime(task, sigma, initialisation)), flow(predicted.firstPhase)],
    ["T_10", of(0.1), flow(predicted.t10)],
    ["T_50", of(0.5), flow(predicted.t50)],
    ["T_90", of(0.9), `${flow(predicted.t90)} (leading order)`],
  ]) +
    `\n\nSmall-w* form of T_50: ${short(simpleEmergenceTime(task, sigma))}; leading-order flow: ${
      short(leading)
    }. ` +
    `Width T_90 − T_10: ${short(emergenceWidth(task))}. Plateau: ${
      short(100 * plateauFraction(constantsOf(task)))
    } % of the ` +
    `initial induction loss. The jump is ${visible ? "visible" : "hidden"} in the total loss.`;
}
