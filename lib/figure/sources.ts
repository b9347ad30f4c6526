/** @module Where the numbers of a figure come from, as data and as one honest sentence. */
import type { FigureSource } from "./types.ts";

/** What a run record says of itself; every `RunRecord` is one. */
export interface RecordOrigin {
  /** Name of the experiment. */
  readonly experiment: string;
  /** Content hash of the config. */
  readonly hash: string;
  /** `quick` or `full`. */
  readonly profile: string;
  /** What computed it. */
  readonly device: { readonly backend: string; readonly name: string; readonly kind: string };
}

/** The part of a run record that a figure's `.json` and caption keep. */
export function sourceOf(
  record: RecordOrigin,
): FigureSource {
  const { backend, name, kind } = record.device;
  return {
    experiment: record.experiment,
    hash: record.hash,
    profile: record.profile,
    device: backend === "float64" ? name : `${name} (${backend})`,
    kind: backend === "float64" ? "float64" : kind,
  };
}

const kinds: Readonly<Record<string, string>> = {
  "gpu": "Trained on a GPU",
  "software-gpu": "Trained on a software GPU (emulated on the processor)",
  "cpu": "Trained on a CPU",
  "float64": "Computed in float64",
};

/**
 * One sentence a kind of device: what trained the runs behind a figure and at which profile, for its caption.
 * Without runs it says that nothing was trained.
 */
export function captionSources(sources: readonly FigureSource[]): string {
  if (sources.length === 0) return "Theory only: nothing was trained for this figure.";
  const groups = new Map<string, Set<string>>();
  for (const { kind, device, profile } of sources) {
    const key = `${kind}\n${profile}`;
    groups.set(key, (groups.get(key) ?? new Set()).add(device));
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, devices]) => {
    const [kind, profile] = key.split("\n");
    return `${kinds[kind] ?? `Computed on ${kind}`}, ${profile} profile: ${[...devices].sort().join("; ")}.`;
  }).join(" ");
}
