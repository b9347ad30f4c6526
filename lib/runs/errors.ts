/** @module The three ways a run does not end in a record: its file is refused, it was stopped, it failed. */
import type { JsonObject } from "./types.ts";

/** A file that is not the record it should be. It is left where it is, unused. */
export class RecordError extends Error {
  /** Tells it from other errors across realms. */
  override readonly name = "RecordError";

  /**
   * Builds the sentence from the two facts.
   *
   * @param path The refused file.
   * @param reason Why, as a clause that completes "refused because …".
   */
  constructor(readonly path: string, readonly reason: string) {
    super(
      `${path} is refused because ${reason}. It was left as it is: restore it (git checkout) or move it away, ` +
        "then run again.",
    );
  }
}

/** Thrown by a run after it saved its checkpoint, when its signal was aborted. */
export class Stopped extends Error {
  /** Tells it from other errors across realms. */
  override readonly name = "Stopped";

  /**
   * A stop, not a failure.
   *
   * @param message What was stopped and where, in one sentence.
   */
  constructor(message = "Stopped on request; the next call resumes from the checkpoint.") {
    super(message);
  }
}

/** A run that threw: says which paper, experiment and config, keeps the reason as `cause`. */
export class RunError extends Error {
  /** Tells it from other errors across realms. */
  override readonly name = "RunError";

  /** Arguments name the run that failed; `hint` is an optional closing sentence that says what to do. */
  constructor(
    readonly paper: string,
    readonly experiment: string,
    readonly config: JsonObject,
    override readonly cause: unknown,
    hint?: string,
  ) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(`${paper}/${experiment} failed for config ${short(config)}: ${reason}${hint ? ` ${hint}` : ""}`);
  }
}

/** A config as it fits into a message. */
function short(config: JsonObject): string {
  const text = JSON.stringify(config);
  return text.length <= 200 ? text : `${text.slice(0, 199)}…`;
}
