/** @module A context as a person types it: letters a, b, c, … for the tokens 0, 1, 2, … */

/** Letters of an alphabet of d tokens. */
export function lettersOf(d: number): string {
  if (!Number.isInteger(d) || d < 2 || d > 26) {
    throw new RangeError(`an alphabet of letters needs d in 2..26, got ${d}`);
  }
  return "abcdefghijklmnopqrstuvwxyz".slice(0, d);
}

/**
 * Tokens of a typed context; spaces and line breaks are skipped.
 * @param least shortest context that is accepted
 * @throws {RangeError} naming the first symbol that is no letter of the alphabet and where it is, or the length that is missing
 */
export function readContext(text: string, d: number, least = 1): Uint8Array {
  const letters = lettersOf(d), tokens: number[] = [];
  for (const [i, symbol] of [...text].entries()) {
    if (/\s/.test(symbol)) continue;
    const token = letters.indexOf(symbol);
    if (token < 0) {
      throw new RangeError(
        `symbol ${i + 1} of the context is "${symbol}", which is not in the alphabet ${
          [...letters].join(", ")
        }`,
      );
    }
    tokens.push(token);
  }
  if (tokens.length < least) {
    throw new RangeError(
      `the context has ${tokens.length} symbols and needs at least ${least}: add ${least - tokens.length}`,
    );
  }
  return Uint8Array.from(tokens);
}

/** Tokens as letters. */
export function writeContext(tokens: ArrayLike<number>, d: number): string {
  const letters = lettersOf(d);
  return Array.from(tokens, (token) => letters[token]).join("");
}
