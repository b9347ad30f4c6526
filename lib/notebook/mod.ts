/**
 * Notebooks: what a cell imports (`openNotebook`), and what executes a notebook in a real Deno kernel.
 *
 * @module
 */
export { claimsType, type Notebook, openNotebook } from "./open.ts";
export {
  backends,
  profiles,
  readSettings,
  type Settings,
  settingsEnvironment,
  variables,
} from "./settings.ts";
export {
  CellError,
  type ExecutedCell,
  executeNotebook,
  type ExecuteNotebookOptions,
  type Execution,
  type ExecutionProgress,
} from "./execute.ts";
export { KernelDied } from "./kernel.ts";
export { type DisplayNote, noteOf } from "./outputs.ts";
export { killOnSignal } from "./process.ts";
export {
  type Cell,
  firstLine,
  formatNotebook,
  joined,
  maxNotebookBytes,
  type MimeBundle,
  type NotebookFile,
  type Output,
  parseNotebook,
} from "./nbformat.ts";
// The types its signatures speak of, so that one import is enough.
export type * from "../runs/mod.ts";
export type * from "../figure/types.ts";
export type { Markish, PlotOptions } from "../figure/mod.ts";
export type * from "../claims/mod.ts";
