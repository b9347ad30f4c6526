/** @module Showing something below a cell; outside the kernel there is no cell, and its text goes to the console. */
import type { MimeBundle } from "./nbformat.ts";
import { type DisplayNote, metadataKey } from "./outputs.ts";

/** What a display may be asked for besides its data. */
export interface DisplayOptions {
  /** Displays of one id are one display; the last state is what is stored. */
  readonly id?: string;
  /** Replace the display of this id instead of adding one. */
  readonly update?: boolean;
  /** What the display says of itself, to the runner. */
  readonly note?: DisplayNote;
}

/** Whether this program is a cell's: `Deno.jupyter` throws outside the kernel. */
export function inKernel(): boolean {
  try {
    return typeof Deno.jupyter.broadcast === "function";
  } catch {
    return false;
  }
}

/** Shows a bundle of MIME types; the `text/plain` of it where there is no notebook. */
export async function display(data: MimeBundle, options: DisplayOptions = {}): Promise<void> {
  if (!inKernel()) {
    if (!options.note?.progress) console.log(data["text/plain"]);
    return;
  }
  await Deno.jupyter.broadcast(options.update ? "update_display_data" : "display_data", {
    data,
    metadata: options.note ? { [metadataKey]: options.note } : {},
    transient: options.id ? { display_id: options.id } : {},
  });
}

/**
 * Waits a moment, so that what was displayed is sent before the kernel says that the cell is over: clients other than
 * this project's drop what comes later.
 */
export async function settle(): Promise<void> {
  // 50 ms lost none of 40 outputs under nbclient, without it 1 to 5 were lost (Deno 2.9.6).
  if (inKernel()) await new Promise((resolve) => setTimeout(resolve, 50));
}
