/** @module The worker's end of a live training: one training at a time, one sample for every time it is asked. */
import type { LiveTraining, LiveTrainings, State } from "./types.ts";

/** What the page asks: to begin a training, to go on with it, or to forget it. */
export type LiveRequest =
  | { readonly id: number; readonly begin: { readonly view: string; readonly state: State } }
  | { readonly id: number; readonly next: true }
  | { readonly id: number; readonly end: true };

/** What the worker answers: the device, a sample, the end, or why there will be none. */
export type LiveAnswer =
  & { readonly id: number }
  & ({ readonly device: string } | { readonly sample: unknown } | { readonly end: true } | {
    readonly error: string;
  });

/** Serves the trainings of a paper to the page that opened this worker. */
export function serveTrainings(trainings: LiveTrainings): void {
  const scope = globalThis as unknown as {
    onmessage: ((event: MessageEvent<LiveRequest>) => void) | null;
    postMessage(answer: LiveAnswer): void;
  };
  const answerTo = answerer(trainings);
  scope.onmessage = async ({ data }) => {
    const answer = await answerTo(data);
    if (answer !== undefined) scope.postMessage(answer);
  };
}

/** Answers requests one after the other, in the order they come in. */
export function answerer(
  trainings: LiveTrainings,
): (request: LiveRequest) => Promise<LiveAnswer | undefined> {
  let current: { id: number; training: LiveTraining } | undefined;
  let last: Promise<unknown> = Promise.resolve();
  const answer = async (request: LiveRequest): Promise<LiveAnswer | undefined> => {
    const { id } = request;
    try {
      if ("next" in request) {
        if (current?.id !== id) return undefined;
        const sample = await current.training.next();
        return sample === undefined ? { id, end: true } : { id, sample };
      }
      current?.training.dispose();
      current = undefined;
      if (!("begin" in request)) return undefined;
      const training = await trainings[request.begin.view](request.begin.state);
      current = { id, training };
      return { id, device: training.device };
    } catch (error) {
      return { id, error: error instanceof Error ? error.message : String(error) };
    }
  };
  return (request) => {
    const answered = last.then(() => answer(request));
    last = answered;
    return answered;
  };
}
