/**
 * @module Coefficients of Tsit5: an explicit pair of orders 5 and 4 with a free fourth-order interpolant.
 *
 * Data only; the judge of every digit is `tests/ode/order_conditions.test.ts`, which sums all rooted trees.
 */
import type { ExplicitTableau } from "./tableau.ts";

/** Weights of the fifth-order solution. */
const b = [
  0.09646076681806523,
  0.01,
  0.4798896504144996,
  1.379008574103742,
  -3.290069515436081,
  2.324710524099774,
];

/**
 * Tsitouras's 5(4) pair: the default for non-stiff problems.
 *
 * Source: Ch. Tsitouras, Runge-Kutta pairs of order 5(4) satisfying only the first column simplifying assumption,
 * Computers & Mathematics with Applications 62 (2011) 770-775, including its interpolant. Orders: solution 5,
 * embedded 4, interpolant 4. First same as last (stage 7).
 */
export const tsit5: ExplicitTableau = {
  name: "tsit5",
  order: 5,
  interpolantOrder: 4,
  controlOrder: 5,
  pi: { alpha: 0.7 / 5, beta: 0.4 / 5 },
  c: [0, 0.161, 0.327, 0.9, 0.9800255409045097, 1, 1],
  a: [
    [],
    [0.161],
    [-0.008480655492356989, 0.335480655492357],
    [2.8971530571054935, -6.359448489975075, 4.3622954328695815],
    [5.325864828439257, -11.748883564062828, 7.4955393428898365, -0.09249506636175525],
    [5.86145544294642, -12.92096931784711, 8.159367898576159, -0.071584973281401, -0.028269050394068383],
    b,
  ],
  b,
  error: [[
    -0.00178001105222577714,
    -0.0008164344596567469,
    0.007880878010261995,
    -0.1447110071732629,
    0.5823571654525552,
    -0.45808210592918697,
    1 / 66,
  ]],
  dense: {
    c: [],
    a: [],
    factors: ["theta", "theta", "theta", "theta"],
    // Row p holds the coefficients of theta^(p + 1) in the seven weight polynomials.
    rows: [
      [1],
      [
        -2.763706197274826,
        0.1317,
        3.9302962368947516,
        -12.411077166933676,
        37.50931341651104,
        -27.896526289197286,
        1.5,
      ],
      [
        2.9132554618219126,
        -0.2234,
        -5.941033872131505,
        30.33818863028232,
        -88.1789048947664,
        65.09189467479366,
        -4,
      ],
      [
        -1.0530884977290216,
        0.1017,
        2.490627285651253,
        -16.548102889244902,
        47.37952196281928,
        -34.87065786149661,
        2.5,
      ],
    ],
  },
};
