/** @module What the explorer's page carries of the committed records: losses over learning rates, and where they come from. */
import { openStore, selectRecords } from "../runs/mod.ts";
import { transfer } from "./experiments/sweeps.ts";
import type { KeptSweep } from "./explorer/transfer.ts";

/** The sweeps over learning rates, without what no picture shows; an empty list where they were not run. */
export async function explorerData(): Promise<readonly KeptSweep[]> {
  const records = await selectRecords(transfer, openStore(new URL("../../data/", import.meta.url)));
  return records.map(({ experiment, hash, profile, device, config, metrics }) => ({
    experiment,
    hash,
    profile,
    device,
    config,
    metrics: { rows: metrics.rows.map(({ size, rate, loss }) => ({ size, rate, loss })) },
  }));
}
