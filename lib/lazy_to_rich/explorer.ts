/**
 * @module The explorer of this paper: its own theory, constructions and figures behind sliders. Pure: it runs in a page, and
 * its views draw figures for a notebook as well. `deno task explore lazy_to_rich` opens it.
 */
import type { Explorer } from "../explore/types.ts";
import { copying } from "./explorer/copying.ts";
import { phasesView } from "./explorer/phases.ts";
import { retrieving } from "./explorer/retrieving.ts";
import { training } from "./live_view.ts";

/** Four views: layer 1 copies, four phases of training, retrieval by any similarity, and the model trained live. */
export const explorer: Explorer = {
  paper: "lazy_to_rich",
  title: "How Transformers Get Rich",
  arxiv: "2410.11474",
  views: [copying, phasesView, retrieving, training],
};
