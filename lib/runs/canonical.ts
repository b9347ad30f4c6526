/**
 * @module One text per value: two JSON values that are equal give the same characters, whatever the order of their
 * keys, so that a hash of the text is a hash of the value. What JSON cannot hold is refused, never dropped, because a
 * silently dropped `undefined` or a `NaN` written as `null` would let two different configs share one record.
 */

/** Where the walk is: the path for messages and the objects it is inside of. */
interface Walk {
  readonly path: string;
  readonly ancestors: readonly object[];
}

/**
 * The canonical JSON text of a value: keys in UTF-16 order, no white space, numbers as ECMAScript prints them
 * (so `1`, `1.0` and `1e0` are one number, and `-0` is `0`), as in RFC 8785.
 *
 * @param value What to write: `null`, booleans, finite numbers, strings, arrays and plain objects.
 * @param name What the value is called in an error message, e.g. `config`.
 * @throws {TypeError} naming the path of the first thing that JSON cannot hold: NaN, an infinity, `undefined` (also an
 * array hole), a function, a bigint, a symbol, a typed array, a class instance, or an object inside itself.
 * @example
 * ```ts
 * import { canonicalJson } from "@trained/proved/runs";
 * console.assert(canonicalJson({ b: 1.0, a: [-0] }) === '{"a":[0],"b":1}');
 * ```
 */
export function canonicalJson(value: unknown, name = "value"): string {
  return write(value, { path: name, ancestors: [] });
}

function write(value: unknown, walk: Walk): string {
  if (value === null || typeof value === "boolean" || typeof value === "string") return JSON.stringify(value);
  if (typeof value === "number") {
    if (!Number.isFinite(value)) refuse(walk, `is ${value}`, "use null or a finite number");
    return JSON.stringify(value); // prints -0 as 0 and every finite double in its shortest exact form
  }
  if (typeof value !== "object") refuse(walk, describe(value), "leave the key out or use null");
  if (walk.ancestors.includes(value)) refuse(walk, "contains itself", "store a tree");
  return Array.isArray(value) ? writeArray(value, walk) : writeObject(value, walk);
}

function writeArray(items: readonly unknown[], { path, ancestors }: Walk): string {
  const inside = [...ancestors, items];
  // Array.from visits holes, which map() would skip.
  return `[${Array.from(items, (x, i) => write(x, { path: `${path}[${i}]`, ancestors: inside })).join(",")}]`;
}

function writeObject(value: object, walk: Walk): string {
  const prototype = Object.getPrototypeOf(value);
  // An object of another realm (a test runner's sandbox) has a different Object.prototype, itself without a parent.
  const plain = prototype === null || Object.getPrototypeOf(prototype) === null;
  if (!plain) {
    refuse(walk, describe(value), ArrayBuffer.isView(value) ? "use Array.from" : "use a plain object");
  }
  const inside = [...walk.ancestors, value];
  const members = Object.keys(value).sort().map((key) => {
    const path = /^[A-Za-z_$][\w$]*$/.test(key)
      ? `${walk.path}.${key}`
      : `${walk.path}[${JSON.stringify(key)}]`;
    const member = (value as Record<string, unknown>)[key];
    return `${JSON.stringify(key)}:${write(member, { path, ancestors: inside })}`;
  });
  return `{${members.join(",")}}`;
}

function describe(value: unknown): string {
  if (value === undefined) return "is undefined";
  if (typeof value === "object") return `is a ${(value as object).constructor?.name ?? "object"}`;
  return `is a ${typeof value}`;
}

function refuse({ path }: Walk, what: string, cure: string): never {
  throw new TypeError(`${path} ${what}, which JSON cannot hold: ${cure}.`);
}
