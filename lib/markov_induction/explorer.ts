/**
 * @module The explorer of this paper: its own theory, construction and figures behind sliders. Pure: it runs in a page, and its views
 * draw figures for a notebook as well. `deno task explore markov_induction` opens it.
 */
import type { Explorer } from "../explore/types.ts";
import { attentionView } from "./explorer/attention.ts";
import { informationView } from "./explorer/information.ts";
import { stagesView } from "./explorer/stages/view.ts";
import { training } from "./live_view.ts";

/** Four views: which offsets are worth looking at, three stages of training, one context through the network, Stage I trained live. */
export const explorer: Explorer = {
  paper: "markov_induction",
  title: "Unveiling Induction Heads",
  arxiv: "2409.10559",
  views: [informationView, stagesView, attentionView, training],
};
