/** @module The page: tabs, controls, picture. A movement is computed and drawn in one frame; longer work comes from the worker. */
import type { Figure } from "../figure/mod.ts";
import { readAddress, startOf, writeAddress } from "./address.ts";
import { drawControls, element } from "./controls.ts";
import { scriptId } from "./html.ts";
import { livePanel } from "./live_panel.ts";
import { arrange, drawPanels } from "./panels.ts";
import { cellOf } from "./save.ts";
import { drawTools, sentence } from "./tools.ts";
import type { Explorer, State, View } from "./types.ts";
import { inWorker, jobRunner, serveJobs } from "./worker.ts";

/** Opens an explorer in this document, or serves its worker when there is none. */
export function openExplorer(explorer: Explorer): void {
  if (inWorker) serveJobs(explorer);
  else new Page(explorer).open();
}

class Page {
  readonly #jobs = jobRunner(document.getElementById(scriptId)?.textContent ?? "");
  readonly #scheme = matchMedia("(prefers-color-scheme: dark)");
  readonly #tabs = element("nav", { "aria-label": "Views" });
  readonly #form = element("form", { "aria-label": "Controls" });
  readonly #lead = element("p", { class: "lead" });
  readonly #readings = element("dl", { "aria-live": "polite" });
  readonly #heading = element("h2");
  readonly #refusal = element("p", { id: "refusal", role: "alert" });
  readonly #panels = element("div", { id: "panels" });
  readonly #progress = element("div", { id: "progress", role: "status" });
  readonly #caption = element("p", { class: "caption" });
  readonly #tools = drawTools({
    figure: () => this.#refused ? undefined : this.#figure,
    cell: () => this.#view.cell?.(this.#state) ?? cellOf(this.explorer.paper, this.#view.id, this.#state),
    reset: () => this.#show(this.#view, startOf(this.#view)),
  });

  readonly #live = livePanel({
    paper: () => this.explorer.paper,
    begin: () => {
      this.#parts = [];
      this.#later(() => this.#draw());
    },
    sample: (sample) => {
      this.#parts.push(sample);
      this.#later(() => this.#draw());
    },
  });

  #view: View;
  #state: State = {};
  #model: unknown;
  #parts: unknown[] = [];
  #figure: Figure | undefined;
  #drawn: string[] = [];
  #refused = false;
  #moved: number | undefined;
  #frame: number | undefined;
  #working = false;
  #addressTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly explorer: Explorer) {
    this.#view = explorer.views[0];
  }

  open(): void {
    const { title, arxiv, views } = this.explorer;
    this.#tabs.append(...views.map((view) => {
      const tab = element("button", { type: "button", "data-view": view.id }, view.title);
      tab.addEventListener("click", () => this.#show(view, startOf(view)));
      return tab;
    }));
    this.#form.addEventListener("submit", (event) => event.preventDefault());
    const side = element("section", { class: "card side" }, this.#lead, this.#form);
    const stage = element(
      "section",
      { class: "card stage" },
      this.#heading,
      this.#refusal,
      this.#live.bar,
      this.#panels,
      this.#progress,
      this.#caption,
      this.#tools.bar,
      this.#tools.cell,
    );
    document.getElementById("explorer")!.replaceChildren(
      element(
        "header",
        {},
        element("h1", {}, title),
        element("a", { href: `https://arxiv.org/abs/${arxiv}`, rel: "noreferrer" }, `arXiv ${arxiv}`),
      ),
      this.#tabs,
      element("main", {}, side, stage, element("section", { class: "card readings" }, this.#readings)),
    );
    const fromAddress = () => {
      const { view, state } = readAddress(this.explorer, location.hash);
      this.#show(view, state);
    };
    addEventListener("hashchange", fromAddress);
    this.#scheme.addEventListener("change", () => this.#paint());
    new ResizeObserver(() => this.#paint()).observe(this.#panels);
    fromAddress();
  }

  #show(view: View, state: State): void {
    this.#view = view;
    this.#state = state;
    for (const tab of this.#tabs.children) {
      if ((tab as HTMLElement).dataset.view === view.id) tab.setAttribute("aria-current", "page");
      else tab.removeAttribute("aria-current");
    }
    this.#lead.textContent = view.lead;
    this.#form.replaceChildren(...drawControls(view.controls, state, (name, value) => {
      this.#state = { ...this.#state, [name]: value };
      this.#stopJob();
      this.#moved ??= performance.now();
      this.#later(() => this.#redraw());
    }));
    this.#figure = undefined;
    this.#redraw();
    this.#sayBusy();
  }

  /** Several movements between two frames are one redraw. */
  #later(act: () => void): void {
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => {
      this.#frame = undefined;
      act();
      this.#sayBusy();
    });
    this.#sayBusy();
  }

  /** Whether the picture is still to become that of the controls; screen readers wait for it. */
  #sayBusy(): void {
    this.#panels.setAttribute("aria-busy", String(this.#working || this.#frame !== undefined));
  }

  #redraw(): void {
    const start = performance.now();
    this.#stopJob();
    this.#parts = [];
    this.#tools.clear();
    this.#progress.replaceChildren();
    this.#keepAddress();
    try {
      this.#model = this.#view.compute(this.#state);
      this.#draw();
    } catch (error) {
      this.#refuse(sentence(error));
      this.#live.show(this.#view, this.#state, false);
      return;
    } finally {
      const end = performance.now();
      performance.measure("redraw", { start, end });
      performance.measure("response", { start: this.#moved ?? start, end });
      this.#moved = undefined;
    }
    this.#refuse("");
    this.#live.show(this.#view, this.#state, true);
    this.#startJob();
  }

  #stopJob(): void {
    this.#jobs.stop();
    this.#working = false;
  }

  #startJob(): void {
    const { job } = this.#view;
    if (job === undefined) return;
    const total = job.total(this.#state);
    if (total === 0) return;
    this.#working = true;
    const bar = element("progress", { max: total, value: 0, "aria-label": job.label });
    this.#progress.replaceChildren(bar, `${job.label} …`);
    this.#jobs.start(this.#view, this.#state, (part) => {
      this.#parts.push(part);
      bar.value = this.#parts.length;
      if (this.#parts.length === total) {
        this.#progress.replaceChildren(`${job.label}: done`);
        this.#working = false;
      }
      this.#later(() => this.#draw());
    }, (message) => {
      this.#progress.replaceChildren(message);
      this.#working = false;
      this.#sayBusy();
    });
  }

  #draw(): void {
    this.#readings.replaceChildren(
      ...this.#view.readings(this.#model, this.#parts).flatMap(({ label, value }) => [
        element("dt", {}, label),
        element("dd", {}, value),
      ]),
    );
    this.#figure = this.#view.figure(this.#model, this.#parts);
    this.#heading.textContent = this.#figure.title;
    this.#caption.textContent = this.#figure.caption;
    this.#paint();
  }

  /** Draws the figure at the present width and in the present scheme; panels that stay the same are left alone. */
  #paint(): void {
    const width = this.#panels.clientWidth;
    if (this.#figure === undefined || width === 0) return;
    const { columns, widths } = arrange(width, this.#figure.panels.length);
    this.#panels.style.gridTemplateColumns = `repeat(${columns}, minmax(0, 1fr))`;
    const drawn = drawPanels(this.#figure, widths, this.#scheme.matches);
    while (this.#panels.children.length > drawn.length) this.#panels.lastChild!.remove();
    drawn.forEach((svg, index) => {
      const box = (this.#panels.children[index] ?? this.#panels.appendChild(element("div"))) as HTMLElement;
      box.style.gridColumn = widths[index] === width ? "1 / -1" : "auto";
      if (this.#drawn[index] !== svg || box.innerHTML === "") box.innerHTML = svg;
    });
    this.#drawn = drawn;
    // Layout belongs to the time a reader waits.
    this.#panels.getBoundingClientRect();
  }

  /** Says why there is no picture, above the last one, which fades. */
  #refuse(message: string): void {
    const refused = message !== "";
    if (this.#refusal.textContent !== message) this.#refusal.textContent = message;
    this.#panels.classList.toggle("stale", refused);
    this.#form.querySelector("textarea")?.setAttribute("aria-invalid", String(refused));
    this.#refused = refused;
    if (!refused) return;
    this.#readings.replaceChildren();
    this.#heading.textContent = this.#view.title;
    this.#caption.textContent = "";
    if (this.#figure === undefined) this.#panels.replaceChildren();
  }

  /** Browsers allow only so many changes of the address a minute. */
  #keepAddress(): void {
    clearTimeout(this.#addressTimer);
    this.#addressTimer = setTimeout(() => {
      try {
        history.replaceState(null, "", writeAddress(this.#view, this.#state));
      } catch {
        // A page inside a notebook's output has no address of its own.
      }
    }, 150);
  }
}
