/** @module The same picture in fewer characters, for a figure that is kept inside another file: a notebook, beside its own file. */

/** Pixels by which a curve may move: a fortieth of its width. */
const tolerance = 0.05;

/** An SVG whose polylines leave out the points that a straight line passes within 0.05 px, and have two decimals. */
export function slimSvg(svg: string): string {
  return svg.replace(/(?<= d=")[^"]*(?=")/g, slimPath);
}

/** A path of lines, slim; one with anything but straight lines stays as it is. */
function slimPath(path: string): string {
  if (!/^(?:M-?[\d.]+,-?[\d.]+(?:L-?[\d.]+,-?[\d.]+)*Z?)+$/.test(path)) return path;
  return path.replace(/M([^MZ]*)/g, (_, line: string) => {
    const points = line.split("L").map((point) => point.split(",").map(Number) as [number, number]);
    return `M${kept(points).map(([x, y]) => `${short(x)},${short(y)}`).join("L")}`;
  });
}

const short = (x: number) => String(Math.round(x * 100) / 100 + 0);

/** The points that matter (Douglas and Peucker): the ends, and between two kept ones whatever lies farther off their line. */
function kept(points: readonly [number, number][]): readonly [number, number][] {
  const keep = new Set([0, points.length - 1]), open = [[0, points.length - 1]];
  for (let span; (span = open.pop());) {
    const [from, to] = span, [x0, y0] = points[from], dx = points[to][0] - x0, dy = points[to][1] - y0;
    const length = dx * dx + dy * dy;
    let farthest = -1, most = tolerance;
    for (let i = from + 1; i < to; i++) {
      const [x, y] = [points[i][0] - x0, points[i][1] - y0];
      // To the segment, not to the line: a curve may turn back.
      const along = length === 0 ? 0 : Math.min(1, Math.max(0, (x * dx + y * dy) / length));
      const distance = Math.hypot(x - along * dx, y - along * dy);
      if (distance > most) [farthest, most] = [i, distance];
    }
    if (farthest < 0) continue;
    keep.add(farthest);
    open.push([from, farthest], [farthest, to]);
  }
  return points.filter((_, i) => keep.has(i));
}
