/** @module The claims of this paper, each computed from theory and records, with negative controls that must fail. */
import type { Claim } from "../claims/types.ts";
import type { RunRecord } from "../runs/types.ts";
import { birthClaims, depthClaims } from "./claims/birth.ts";
import { limitClaims } from "./claims/limits.ts";
import { particleClaims } from "./claims/particles.ts";
import { theoryClaims } from "./claims/theory.ts";
import { transferClaims, widthClaims } from "./claims/transfer.ts";
import type {
  BirthRecord,
  DepthRecord,
  KernelsRecord,
  LimitsRecord,
  MovementRecord,
  ParticlesRecord,
  PopulationRecord,
  ScalingRecord,
  SweepRecord,
} from "./records.ts";

/**
 * All claims.
 * @param records records by the name of their experiment in `experiments`; claims whose records are missing are not run
 */
export function claims(records: Readonly<Record<string, readonly RunRecord[]>>): Claim[] {
  const of = <R>(name: string) => records[name] as unknown as readonly R[] | undefined;
  return [
    ...theoryClaims(),
    ...birthClaims(of<BirthRecord>("birth"), of<KernelsRecord>("kernels")),
    ...limitClaims(
      of<LimitsRecord>("limits"),
      of<PopulationRecord>("population"),
      of<ScalingRecord>("scaling"),
    ),
    ...particleClaims(of<ParticlesRecord>("particles")),
    ...depthClaims(of<DepthRecord>("depth"), of<MovementRecord>("movement")),
    ...transferClaims(of<SweepRecord>("transfer")),
    ...widthClaims(of<SweepRecord>("transfer"), of<SweepRecord>("language")),
  ];
}
