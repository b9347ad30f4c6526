/**
 * @module How a record looks on disk: stable, so that equal records are equal bytes and git shows small diffs;
 * whatever fits on one line is on one line; long lists of numbers fill their lines; every float64 survives exactly.
 */

const WIDTH = 110;

/**
 * JSON text of a value, for files.
 *
 * Keys are sorted, except that `order` gives the outermost object's order. Numbers are written in the shortest form
 * that reads back to the same float64, `-0` included. The value must already be JSON (see `canonicalJson`).
 */
export function stableText(value: unknown, order?: readonly string[]): string {
  const entries = Object.entries(value as object);
  const keys = order ?? entries.map(([key]) => key).sort();
  const members = keys.map((key) => {
    const head = `  ${JSON.stringify(key)}: `;
    return head + block((value as Record<string, unknown>)[key], "  ", head.length);
  });
  return `{\n${members.join(",\n")}\n}\n`;
}

/** The value in as few lines as fit; `column` is where its first character lands. */
function block(value: unknown, indent: string, column: number): string {
  const flat = oneLine(value);
  if (column + flat.length < WIDTH || value === null || typeof value !== "object") return flat;
  const inner = indent + "  ";
  if (Array.isArray(value)) {
    const body = value.every((x) => typeof x === "number")
      ? fill(value.map(numberText), inner)
      : value.map((x) => inner + block(x, inner, inner.length)).join(",\n");
    return `[\n${body}\n${indent}]`;
  }
  const members = Object.keys(value).sort().map((key) => {
    const head = `${inner}${JSON.stringify(key)}: `;
    return head + block((value as Record<string, unknown>)[key], inner, head.length);
  });
  return `{\n${members.join(",\n")}\n${indent}}`;
}

function oneLine(value: unknown): string {
  if (typeof value === "number") return numberText(value);
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(oneLine).join(", ")}]`;
  const record = value as Record<string, unknown>;
  const members = Object.keys(record).sort().map((key) => `${JSON.stringify(key)}: ${oneLine(record[key])}`);
  return members.length === 0 ? "{}" : `{ ${members.join(", ")} }`;
}

/** Words set into lines of at most WIDTH characters. */
function fill(words: readonly string[], indent: string): string {
  const lines: string[] = [];
  let line = indent;
  words.forEach((word, i) => {
    const item = i === words.length - 1 ? word : `${word},`;
    if (line.length > indent.length && line.length + 1 + item.length > WIDTH) {
      lines.push(line);
      line = indent;
    }
    line += line.length > indent.length ? ` ${item}` : item;
  });
  return [...lines, line].join("\n");
}

/** JSON.stringify loses the sign of zero, which a bit-for-bit comparison of two runs would miss. */
function numberText(x: number): string {
  return Object.is(x, -0) ? "-0" : JSON.stringify(x);
}
