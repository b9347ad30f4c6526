/**
 * @module The page's end of a live training: Start, Pause and Reset, and the worker behind them, whose script is unpacked when it is
 * first needed. The page asks for every sample, so a pause is not asking, and a slow page never falls behind.
 */
import { element } from "./controls.ts";
import type { LiveAnswer, LiveRequest } from "./live_worker.ts";
import { packedId, unpacked } from "./pack.ts";
import { sentence } from "./tools.ts";
import type { State, View } from "./types.ts";

/** Name of the packed script that trains. */
export const liveScript = "live";

/** What the panel tells the page. */
export interface LivePanelOf {
  /** The paper, for the command that opens a page with the training. */
  readonly paper: () => string;
  /** A training begins: earlier samples are void. */
  begin(): void;
  /** One more sample. */
  sample(sample: unknown): void;
}

/** A panel of three buttons. */
export interface LivePanel {
  /** Buttons, progress and device; empty for a view without training. */
  readonly bar: HTMLElement;
  /** Goes to a view and state with nothing trained; `ready` is false where the theory refused the state. */
  show(view: View, state: State, ready: boolean): void;
}

type Phase = "idle" | "opening" | "running" | "paused" | "done" | "failed";

/** Makes the panel. */
export function livePanel(of: LivePanelOf): LivePanel {
  const bar = element("div", { class: "live", role: "group", "aria-label": "Live training" });
  const start = element("button", { type: "button", class: "primary" }, "Start training");
  const pause = element("button", { type: "button" }, "Pause");
  const reset = element("button", { type: "button" }, "Reset");
  const progress = element("progress", { "aria-label": "Samples of the training", max: 1, value: 0 });
  // Read out when it changes, so the count of samples is not part of it.
  const said = element("span", { id: "live", role: "status" });
  const parts = [start, pause, reset, progress, said];

  let view: View, state: State = {}, ready = false;
  let phase: Phase = "idle", device = "", id = 0;
  let worker: Worker | undefined, opening: Promise<Worker> | undefined, asked = false;

  const send = (request: LiveRequest) => worker?.postMessage(request);
  const ask = () => {
    // Who pauses and goes on at once has a sample on its way already.
    if (!asked) send({ id, next: true });
    asked = true;
  };
  const training = () => `${view.live!.label} on ${device}`;
  const to = (next: Phase, words: string) => {
    phase = next;
    if (said.textContent !== words) said.textContent = words;
    start.disabled = !ready || (phase !== "idle" && phase !== "paused");
    start.textContent = phase === "paused" ? "Continue" : "Start training";
    pause.disabled = phase !== "running" && phase !== "opening";
    reset.disabled = phase === "idle";
  };
  const fail = (message: string) => {
    worker?.terminate();
    worker = opening = undefined;
    to("failed", `${sentence(message)} Reset to try again.`);
  };
  const open = async (): Promise<Worker> => {
    const script = new Blob([await unpacked(liveScript)], { type: "text/javascript" });
    const made = new Worker(URL.createObjectURL(script));
    made.onmessage = ({ data }: MessageEvent<LiveAnswer>) => {
      if (data.id !== id) return;
      if ("error" in data) return fail(data.error);
      if ("end" in data) return to("done", `Done: ${training()}`);
      asked = false;
      if ("device" in data) device = data.device;
      else {
        of.sample(data.sample);
        progress.value++;
      }
      if (phase === "paused") return;
      to("running", training());
      ask();
    };
    made.onerror = (event) => {
      event.preventDefault();
      fail(event.message || "the training could not be started in this browser");
    };
    return made;
  };
  const forget = () => {
    send({ id, end: true });
    id++;
    asked = false;
    progress.value = 0;
    to("idle", "");
  };

  start.addEventListener("click", async () => {
    if (phase === "paused") {
      to("running", device === "" ? "Opening the device …" : training());
      return ask();
    }
    const mine = ++id;
    [asked, device] = [true, ""]; // the device answers first
    of.begin();
    to("opening", "Unpacking TensorFlow.js …");
    progress.max = view.live!.total(state);
    try {
      worker = await (opening ??= open());
    } catch (error) {
      if (id === mine) fail(error instanceof Error ? error.message : String(error));
      return;
    }
    if (id !== mine) return;
    said.textContent = "Opening the device …";
    send({ id, begin: { view: view.id, state } });
  });
  pause.addEventListener("click", () => to("paused", "Paused"));
  reset.addEventListener("click", () => {
    forget();
    of.begin();
  });

  return {
    bar,
    show: (nextView, nextState, nextReady) => {
      [view, state, ready] = [nextView, nextState, nextReady];
      forget();
      if (view.live === undefined) return bar.replaceChildren();
      if (document.getElementById(packedId(liveScript)) === null) {
        return bar.replaceChildren(
          element("p", {}, "Without its training here, to keep the notebook small: "),
          element("code", {}, `deno task explore ${of.paper()} --serve`),
          element("p", {}, " opens the page that trains the model."),
        );
      }
      if (bar.firstChild !== start) bar.replaceChildren(...parts);
    },
  };
}
