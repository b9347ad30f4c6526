/**
 * @module A selection of the DETEST problems, classes A (single equations), B (small systems), C (moderate systems),
 * D (orbits) and E (higher-order equations), all on t in [0, 20].
 *
 * Source: T. E. Hull, W. H. Enright, B. M. Fellen, A. E. Sedgwick, Comparing numerical methods for ordinary differential
 * equations, SIAM J. Numer. Anal. 9 (1972) 603-637.
 */
import { findRoot } from "../../lib/numerics/mod.ts";
import type { RightHandSide } from "../../lib/ode/mod.ts";

/** An initial-value problem from t = 0 to 20. */
export interface Problem {
  readonly name: string;
  readonly f: RightHandSide;
  readonly y0: readonly number[];
  /** Closed form at t, where there is one. */
  readonly exact?: (t: number) => number[];
  /** Can be integrated back from its end without blowing rounding up. */
  readonly reversible?: boolean;
}

/** Two bodies on an ellipse that starts at the perihelion. */
function orbit(name: string, eccentricity: number): Problem {
  return {
    name,
    y0: [1 - eccentricity, 0, 0, Math.sqrt((1 + eccentricity) / (1 - eccentricity))],
    f: (_t, y, dy) => {
      const cube = (y[0] * y[0] + y[1] * y[1]) ** 1.5;
      dy[0] = y[2];
      dy[1] = y[3];
      dy[2] = -y[0] / cube;
      dy[3] = -y[1] / cube;
    },
    exact: (t) => {
      // Kepler's equation u - e sin u = t.
      const u = findRoot((x) => x - eccentricity * Math.sin(x) - t, t - 1, t + 1, { tolerance: 1e-15 });
      const [cos, sin, b] = [Math.cos(u), Math.sin(u), Math.sqrt(1 - eccentricity ** 2)];
      const rate = 1 / (1 - eccentricity * cos);
      return [cos - eccentricity, b * sin, -sin * rate, b * cos * rate];
    },
    reversible: true,
  };
}

/** Heat in a rod of 10 cells with cold ends; sines diagonalise it. */
const diffusion: Problem = {
  name: "C3 diffusion",
  y0: [1, 0, 0, 0, 0, 0, 0, 0, 0, 0],
  f: (_t, y, dy) => {
    for (let i = 0; i < 10; i++) dy[i] = (y[i - 1] ?? 0) - 2 * y[i] + (y[i + 1] ?? 0);
  },
  exact: (t) =>
    Array.from({ length: 10 }, (_, i) => {
      let sum = 0;
      for (let k = 1; k <= 10; k++) {
        const angle = Math.PI * k / 11;
        sum += 2 / 11 * Math.sin(angle) * Math.sin(angle * (i + 1)) * Math.exp((2 * Math.cos(angle) - 2) * t);
      }
      return sum;
    }),
};

/** The selection. */
export const detest: readonly Problem[] = [
  { name: "A1 decay", y0: [1], f: (_t, y, dy) => void (dy[0] = -y[0]), exact: (t) => [Math.exp(-t)] },
  {
    name: "A2 cubic decay",
    y0: [1],
    f: (_t, y, dy) => void (dy[0] = -(y[0] ** 3) / 2),
    exact: (t) => [1 / Math.sqrt(t + 1)],
  },
  {
    name: "A3 oscillating rate",
    y0: [1],
    f: (t, y, dy) => void (dy[0] = y[0] * Math.cos(t)),
    exact: (t) => [Math.exp(Math.sin(t))],
    reversible: true,
  },
  {
    name: "A4 logistic",
    y0: [1],
    f: (_t, y, dy) => void (dy[0] = y[0] / 4 * (1 - y[0] / 20)),
    exact: (t) => [20 / (1 + 19 * Math.exp(-t / 4))],
    reversible: true,
  },
  { name: "A5 spiral", y0: [4], f: (t, y, dy) => void (dy[0] = (y[0] - t) / (y[0] + t)), reversible: true },
  {
    name: "B1 predator and prey",
    y0: [1, 3],
    f: (_t, y, dy) => {
      dy[0] = 2 * (y[0] - y[0] * y[1]);
      dy[1] = -(y[1] - y[0] * y[1]);
    },
    reversible: true,
  },
  {
    name: "B2 linear reaction",
    y0: [2, 0, 1],
    f: (_t, y, dy) => {
      dy[0] = -y[0] + y[1];
      dy[1] = y[0] - 2 * y[1] + y[2];
      dy[2] = y[1] - y[2];
    },
    exact: (t) => [
      1 + 0.5 * Math.exp(-t) + 0.5 * Math.exp(-3 * t),
      1 - Math.exp(-3 * t),
      1 - 0.5 * Math.exp(-t) + 0.5 * Math.exp(-3 * t),
    ],
  },
  {
    name: "B5 rigid body",
    y0: [0, 1, 1],
    f: (_t, y, dy) => {
      dy[0] = y[1] * y[2];
      dy[1] = -y[0] * y[2];
      dy[2] = -0.51 * y[0] * y[1];
    },
    reversible: true,
  },
  diffusion,
  orbit("D1 orbit, eccentricity 0.1", 0.1),
  orbit("D3 orbit, eccentricity 0.5", 0.5),
  orbit("D5 orbit, eccentricity 0.9", 0.9),
  {
    name: "E2 van der Pol, mu = 1",
    y0: [2, 0],
    f: (_t, y, dy) => {
      dy[0] = y[1];
      dy[1] = (1 - y[0] * y[0]) * y[1] - y[0];
    },
  },
  {
    name: "E3 forced Duffing",
    y0: [0, 0],
    f: (t, y, dy) => {
      dy[0] = y[1];
      dy[1] = y[0] ** 3 / 6 - y[0] + 2 * Math.sin(2.78535 * t);
    },
    reversible: true,
  },
];

/** End of every problem. */
export const end = 20;
