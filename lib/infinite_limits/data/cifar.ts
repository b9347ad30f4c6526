/**
 * @module CIFAR-10 binary files (bytes given by the caller) as labelled images and as patch tokens.
 *
 * A record is one label byte and 3072 pixel bytes: 1024 red, 1024 green, 1024 blue, each 32 x 32 row-major.
 */
import type { LabelledTokens } from "./gratings.ts";

const side = 32, channels = 3, plane = side * side, record = 1 + channels * plane;

/** Labelled 32 x 32 colour images. */
export interface CifarImages {
  /** Images. */
  readonly count: number;
  /** [count, 3, 32, 32]. */
  readonly pixels: Uint8Array;
  /** [count]. */
  readonly labels: Int32Array;
}

/**
 * Splits a CIFAR-format binary into labels and images.
 *
 * @param classes labels must be below this; default 10
 * @throws RangeError for no bytes, a size that is not a whole number of 3073-byte records, or a label out of range
 */
export function parseCifar(bytes: Uint8Array, classes = 10): CifarImages {
  if (bytes.length === 0) throw new RangeError("the CIFAR file is empty (0 bytes)");
  if (bytes.length % record !== 0) {
    throw new RangeError(
      `a CIFAR file is whole records of ${record} bytes, got ${bytes.length} bytes = ` +
        `${Math.floor(bytes.length / record)} records and ${
          bytes.length % record
        } bytes: truncated, or another format`,
    );
  }
  const count = bytes.length / record;
  const labels = new Int32Array(count), pixels = new Uint8Array(count * channels * plane);
  for (let i = 0; i < count; i++) {
    labels[i] = bytes[i * record];
    if (labels[i] >= classes) {
      throw new RangeError(`record ${i} has label ${labels[i]}, expected below ${classes}: another format?`);
    }
    pixels.set(bytes.subarray(i * record + 1, (i + 1) * record), i * channels * plane);
  }
  return { count, pixels, labels };
}

/** Mean and standard deviation over all pixels and channels. */
export interface PixelStatistics {
  /** Mean pixel value, 0 to 255. */
  readonly mean: number;
  /** Standard deviation, same units. */
  readonly sd: number;
}

/** Global statistics for standardisation; use the training set's for both sets. */
export function pixelStatistics({ pixels }: CifarImages): PixelStatistics {
  let sum = 0, squares = 0;
  for (const value of pixels) sum += value, squares += value * value;
  const mean = sum / pixels.length;
  return { mean, sd: Math.sqrt(Math.max(squares / pixels.length - mean * mean, 0)) };
}

/**
 * Cuts standardised images into patch x patch patches: 64 tokens of 48 features for patch 4.
 *
 * @param patch divides 32; default 4
 * @returns features in order row, column, channel within the patch
 * @throws RangeError for a patch that does not divide 32, or constant images
 */
export function patchTokens(images: CifarImages, statistics: PixelStatistics, patch = 4): LabelledTokens {
  if (!(Number.isInteger(patch) && patch >= 1 && side % patch === 0)) {
    throw new RangeError(`the patch size must divide ${side}, got ${patch}`);
  }
  if (!(statistics.sd > 0)) throw new RangeError("all pixels are equal: nothing to standardise by");
  const across = side / patch, features = patch * patch * channels;
  const inputs = new Float32Array(images.count * across * across * features);
  let o = 0;
  for (let i = 0; i < images.count; i++) {
    for (let token = 0; token < across * across; token++) {
      const top = Math.floor(token / across) * patch, left = token % across * patch;
      for (let y = 0; y < patch; y++) {
        for (let x = 0; x < patch; x++) {
          for (let channel = 0; channel < channels; channel++, o++) {
            const value = images.pixels[(i * channels + channel) * plane + (top + y) * side + left + x];
            inputs[o] = (value - statistics.mean) / statistics.sd;
          }
        }
      }
    }
  }
  return { count: images.count, inputs, labels: images.labels };
}
