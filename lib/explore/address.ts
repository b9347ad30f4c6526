/** @module The state of a page as the part of its address after `#`: a view and its controls, e.g. `#phases?wStar=0.5&L=40`. */
import type { Control, Explorer, State, View } from "./types.ts";

/** Where every control of a view starts. */
export function startOf(view: View): State {
  return Object.fromEntries(view.controls.map(({ name, value }) => [name, value]));
}

/** A view and its state as an address; controls at their start are left out. */
export function writeAddress(view: View, state: State): string {
  const changed = view.controls.filter(({ name, value }) => state[name] !== value)
    .map(({ name }) => [name, String(state[name])]);
  const query = new URLSearchParams(changed).toString();
  return `#${view.id}${query === "" ? "" : `?${query}`}`;
}

/**
 * The view and state of an address. What is missing or unknown is at its start; a number out of range is kept, so that the
 * theory can say why it refuses it.
 */
export function readAddress(explorer: Explorer, address: string): { view: View; state: State } {
  const [id, query = ""] = address.replace(/^#/, "").split("?");
  const view = explorer.views.find((candidate) => candidate.id === id) ?? explorer.views[0];
  const given = new URLSearchParams(query);
  const state = Object.fromEntries(view.controls.map((control) => {
    return [control.name, read(control, given.get(control.name)) ?? control.value];
  }));
  return { view, state };
}

function read(control: Control, text: string | null): number | string | undefined {
  if (text === null) return undefined;
  if (control.kind === "text") return text;
  if (control.kind === "choice") return control.options.includes(text) ? text : undefined;
  return text.trim() === "" || Number.isNaN(Number(text)) ? undefined : Number(text);
}
