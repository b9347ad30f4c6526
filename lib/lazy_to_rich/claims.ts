/** @module The claims of this paper, each computed from theory and records, with negative controls that must fail. */
import type { Claim } from "../claims/types.ts";
import type { RunRecord } from "../runs/types.ts";
import { constructionClaims } from "./claims/constructions.ts";
import { dynamicsClaims } from "./claims/dynamics.ts";
import { limitClaims } from "./claims/limits.ts";
import { timeClaims } from "./claims/times.ts";
import type {
  AdamRecord,
  FlowGridRecord,
  GeneralRecord,
  HeadsRecord,
  NoiselessRecord,
  StaircaseRecord,
  TrainingRecord,
} from "./records.ts";
import { transformerClaims } from "./transformer_claims.ts";
import type { TransformerRecord } from "./transformer_records.ts";

/**
 * All claims.
 * @param records records by the name of their experiment in `experiments`; claims whose records are missing are not run
 */
export function claims(records: Readonly<Record<string, readonly RunRecord[]>>): Claim[] {
  const of = <R>(name: string) => records[name] as unknown as readonly R[] | undefined;
  return [
    ...constructionClaims(of<HeadsRecord>("constructedHeads"), of<GeneralRecord>("generalHeads")),
    ...timeClaims(of<TrainingRecord>("times"), of<FlowGridRecord>("flowGrid")),
    ...dynamicsClaims(of<TrainingRecord>("phases"), of<TrainingRecord>("times")),
    ...limitClaims(
      of<TrainingRecord>("stageOne"),
      of<TrainingRecord>("joint"),
      of<AdamRecord>("adam"),
      of<NoiselessRecord>("noiselessAdam"),
      of<StaircaseRecord>("staircase"),
    ),
    ...transformerClaims(of<TransformerRecord>("transformer") ?? []),
  ];
}
