/** @module A slim figure is the same figure: no curve moves by what an eye could see, and nothing but curves changes. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { slimSvg } from "../../lib/figure/mod.ts";

const svgOf = (d: string) => `<svg><path d="${d}" fill="none"/><text x="1.2345">M1.2345,2L3,4</text></svg>`;
const pathOf = (svg: string) => / d="([^"]*)"/.exec(svg)![1];
const pointsOf = (d: string) => d.slice(1).split("L").map((point) => point.split(",").map(Number));

/** Distance of a point from a polyline. */
function away([x, y]: number[], line: number[][]): number {
  return Math.min(
    ...line.slice(1).map(([x1, y1], i) => {
      const [x0, y0] = line[i], [dx, dy] = [x1 - x0, y1 - y0], length = dx * dx + dy * dy;
      const along = length === 0 ? 0 : Math.min(1, Math.max(0, ((x - x0) * dx + (y - y0) * dy) / length));
      return Math.hypot(x - x0 - along * dx, y - y0 - along * dy);
    }),
  );
}

test("every point of a curve lies within 0.06 px of its slim self, and the ends stay", () => {
  const coordinate = fc.integer({ min: -20_000, max: 720_000 }).map((n) => n / 1000);
  fc.assert(
    fc.property(fc.array(fc.tuple(coordinate, coordinate), { minLength: 2, maxLength: 40 }), (points) => {
      const slim = pointsOf(pathOf(slimSvg(svgOf(`M${points.map((p) => p.join(",")).join("L")}`))));
      // 0.05, and half a hundredth of rounding in each direction.
      for (const point of points) expect(away(point, slim)).toBeLessThan(0.06);
      expect(Math.hypot(slim[0][0] - points[0][0], slim[0][1] - points[0][1])).toBeLessThan(0.01);
    }),
  );
});

test("a smooth curve of 500 points keeps a fifth of them, a straight one its ends", () => {
  const curve = Array.from({ length: 500 }, (_, i) => `${i},${(100 * Math.sin(i / 80)).toFixed(3)}`);
  const slim = pointsOf(pathOf(slimSvg(svgOf(`M${curve.join("L")}`))));
  expect(slim.length).toBeGreaterThan(20);
  expect(slim.length).toBeLessThan(125);
  expect(pathOf(slimSvg(svgOf("M0,0L1,1L2,2L3,3")))).toBe("M0,0L3,3");
});

test("several lines stay several, closed ones closed; arcs, words and other numbers stay as they are", () => {
  expect(pathOf(slimSvg(svgOf("M0,0L1.005,0L2,0ZM5,5L6,7")))).toBe("M0,0L2,0ZM5,5L6,7");
  const arc = "M0,0A5.125,5.125,0,1,1,0,1";
  expect(pathOf(slimSvg(svgOf(arc)))).toBe(arc);
  expect(slimSvg(svgOf("M0,0L1,1"))).toContain('<text x="1.2345">M1.2345,2L3,4</text>');
  expect(slimSvg(svgOf("M-0.001,0L-0.004,9"))).toContain('d="M0,0L0,9"');
});
