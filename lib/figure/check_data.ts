/** @module What a panel's data may hide: Observable Plot leaves out what it cannot place, without a word. */
import type { PlotOptions } from "./plot_types.ts";

interface InitializableMark {
  readonly ariaLabel?: string;
  initialize?(facets: undefined, channels: undefined, options: PlotOptions): {
    channels: Record<string, { value?: Iterable<unknown>; scale?: string }>;
  };
}

/** Sentences about unlabelled axes and about values a position scale would silently drop. */
export function checkPlot(plot: PlotOptions): string[] {
  const marks = (plot.marks ?? []).flat(Infinity as 1).filter((mark) => mark != null) as InitializableMark[];
  const problems: string[] = [];
  for (const key of ["x", "y"] as const) {
    const { label, axis } = plot[key] ?? {};
    const drawnByAuthor = marks.some(({ ariaLabel }) => ariaLabel?.startsWith(`${key}-axis `) === true);
    if (plot.axis === null || axis === null || drawnByAuthor) continue;
    if (typeof label !== "string" || label.trim() === "") {
      problems.push(
        `the ${key} axis has no label; set ${key}: { label: "name (unit)" } or ${key}: { axis: null }`,
      );
    }
  }
  if (marks.length === 0) problems.push("it has no marks");
  for (const mark of marks) problems.push(...checkMark(mark, plot));
  return problems;
}

function checkMark(mark: InitializableMark, plot: PlotOptions): string[] {
  const channels = mark.initialize?.(undefined, undefined, plot).channels ?? {};
  const problems: string[] = [];
  for (const [name, { value, scale }] of Object.entries(channels)) {
    if ((scale !== "x" && scale !== "y") || value === undefined || value === null) continue;
    const numbers = [...value].filter((v): v is number => typeof v === "number");
    const lost = numbers.filter((v) => !Number.isFinite(v)).length;
    const where = `of the ${numbers.length} ${name} values of its ${mark.ariaLabel ?? "unnamed"} mark`;
    if (lost > 0) problems.push(`${lost} ${where} are not finite`);
    const low = plot[scale]?.type === "log" ? numbers.filter((v) => v <= 0).length : 0;
    if (low > 0) problems.push(`${low} ${where} are not positive, on a logarithmic axis`);
  }
  return problems;
}
