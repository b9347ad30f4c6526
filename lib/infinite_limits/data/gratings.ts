/**
 * @module Gratings: generated images that play the role of natural ones, made so that attention matters.
 *
 * A 12 x 12 grey image is 3 x 3 patches of 4 x 4 pixels. Every pixel is noise of standard deviation 0.7; one uniformly
 * chosen patch also carries 1.6 cos((u cos t + v sin t) 2 pi / 2.5 + phase), t = pi y / 4, and the class y in {0..3} is its
 * orientation. A network that cannot find the patch is near chance, ln 4. (Derived; replaces CIFAR-5M.)
 */
import type { RandomStream } from "../../numerics/mod.ts";

/** Sizes of the grating task. */
export const gratingShape = { patches: 9, pixels: 16, features: 25, classes: 4 } as const;

/** Labelled sequences of patch tokens. */
export interface LabelledTokens {
  /** Sequences. */
  readonly count: number;
  /** Row-major [count, tokens, features]. */
  readonly inputs: Float32Array;
  /** [count], class of each image. */
  readonly labels: Int32Array;
}

/** A grating batch also remembers where each pattern was. */
export interface GratingBatch extends LabelledTokens {
  /** [count], index of the informative patch. */
  readonly patches: Int32Array;
}

/**
 * Draws images as tokens: 16 pixels scaled by sqrt(25/16), then the one-hot patch index scaled by 0.5 sqrt(25), so that
 * $x\cdot x/D$ is of order one.
 *
 * @throws RangeError unless count is a whole number >= 1
 */
export function gratings(stream: RandomStream, count: number): GratingBatch {
  if (!(Number.isSafeInteger(count) && count >= 1)) {
    throw new RangeError(`count must be a whole number >= 1, got ${count}`);
  }
  const { patches, pixels, features, classes } = gratingShape;
  const inputs = new Float32Array(count * patches * features);
  const labels = new Int32Array(count), places = new Int32Array(count);
  const pixelScale = Math.sqrt(features / pixels), placeScale = 0.5 * Math.sqrt(features);
  for (let i = 0; i < count; i++) {
    const label = labels[i] = stream.integer(classes), place = places[i] = stream.integer(patches);
    const phase = 2 * Math.PI * stream.uniform(), angle = Math.PI * label / classes;
    for (let patch = 0; patch < patches; patch++) {
      const o = (i * patches + patch) * features;
      for (let pixel = 0; pixel < pixels; pixel++) {
        const u = pixel % 4, v = pixel >> 2;
        const wave = patch === place
          ? 1.6 * Math.cos((Math.cos(angle) * u + Math.sin(angle) * v) * 2 * Math.PI / 2.5 + phase)
          : 0;
        inputs[o + pixel] = pixelScale * (wave + 0.7 * stream.normal());
      }
      inputs[o + pixels + patch] = placeScale;
    }
  }
  return { count, inputs, labels, patches: places };
}
