/** @module All data of this paper: by formula, generated, or parsed from bytes somebody else has read. */
export * from "./data/tiny.ts";
export * from "./data/gratings.ts";
export * from "./data/characters.ts";
export * from "./data/text.ts";
export * from "./data/cifar.ts";
