/** @module Risks as records keep them. */
import { rounded } from "../../numerics/mod.ts";
import type { Estimated } from "../records.ts";

/** A risk with what it was tuned to, at six significant digits. */
export function estimated(
  { risk, standardError, parameter, atEdge }: {
    readonly risk: number;
    readonly standardError: number;
    readonly parameter?: number;
    readonly atEdge?: boolean;
  },
): Estimated {
  return {
    risk: rounded(risk),
    se: rounded(standardError),
    ...parameter === undefined ? {} : { parameter: rounded(parameter) },
    ...atEdge ? { atEdge } : {},
  };
}
