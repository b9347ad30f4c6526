/**
 * @module A small assembler: WebAssembly modules written as TypeScript expressions.
 *
 * The few loops that decide how long a training step takes (random words, products, softmax) need 128-bit vectors and
 * 64-bit integers, which JavaScript has not. They are kernels of a few dozen instructions, so they are assembled here from
 * the specification's opcodes when they are first used, and no compiler, no binary file and no build step is needed.
 *
 * An expression is the code that leaves its value on the stack: `f32x4.add(a.get, b.get)`.
 */

/** Bytes of instructions. */
export type Code = readonly number[];

/** Value types, with their encodings. */
export const valueTypes = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c, v128: 0x7b } as const;

/** A value type. */
export type ValueType = keyof typeof valueTypes;

/** A parameter or local variable. */
export interface Local {
  /** Its value. */
  readonly get: Code;
  /** Stores the value of an expression. */
  set(value: Code): Code;
  /** Stores the value of an expression and leaves it on the stack. */
  tee(value: Code): Code;
  /** Adds the value of an i32 expression. */
  bump(by: Code): Code;
}

/** A function under construction. */
export interface FunctionCode {
  /** Types of the parameters. */
  readonly parameters: readonly ValueType[];
  /** Type of the result, if there is one. */
  readonly result?: ValueType;
  /** Types of the other local variables. */
  readonly locals: readonly ValueType[];
  /** Instructions. */
  readonly body: Code;
}

/** LEB128 encoding of an unsigned number. */
export function unsigned(n: number): Code {
  return n < 128 ? [n] : [(n & 127) | 128, ...unsigned(n >>> 7)];
}

/** LEB128 encoding of a signed 32-bit number. */
export function signed(n: number): Code {
  return n >= -64 && n < 64 ? [n & 127] : [(n & 127) | 128, ...signed(n >> 7)];
}

/**
 * Builds a function: `write` gets the parameters, and a maker of further locals, and returns the body.
 * @param parameters types of the parameters
 * @param result type of the value the body leaves, or undefined
 */
export function defineFunction(
  parameters: readonly ValueType[],
  result: ValueType | undefined,
  write: (parameters: Local[], local: (type: ValueType) => Local) => Code,
): FunctionCode {
  const locals: ValueType[] = [];
  const at = (index: number): Local => {
    const place = unsigned(index), get = [0x20, ...place];
    const set = (value: Code) => [...value, 0x21, ...place];
    return { get, set, tee: (value) => [...value, 0x22, ...place], bump: (by) => set(i32.add(get, by)) };
  };
  const body = write(
    parameters.map((_, i) => at(i)),
    (type) => at(parameters.length + locals.push(type) - 1),
  );
  return { parameters, locals, body, ...result ? { result } : {} };
}

/** Type of a function that the module gets from outside. */
export type ImportedFunction = Pick<FunctionCode, "parameters" | "result">;

/**
 * Bytes of a module that imports its memory as `m.memory` and exports the functions by name.
 * @param imported functions from outside, imported by name; `call(i, ...)` calls the i-th of them
 */
export function assembleModule(
  functions: Readonly<Record<string, FunctionCode>>,
  imported: Readonly<Record<string, ImportedFunction>> = {},
): Uint8Array<ArrayBuffer> {
  const own = Object.entries(functions), given = Object.entries(imported), first = given.length;
  const count = unsigned(own.length);
  const name = (text: string): Code => [text.length, ...new TextEncoder().encode(text)];
  const section = (id: number, ...content: Code): Code => [id, ...unsigned(content.length), ...content];
  const list = (
    types: readonly ValueType[],
  ): Code => [types.length, ...types.map((type) => valueTypes[type])];
  const bodies = own.map(([, { locals, body }]) => {
    const content = [
      ...unsigned(locals.length),
      ...locals.flatMap((type) => [1, valueTypes[type]]),
      ...body,
      0x0b,
    ];
    return [...unsigned(content.length), ...content];
  });
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0], // "\0asm", version 1
    ...section(
      1,
      ...unsigned(first + own.length),
      ...[...given, ...own].flatMap((
        [, { parameters, result }],
      ) => [0x60, ...list(parameters), ...list(result ? [result] : [])]),
    ),
    ...section(
      2,
      ...unsigned(1 + first),
      ...[...name("m"), ...name("memory"), 0x02, 0x00, 1], // at least one page
      ...given.flatMap(([label], i) => [...name("m"), ...name(label), 0x00, i]),
    ),
    ...section(3, ...count, ...own.map((_, i) => first + i)),
    ...section(7, ...count, ...own.flatMap(([label], i) => [...name(label), 0, first + i])),
    ...section(10, ...count, ...bodies.flat()),
  ]);
}

/** Calls a function by its place: imported ones come first. */
export function call(index: number, ...values: Code[]): Code {
  return [...values.flat(), 0x10, ...unsigned(index)];
}

/** Instantiates the first module the runtime accepts; undefined where it accepts none. */
export function instantiate<Exports>(
  candidates: readonly Uint8Array<ArrayBuffer>[],
  imports: { readonly memory: WebAssembly.Memory } & Record<string, WebAssembly.ImportValue>,
): Exports | undefined {
  if (typeof WebAssembly === "undefined") return undefined;
  const bytes = candidates.find((candidate) => WebAssembly.validate(candidate));
  if (!bytes) return undefined;
  const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), { m: imports });
  return instance.exports as unknown as Exports;
}

/** An instruction on two values. */
export type Binary = (a: Code, b: Code) => Code;
/** An instruction on one value. */
export type Unary = (a: Code) => Code;
/** Reads from an address plus a constant offset. */
export type Load = (at: Code, offset?: number) => Code;
/** Writes to an address plus a constant offset. */
export type Store = (at: Code, value: Code, offset?: number) => Code;

const binary = (...opcode: number[]) => (a: Code, b: Code): Code => [...a, ...b, ...opcode];
const unary = (...opcode: number[]) => (a: Code): Code => [...a, ...opcode];
const simd = (opcode: number): Code => [0xfd, ...unsigned(opcode)];
/** Alignment (a hint; 2 is four bytes) and constant offset of a memory access. */
const access = (offset: number): Code => [2, ...unsigned(offset)];

/** 32-bit integers. */
export const i32:
  & Record<"add" | "sub" | "and" | "shl" | "shrU" | "eq" | "lessS" | "lessU" | "greaterU", Binary>
  & {
    readonly eqz: Unary;
    readonly load: Load;
    readonly store: Store;
    readonly const: (value: number) => Code;
  } = {
    const: (value: number): Code => [0x41, ...signed(value | 0)],
    load: (at: Code, offset = 0): Code => [...at, 0x28, ...access(offset)],
    store: (at: Code, value: Code, offset = 0): Code => [...at, ...value, 0x36, ...access(offset)],
    add: binary(0x6a),
    sub: binary(0x6b),
    and: binary(0x71),
    shl: binary(0x74),
    shrU: binary(0x76),
    eq: binary(0x46),
    eqz: unary(0x45),
    lessS: binary(0x48),
    lessU: binary(0x49),
    greaterU: binary(0x4b),
  };

/** 64-bit integers. */
export const i64: Record<"or" | "shl" | "shrU", Binary> & {
  readonly extendU: Unary;
  readonly const: (value: number) => Code;
} = {
  const: (value: number): Code => [0x42, ...signed(value)],
  extendU: unary(0xad),
  or: binary(0x84),
  shl: binary(0x86),
  shrU: binary(0x88),
};

/** 32-bit floats. */
export const f32: Record<"add" | "sub" | "mul" | "div" | "max", Binary> & {
  readonly demote: Unary;
  readonly load: Load;
  readonly store: Store;
} = {
  load: (at: Code, offset = 0): Code => [...at, 0x2a, ...access(offset)],
  store: (at: Code, value: Code, offset = 0): Code => [...at, ...value, 0x38, ...access(offset)],
  add: binary(0x92),
  sub: binary(0x93),
  mul: binary(0x94),
  div: binary(0x95),
  max: binary(0x97),
  demote: unary(0xb6),
};

/** 64-bit floats. */
export const f64:
  & Record<"add" | "sub" | "mul" | "copySign" | "less", Binary>
  & Record<"reinterpret" | "convert", Unary>
  & {
    readonly load: Load;
    readonly store: Store;
    readonly const: (value: number) => Code;
  } = {
    const: (value: number): Code => [0x44, ...new Uint8Array(Float64Array.of(value).buffer)],
    load: (at: Code, offset = 0): Code => [...at, 0x2b, ...access(offset)],
    store: (at: Code, value: Code, offset = 0): Code => [...at, ...value, 0x39, ...access(offset)],
    add: binary(0xa0),
    sub: binary(0xa1),
    mul: binary(0xa2),
    /** The size of a with the sign of b. */
    copySign: binary(0xa6),
    /** The number with these 64 bits. */
    reinterpret: unary(0xbf),
    less: binary(0x63),
    /** From a signed i64. */
    convert: unary(0xb9),
  };

/** Vectors of 128 bits, whatever is in them. */
export const v128: Record<"and" | "or" | "xor", Binary> & Record<"load" | "loadSplat", Load> & {
  readonly store: Store;
  readonly zero: Code;
  readonly shuffle: (a: Code, b: Code, lanes: readonly number[]) => Code;
} = {
  load: (at: Code, offset = 0): Code => [...at, ...simd(0x00), ...access(offset)],
  loadSplat: (at: Code, offset = 0): Code => [...at, ...simd(0x09), ...access(offset)],
  store: (at: Code, value: Code, offset = 0): Code => [...at, ...value, ...simd(0x0b), ...access(offset)],
  zero: [...simd(0x0c), ...new Array<number>(16).fill(0)] as Code,
  and: binary(...simd(0x4e)),
  or: binary(...simd(0x50)),
  xor: binary(...simd(0x51)),
  /** Four 32-bit lanes out of the eight of a (0-3) and b (4-7). */
  shuffle: (a: Code, b: Code, lanes: readonly number[]): Code => [
    ...[...a, ...b, ...simd(0x0d)],
    ...lanes.flatMap((lane) => [0, 1, 2, 3].map((byte) => 4 * lane + byte)),
  ],
};

/** Vectors of four 32-bit integers. */
export const i32x4: Record<"shl" | "add" | "atLeast" | "productLow" | "productHigh", Binary> & {
  readonly splat: Unary;
  readonly const: (...lanes: number[]) => Code;
} = {
  const: (...lanes: number[]): Code => [...simd(0x0c), ...new Uint8Array(Int32Array.from(lanes).buffer)],
  splat: unary(...simd(0x11)),
  shl: binary(...simd(0xab)),
  add: binary(...simd(0xae)),
  /** All ones where a >= b, as signed numbers, else all zeros. */
  atLeast: binary(...simd(0x3f)),
  /** Unsigned products, 64 bits each, of lanes 0 and 1. */
  productLow: binary(...simd(0xde)),
  /** Unsigned products, 64 bits each, of lanes 2 and 3. */
  productHigh: binary(...simd(0xdf)),
};

/** Vectors of four 32-bit floats. */
export const f32x4: Record<"add" | "sub" | "mul" | "div" | "larger", Binary> & {
  readonly splat: Unary;
  readonly const: (value: number) => Code;
  readonly lane: (a: Code, lane: number) => Code;
  readonly fused: (a: Code, b: Code, c: Code) => Code;
} = {
  const: (value: number): Code => [...simd(0x0c), ...new Uint8Array(new Float32Array(4).fill(value).buffer)],
  splat: unary(...simd(0x13)),
  lane: (a: Code, lane: number): Code => [...a, ...simd(0x1f), lane],
  add: binary(...simd(0xe4)),
  sub: binary(...simd(0xe5)),
  mul: binary(...simd(0xe6)),
  div: binary(...simd(0xe7)),
  /** b where a < b, else a: one instruction, where the maximum that orders zeros and keeps NaN takes several. */
  larger: binary(...simd(0xeb)),
  /** a b + c of the relaxed instructions: rounded once on processors that can, and twice elsewhere. */
  fused: (a: Code, b: Code, c: Code): Code => [...a, ...b, ...c, ...simd(0x105)],
};

/** Runs `yes` where the test is not zero, else `no`. */
export function ifElse(test: Code, yes: Code, no: Code = []): Code {
  return [...test, 0x04, 0x40, ...yes, ...no.length > 0 ? [0x05, ...no] : [], 0x0b];
}

/** Repeats `body` as long as `stop`, tested first, is zero. */
export function until(stop: Code, body: Code): Code {
  return [
    ...[0x02, 0x40, 0x03, 0x40], // block, loop
    ...[...stop, 0x0d, 1], // leave the block
    ...[...body, 0x0c, 0, 0x0b, 0x0b], // back to the loop
  ];
}

/** Leaves an `until` from inside its body where the test is not zero; `depth` counts the `ifElse` in between. */
export function leaveIf(test: Code, depth = 0): Code {
  return [...test, 0x0d, 1 + depth];
}
