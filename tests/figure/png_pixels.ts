/** @module The pixels of an 8-bit RGBA PNG, for looking at what was drawn (PNG specification, sections 9 and 11). */
import { Buffer } from "node:buffer";
import { inflateSync } from "node:zlib";

/** Width, height and RGBA bytes, row by row. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly rgba: Uint8Array;
}

/** Decodes a PNG without interlacing. */
export function readPng(png: Uint8Array): Pixels {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  const [width, height] = [view.getUint32(16), view.getUint32(20)];
  if (png[24] !== 8 || png[25] !== 6 || png[28] !== 0) {
    throw new Error("expected 8-bit RGBA without interlacing");
  }
  const data: Uint8Array[] = [];
  for (let at = 8; at < png.length; at += 12 + view.getUint32(at)) {
    if (String.fromCharCode(...png.subarray(at + 4, at + 8)) === "IDAT") {
      data.push(png.subarray(at + 8, at + 8 + view.getUint32(at)));
    }
  }
  const raw = inflateSync(Buffer.concat(data));
  const stride = width * 4;
  const rgba = new Uint8Array(stride * height);
  for (let row = 0; row < height; row++) {
    const filter = raw[row * (stride + 1)];
    for (let i = 0; i < stride; i++) {
      const at = row * stride + i;
      const left = i >= 4 ? rgba[at - 4] : 0;
      const up = row > 0 ? rgba[at - stride] : 0;
      const corner = i >= 4 && row > 0 ? rgba[at - stride - 4] : 0;
      const guess = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter];
      rgba[at] = raw[row * (stride + 1) + 1 + i] + guess;
    }
  }
  return { width, height, rgba };
}

function paeth(left: number, up: number, corner: number): number {
  const p = left + up - corner;
  const [a, b, c] = [left, up, corner].map((x) => Math.abs(p - x));
  return a <= b && a <= c ? left : b <= c ? up : corner;
}

/** How many pixels are exactly of a `#rrggbb` colour. */
export function countColor({ rgba }: Pixels, color: string): number {
  const [r, g, b] = [1, 3, 5].map((i) => parseInt(color.slice(i, i + 2), 16));
  let count = 0;
  for (let i = 0; i < rgba.length; i += 4) {
    if (rgba[i] === r && rgba[i + 1] === g && rgba[i + 2] === b) count++;
  }
  return count;
}
