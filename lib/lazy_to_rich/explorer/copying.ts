/** @module View: what H content-free heads copy together, and how exact the induction head built on them is. */
import type { View } from "../../explore/types.ts";
import {
  type Figure,
  formatPower,
  referenceValue,
  runColor,
  runDots,
  theme,
  theoryLine,
  verticalTime,
} from "../../figure/mod.ts";
import { stream } from "../../numerics/mod.ts";
import {
  constructInductionHead,
  copyError,
  inductionHeadBound,
  planCopyLayer,
  supremumError,
} from "../construction.ts";
import { defaultGuard } from "../construction/induction_head.ts";
import { inductionHead } from "../data.ts";
import { copyKernels } from "../figures/copy_kernels.ts";

interface Knobs {
  readonly H: number;
  readonly a: number;
  readonly i: number;
  readonly n: number;
}

interface Model extends Knobs {
  /** Bound on the error of IH_n over the number of heads. */
  readonly bounds: readonly { readonly x: number; readonly y: number }[];
  readonly copyError: number;
}

/** A measured head. */
interface Measured {
  readonly H: number;
  readonly error: number;
}

const most = 12, norm = 4, length = 24, sequences = 8;
const floor = 1e-14;

/** Score matrix of IH_n that matches token by token: (4 / (n - 1)) times the identity, so that its norm is 4. */
function scores(n: number): number[][] {
  return Array.from(
    { length: n - 1 },
    (_, i) => Array.from({ length: n - 1 }, (_, j) => i === j ? norm / (n - 1) : 0),
  );
}

const shared = ({ n, a }: Knobs, H: number) => ({
  n,
  d: 1,
  W: scores(n),
  copy: { kind: "shared", H, a } as const,
});

function boundOf(knobs: Knobs, H: number): number {
  const { n, W, copy } = shared(knobs, H);
  const plan = planCopyLayer(copy, n, 1);
  return inductionHeadBound(W, plan.errors, defaultGuard(copy, plan));
}

const subscript = (k: number) => [...String(k)].map((digit) => "₀₁₂₃₄₅₆₇₈₉"[Number(digit)] ?? digit).join("");

/** @throws {RangeError} for fewer heads than slots, or an impossible n */
function refuseHead(knobs: Knobs): void {
  const { n, H } = knobs;
  try {
    constructInductionHead(shared(knobs, H));
  } catch (error) {
    throw new RangeError(`IH_${n} on ${H} heads: ${(error as Error).message}`);
  }
}

/** The numbers of heads that are enough for IH_n. */
const enough = (n: number) => Array.from({ length: most - n + 2 }, (_, k) => n - 1 + k);

/** Knobs, view and figure in the order of the paper: layer 1, then what it makes possible. */
export const copying: View<Model> = {
  id: "copying",
  title: "Copying",
  lead:
    "H heads that never look at content together read single tokens back. Add heads, and the copy and the induction head " +
    "built on it become exact faster than any power of H.",
  controls: [
    { kind: "slider", name: "H", label: "Heads H", min: 1, max: most, step: 1, value: 4 },
    { kind: "slider", name: "a", label: "Slope unit a", min: 0.2, max: 2, step: 0.05, value: 1 },
    { kind: "slider", name: "i", label: "Slot i (steps back)", min: 1, max: 6, step: 1, value: 2 },
    { kind: "slider", name: "n", label: "n of IHₙ", min: 2, max: 5, step: 1, value: 3 },
  ],
  compute: (state) => {
    const knobs = state as unknown as Knobs;
    const { n, H, a, i } = knobs;
    // Theory has no upper limits, a page has: its work grows like H² and n².
    if (H > most) throw new RangeError(`this view draws up to ${most} heads, got H = ${H}`);
    if (n > most) throw new RangeError(`this view draws n up to ${most}, got ${n}`);
    const error = copyError({ encoding: "alibi", H, a }, i);
    refuseHead(knobs);
    return {
      ...knobs,
      copyError: error,
      bounds: enough(n).map((heads) => ({ x: heads, y: Math.max(boundOf(knobs, heads), floor) })),
    };
  },
  figure: (model, parts) => draw(model, parts as readonly Measured[]),
  readings: ({ copyError, bounds, H, n, i }) => [
    { label: `Copy error E${subscript(i)}(${H})`, value: formatPower(copyError) },
    { label: `Bound on IH${subscript(n)}`, value: formatPower(bounds.find(({ x }) => x === H)?.y ?? NaN) },
    { label: "Fewest heads", value: String(n - 1) },
  ],
  job: {
    label: "Measuring constructed transformers",
    total: ({ n }) => enough(Number(n)).length,
    part: (state, index): Measured => {
      const knobs = state as unknown as Knobs, { n } = knobs;
      const H = enough(n)[index], built = constructInductionHead(shared(knobs, H));
      const error = supremumError((x) => built.run(x), (x) => inductionHead(x, scores(n), n), {
        d: 1,
        lengths: [n + 1, n + 3, length],
        sequences,
        random: stream(1, "lazy_to_rich", "explorer", n),
      });
      return { H, error };
    },
  },
};

let kernelFigure: { key: string; figure: Figure } | undefined;

/** The panels on kernels; remembered, since n and the measurements leave them as they are. */
function kernelsOf({ H, a, i }: Knobs): Figure {
  const key = [H, a, i].join();
  if (kernelFigure?.key !== key) kernelFigure = { key, figure: copyKernels({ H, a, slots: [i] }) };
  return kernelFigure.figure;
}

function draw(model: Model, measured: readonly Measured[]): Figure {
  const { H, i, n, bounds } = model;
  const kernels = kernelsOf(model);
  const dots = measured.map(({ H, error }) => ({ x: H, y: Math.max(error, floor) }));
  return {
    ...kernels,
    name: "explorer_copying",
    title: `${H} head${H === 1 ? "" : "s"} read the token ${i} step${i === 1 ? "" : "s"} back`,
    caption:
      `${kernels.caption} Last panel: the two-layer transformer built on shared heads against IH_${n} with ` +
      `score matrix of norm ${norm}, largest error over ${
        3 * sequences
      } random bounded sequences of up to ${length} tokens (dots), ` +
      `and its bound (line). Values below 10⁻¹⁴ are drawn there.`,
    panels: [...kernels.panels, {
      title: `Error of the induction head IH${subscript(n)}`,
      legend: [
        { label: "bound", color: theme.colors.theory },
        { label: "measured", color: runColor(1), mark: "dot" },
      ],
      plot: {
        x: { label: "number of heads H", domain: [0.5, most + 0.5], ticks: most },
        y: { type: "log", label: "largest error", domain: [floor, 300] },
        marks: [
          verticalTime(H, `H = ${H}`),
          referenceValue(2, "as bad as can be"),
          theoryLine(bounds),
          runDots(dots, { color: runColor(1) }),
        ],
      },
    }],
  };
}
