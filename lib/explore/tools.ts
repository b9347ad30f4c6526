/** @module The buttons below a picture: save it, copy the cell that redraws it, go back to the start values. */
import type { Figure } from "../figure/mod.ts";
import { element } from "./controls.ts";
import { savePng, saveSvg } from "./save.ts";

/** What the buttons act on. */
export interface ToolsOf {
  /** The figure shown now; none where the theory refused. */
  figure(): Figure | undefined;
  /** The notebook cell of the present state. */
  cell(): string;
  /** Back to the start values. */
  reset(): void;
}

/** The buttons, the place where a copied cell can be read, and a way to forget what was said. */
export interface Tools {
  /** Buttons and what they say. */
  readonly bar: HTMLElement;
  /** The copied cell; hidden until then. */
  readonly cell: HTMLElement;
  /** Called when the picture changes. */
  clear(): void;
}

/** Makes the buttons. */
export function drawTools(of: ToolsOf): Tools {
  const said = element("span", { id: "said", role: "status" });
  const cell = element("pre", { hidden: "" });
  const button = (label: string, act: () => unknown) => {
    const made = element("button", { type: "button" }, label);
    made.addEventListener("click", async () => {
      try {
        await act();
      } catch (error) {
        said.textContent = sentence(error);
      }
    });
    return made;
  };
  const withFigure = (use: (figure: Figure) => unknown) => () => {
    const figure = of.figure();
    if (figure === undefined) throw new Error("there is no figure at these values");
    return use(figure);
  };
  const copy = async () => {
    cell.textContent = of.cell();
    cell.hidden = false;
    try {
      await navigator.clipboard.writeText(of.cell());
      said.textContent = "Copied.";
    } catch {
      // Not every page may write to the clipboard; every reader may.
      getSelection()?.selectAllChildren(cell);
      said.textContent = "Selected: press Ctrl+C or ⌘C.";
    }
  };
  const bar = element(
    "div",
    { class: "tools" },
    button("Save SVG", withFigure(saveSvg)),
    button("Save PNG", withFigure((figure) => savePng(figure))),
    button("Copy as cell", copy),
    button("Start values", of.reset),
    said,
  );
  return {
    bar,
    cell,
    clear: () => {
      said.textContent = "";
      cell.hidden = true;
    },
  };
}

/** A theory's error as a sentence; a symbol at its beginning stays as it is. */
export function sentence(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const capital = message.replace(/^[a-z]{3,}(?= )/, (word) => word.charAt(0).toUpperCase() + word.slice(1));
  return capital + (/[.!?]$/.test(capital) ? "" : ".");
}
