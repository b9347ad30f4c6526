/** @module Both ends of the worker: it runs the page's own script, so theory is loaded once and built once. */
import type { Explorer, State, View } from "./types.ts";

interface Request {
  readonly id: number;
  readonly view: string;
  readonly state: State;
}

/** A finished part, or why there will be none. */
interface Answer {
  readonly id: number;
  readonly part?: unknown;
  readonly error?: string;
}

/** Whether this script is running in a worker. */
export const inWorker: boolean = typeof document === "undefined";

/** The worker's end: computes parts of the latest request until a newer one comes. */
export function serveJobs(explorer: Explorer): void {
  const scope = globalThis as unknown as {
    onmessage: ((event: MessageEvent<Request>) => void) | null;
    postMessage(answer: Answer): void;
  };
  let latest = 0;
  scope.onmessage = async ({ data: { id, view, state } }) => {
    latest = id;
    const job = explorer.views.find((candidate) => candidate.id === view)?.job;
    if (job === undefined) return;
    try {
      const total = job.total(state);
      for (let index = 0; index < total; index++) {
        scope.postMessage({ id, part: job.part(state, index) });
        // A newer request is read only when this one lets go.
        await new Promise((resolve) => setTimeout(resolve));
        if (latest !== id) return;
      }
    } catch (error) {
      scope.postMessage({ id, error: error instanceof Error ? error.message : String(error) });
    }
  };
}

/** The page's end. */
export interface JobRunner {
  /** Forgets what runs and starts the job of a view a moment later, so that a moving slider starts none. */
  start(view: View, state: State, onPart: (part: unknown) => void, onError: (message: string) => void): void;
  /** Forgets what runs. */
  stop(): void;
}

/** @param script text of the page's script */
export function jobRunner(script: string, delay = 120): JobRunner {
  let worker: Worker | undefined;
  let id = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const open = () => new Worker(URL.createObjectURL(new Blob([script], { type: "text/javascript" })));
  const stop = () => {
    id++;
    clearTimeout(timer);
  };
  return {
    stop,
    start: (view, state, onPart, onError) => {
      stop();
      const mine = id;
      timer = setTimeout(() => {
        worker ??= open();
        worker.onmessage = ({ data }: MessageEvent<Answer>) => {
          if (data.id !== mine || id !== mine) return;
          if (data.error !== undefined) onError(data.error);
          else onPart(data.part);
        };
        worker.onerror = () => onError("the longer computation could not be started in this browser");
        worker.postMessage({ id: mine, view: view.id, state });
      }, delay);
    },
  };
}
