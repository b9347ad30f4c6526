/** @module The one look of every figure: colours with a meaning, fonts, sizes. */
import { scale } from "@observablehq/plot";

/**
 * Colours, fonts and sizes of every figure.
 *
 * Colours carry meaning: what is *proved* is dark ink (solid or dashed lines), what is *trained* is coloured,
 * what merely guides the eye is grey. `runs` is the Okabe–Ito palette, distinguishable under the common forms
 * of colour blindness, reordered so that neighbours differ in lightness too.
 */
export const theme = {
  colors: {
    theory: "#1d2129",
    reference: "#868d98",
    runs: ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"],
    phases: ["#e9f0f8", "#fdf1e3", "#e6f4ee", "#f6ecf3"],
    ink: "#30343c",
    faint: "#6b7280",
    grid: "#e8eaee",
    missing: "#f1f1f3",
    background: "#ffffff",
  },
  /** The bundled faces first, so that the PNG is the same everywhere; then what a browser is likely to have. */
  fontFamily: "Inter, 'Noto Sans Math', 'Helvetica Neue', Arial, 'Liberation Sans', sans-serif",
  sizes: { title: 15, panelTitle: 12.5, key: 11.5, axisLabel: 12, tick: 11, caption: 11.5, source: 10.5 },
  lineWidth: 1.75,
  dotRadius: 2.8,
  /** Outer width in CSS pixels of figures with up to two columns, and of wider ones. */
  width: 720,
  wideWidth: 960,
  padding: 14,
  columnGap: 22,
  rowGap: 20,
  /** Most points a curve may carry: keeps files small and diffs readable. */
  maxPoints: 500,
  /** Largest SVG, in bytes, that still diffs and loads comfortably. */
  maxSvgBytes: 400_000,
} as const;

/**
 * The colour of the `i`-th kind of run.
 *
 * @throws RangeError beyond the palette: more kinds than that are a sequence, see {@link sequence}.
 */
export function runColor(i: number): string {
  const color = theme.colors.runs[i];
  if (color === undefined) {
    throw new RangeError(
      `run colour must be an integer from 0 to ${
        theme.colors.runs.length - 1
      }, got ${i}; for ordered series use sequence(n)`,
    );
  }
  return color;
}

/** `n` colours for an ordered family (widths, depths, times), dark to light, along viridis without its pale end. */
export function sequence(n: number): string[] {
  const ramp = scale({ color: { type: "linear", scheme: "viridis", domain: [0, 1] } });
  return Array.from({ length: n }, (_, i) => hex(ramp.apply(n === 1 ? 0.3 : 0.05 + (0.8 * i) / (n - 1))));
}

/** `rgb(68, 1, 84)` as `#440154`: shorter, and the same in every renderer. */
export function hex(color: string): string {
  const parts = /^rgb\((\d+), *(\d+), *(\d+)\)$/.exec(color);
  return parts === null
    ? color
    : "#" + parts.slice(1).map((c) => Number(c).toString(16).padStart(2, "0")).join("");
}
