/**
 * Run records: a config is hashed, run once, sealed, stored, and from then on loaded. Interrupted runs resume.
 *
 * @module
 */
export { writeAtomically } from "./atomic_write.ts";
export { breathe } from "./breathe.ts";
export { canonicalJson } from "./canonical.ts";
export type { CheckpointFile, CheckpointNote } from "./checkpoint.ts";
export { checkpointParts } from "./checkpoint_parts.ts";
export { RecordError, RunError, Stopped } from "./errors.ts";
export { frozen } from "./frozen.ts";
export { contentHash, type ExperimentIdentity, sha256 } from "./hash.ts";
export { parseRecord, RECORD_FORMAT, recordText, sealRecord, type UnsealedRecord } from "./record.ts";
export { runExperiment, type RunOptions, type RunProgress } from "./run_experiment.ts";
export { describeSources, selectRecords } from "./select.ts";
export { dataFolder, type ListedFile, openStore, type Store, type StoreOptions } from "./store.ts";
export type * from "./types.ts";
export type { BackendName, BackendRequest, Device } from "../nn/types.ts";
