/** @module What an explorer is: views of a theory behind controls. Data and pure functions; the page around them is this room. */
import type { Figure } from "../figure/types.ts";

/** Values of a view's controls, by name. */
export type State = Readonly<Record<string, number | string>>;

/** A number on a slider, with a field beside it that takes any number: refusing is left to the theory. */
export interface Slider {
  /** Tells the kinds of controls apart. */
  readonly kind: "slider";
  /** Key in the state and in the address. */
  readonly name: string;
  /** Symbol and meaning, with the unit. */
  readonly label: string;
  /** Left end of the slider. */
  readonly min: number;
  /** Right end of the slider. */
  readonly max: number;
  /** Between two positions of the slider. */
  readonly step: number;
  /** Where it starts. */
  readonly value: number;
}

/** One of several words. */
export interface Choice {
  /** Tells the kinds of controls apart. */
  readonly kind: "choice";
  /** Key in the state and in the address. */
  readonly name: string;
  /** Symbol and meaning. */
  readonly label: string;
  /** What can be chosen. */
  readonly options: readonly string[];
  /** Where it starts. */
  readonly value: string;
}

/** A formula or other short text. */
export interface TextField {
  /** Tells the kinds of controls apart. */
  readonly kind: "text";
  /** Key in the state and in the address. */
  readonly name: string;
  /** Symbol and meaning. */
  readonly label: string;
  /** Where it starts. */
  readonly value: string;
  /** Texts to try, by name. */
  readonly examples: Readonly<Record<string, string>>;
}

/** What a reader can move. */
export type Control = Slider | Choice | TextField;

/** One number worth reading off. */
export interface Reading {
  /** What it is. */
  readonly label: string;
  /** As it is written, with its unit. */
  readonly value: string;
}

/** A computation too long for a slider: runs in a worker, one part a step. */
export interface Job {
  /** What is computed, for the progress line. */
  readonly label: string;
  /** Number of parts at a state. */
  total(state: State): number;
  /** Part `index`; plain data, it crosses to the page. */
  part(state: State, index: number): unknown;
}

/**
 * The real model, trained beside the theory: the parts of the picture are samples of a training that the reader starts. What trains is
 * the entry of the view in `lib/<paper>/live.ts`, which no view imports, for it brings TensorFlow.js.
 */
export interface Live {
  /** What is trained, for the progress line. */
  readonly label: string;
  /** Number of samples at a state, that of the start among them. */
  total(state: State): number;
}

/** A training in progress. Samples are plain data: they cross to the page. */
export interface LiveTraining {
  /** What computes, in words. */
  readonly device: string;
  /** Trains up to the next sample; nothing when there is none. */
  next(): Promise<unknown>;
  /** Frees what it holds. */
  dispose(): void;
}

/** How the trainings of a paper begin, by view. */
export type LiveTrainings = Readonly<Record<string, (state: State) => Promise<LiveTraining>>>;

/** One page of an explorer. */
export interface View<Model = unknown> {
  /** Key in the address. */
  readonly id: string;
  /** Short, for the tab. */
  readonly title: string;
  /** One or two sentences: what to look at, what to try. */
  readonly lead: string;
  /** In reading order. */
  readonly controls: readonly Control[];
  /**
   * Everything a picture needs, in a few milliseconds.
   * @throws {Error} outside the theory's domain; its sentence is shown in place of the picture
   */
  compute(state: State): Model;
  /** The picture; `parts` are those that the job has finished. */
  figure(model: Model, parts: readonly unknown[]): Figure;
  /** Numbers beside the picture; `parts` as in `figure`, for views that read them. */
  readings(model: Model, parts?: readonly unknown[]): readonly Reading[];
  /** What takes longer than a frame, if anything. */
  readonly job?: Job;
  /** The real model, if it can be trained here; its samples are the parts, so a view has either this or a job. */
  readonly live?: Live;
  /** The notebook cell that reproduces the view. Default: one that draws its figure. */
  cell?(state: State): string;
}

/** The views of one paper. */
export interface Explorer {
  /** Folder name of the paper. */
  readonly paper: string;
  /** What a reader sees first. */
  readonly title: string;
  /** arXiv identifier. */
  readonly arxiv: string;
  /** In reading order; the first opens. */
  // deno-lint-ignore no-explicit-any -- every view has its own model
  readonly views: readonly View<any>[];
  /**
   * Takes what `explorerData` of `lib/<paper>/explorer_data.ts` keeps of the committed records, as JSON: a page has no files. Called
   * once before anything is computed, in the page, in its worker and in a notebook; with `undefined` for a paper without that file.
   */
  receive?(data: unknown): void;
}
