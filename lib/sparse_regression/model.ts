/** @module The trainable attention-only transformer: many runs, also of different head counts, in one program. */
export {
  type Gains,
  type PromptBatchOptions,
  type TransformerModel,
  transformerModel,
  type TransformerProgram,
  type TransformerRun,
} from "./model/transformer.ts";
export { packParameters, unpackParameters } from "./model/layout.ts";
export { oneCycle } from "./model/schedule.ts";
export { attentionLayer, embed } from "./model/layer.ts";
export { descentProbeModel, type DescentProbeProgram, PROBE_CAP } from "./model/descent_probe.ts";
