/**
 * @module How wide a text will be, without a browser: advance widths of the bundled faces.
 *
 * The layout (left margins, wrapped captions, keys) must be the same on every machine and inside a page, so the
 * widths are data. A test reads them back from the font files.
 */

// deno-fmt-ignore: printable ASCII, in code order from the space.
const asciiWidths = [
  281, 288, 466, 633, 642, 982, 644, 300, 365, 365, 501, 662, 288, 460, 288, 360, 631, 407, 610, 618,
  646, 593, 620, 566, 619, 620, 288, 302, 662, 662, 662, 511, 966, 690, 654, 730, 722, 601, 590, 746,
  743, 269, 571, 672, 565, 903, 753, 765, 639, 765, 644, 642, 646, 744, 690, 985, 682, 679, 629, 365,
  360, 365, 471, 456, 323, 562, 612, 571, 612, 583, 370, 613, 591, 242, 242, 549, 242, 876, 591, 600,
  612, 612, 376, 528, 327, 591, 562, 818, 546, 562, 552, 426, 333, 426, 662,
];

/** What labels of these papers use beyond ASCII; every one has a glyph in a bundled face. */
const symbols = "αβγδεζηθικλμνξοπρςστυφχψωϕϑϵΓΔΘΛΞΠΣΦΨΩ⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺⁽⁾ⁿⁱ₀₁₂₃₄₅₆₇₈₉₊₋₍₎ₐₑₕᵢⱼₖₗ" +
  "ₘₙₒₚₛₜₓᵣᵥ∞≤≥×√∂⟨⟩·±≈≠→←⇒∈∑∏∫∇−–—…′″∗⋆‖∝∼≪≫∘⊙⊤⊥†∥½¼ℓℝ𝔼°µ“”‘’↑↓≡∀∃∩∪⌊⌋⌈⌉≲≳⊕àéöüñä";
// deno-fmt-ignore
const symbolWidths = [
  664, 596, 562, 584, 537, 509, 591, 621, 275, 525, 642, 586, 587, 559, 600, 605, 612, 569, 624, 466,
  591, 721, 569, 778, 805, 685, 635, 450, 579, 681, 765, 690, 656, 743, 689, 880, 880, 770, 459, 304,
  442, 446, 460, 440, 444, 406, 450, 444, 429, 429, 269, 269, 435, 198, 459, 304, 442, 446, 460, 440,
  444, 406, 450, 444, 429, 429, 269, 269, 401, 417, 435, 198, 198, 396, 198, 624, 435, 427, 437, 390,
  245, 401, 286, 419, 936, 662, 662, 662, 629, 634, 410, 410, 288, 662, 662, 662, 954, 954, 954, 699,
  634, 723, 365, 581, 662, 500, 1000, 864, 223, 442, 456, 474, 479, 540, 572, 833, 833, 382, 836, 756,
  756, 491, 360, 847, 802, 444, 714, 561, 456, 586, 440, 440, 261, 261, 834, 834, 572, 750, 574, 684,
  684, 429, 429, 429, 429, 572, 572, 1390, 562, 583, 600, 591, 591, 562,
];

/** Semi-bold over regular, mean of the printable ASCII. */
const semiBold = 1.031;
/** For a character without an entry: about a lower-case letter. */
const unknown = 600;

/** Advance width of one character of the regular face, in thousandths of the font size. */
export const advanceWidths: ReadonlyMap<string, number> = new Map([
  ...asciiWidths.map((width, i) => [String.fromCharCode(32 + i), width] as const),
  ["\u00a0", asciiWidths[0]],
  ...[...symbols].map((symbol, i) => [symbol, symbolWidths[i]] as const),
]);

/** Width in pixels of one line of text at `size` pixels, kerning ignored. */
export function textWidth(text: string, size: number, weight: 400 | 600 = 400): number {
  let width = 0;
  for (const character of text) width += advanceWidths.get(character) ?? unknown;
  return (width * size * (weight === 600 ? semiBold : 1)) / 1000;
}

const relation = / (=|≈|≤|≥|<|>|±|×|∈|∝) /g;

/**
 * Breaks text into lines no wider than `width` pixels, at spaces; a line break in the text stays.
 * Both sides of a relation (`w* = 0.49`, `± 1`) stay together. A single word wider than that gets a line of its own.
 */
export function wrapText(text: string, width: number, size: number, weight: 400 | 600 = 400): string[] {
  const lines: string[] = [];
  for (const paragraph of text.replace(relation, "\u00a0$1\u00a0").split("\n")) {
    let line = "";
    for (const word of paragraph.split(/ +/)) {
      const longer = line === "" ? word : `${line} ${word}`;
      if (line !== "" && textWidth(longer, size, weight) > width) {
        lines.push(line);
        line = word;
      } else line = longer;
    }
    lines.push(line);
  }
  return lines.map((line) => line.replaceAll("\u00a0", " "));
}
