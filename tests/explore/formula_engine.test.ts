/** @module The formula engine of a page reads and differentiates exactly as the whole of mathjs does. */
import { derivative, parse } from "mathjs/number";
import { expect, test } from "vitest";
import * as engine from "../../lib/explore/formula_engine.ts";
import { STANDARD_FUNCTIONS } from "../../lib/numerics/formula_parse.ts";

const formulas = [
  "4 exp(-(u - v)^2 / (2 * 0.3^2))",
  "-6 (u + v)^2 + 2 u v / (1 + u^2)",
  "u^v - +v^-3",
  ...STANDARD_FUNCTIONS.map((name) => `${name}(u v + 0.25)`),
];

test.each(formulas)("%s has the same tree and the same derivative", (formula) => {
  expect(engine.parse(formula).toString()).toBe(parse(formula).toString());
  const options = { simplify: false };
  expect(engine.derivative(engine.parse(formula), "u", options).toString())
    .toBe(derivative(parse(formula), "u", options).toString());
});

test.each(["4 exp(u", "u + * v", "u ]"])("%s is refused with the same words", (formula) => {
  const refusal = (read: (text: string) => unknown) => {
    try {
      return read(formula);
    } catch (error) {
      return (error as Error).message;
    }
  };
  expect(refusal(engine.parse)).toMatch(/\(char \d+\)/);
  expect(refusal(engine.parse)).toBe(refusal(parse));
});

test("the engine has every name that numerics takes from mathjs", () => {
  const numerics = new URL("../../lib/numerics", import.meta.url);
  const texts = [...Deno.readDirSync(numerics)].map(({ name }) =>
    Deno.readTextFileSync(`${numerics.pathname}/${name}`)
  );
  const names = texts.flatMap((text) => [...text.matchAll(/import \{([^}]*)\} from "mathjs\/number"/g)])
    .flatMap(([, list]) => list.split(",")).map((name) => name.trim().replace(/ as .*/, ""))
    .filter((name) => name !== "" && !name.startsWith("type "));
  expect(names.length).toBeGreaterThan(5);
  expect(names.filter((name) => !(name in engine))).toEqual([]);
});
