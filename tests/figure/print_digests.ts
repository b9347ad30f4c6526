/** @module Prints a digest of every sample's SVG and PNG: run in a fresh process to see that the bytes are the same. */
import { createHash } from "node:crypto";
import { renderPng, renderSvg } from "../../lib/figure/mod.ts";
import { samples } from "./samples.ts";

/** One line a figure: name, SHA-256 of the SVG, SHA-256 of the PNG. */
export async function digests(): Promise<string[]> {
  const digest = (data: string | Uint8Array) => createHash("sha256").update(data).digest("hex");
  const lines: string[] = [];
  for (const figure of samples) {
    const svg = renderSvg(figure);
    lines.push(`${figure.name} ${digest(svg)} ${digest(await renderPng(svg, 1))}`);
  }
  return lines;
}

if (import.meta.main) console.log((await digests()).join("\n"));
