/**
 * @module Every program that any paper trains can be captured, and its replays are the eager step, bit for bit; and the list
 * of programs is complete: no experiment and no training loop is missing.
 */
import { beforeAll, describe, expect, test } from "vitest";
import { CapturedStep } from "../../lib/nn/captured_step.ts";
import {
  disposeTensors,
  openDevice,
  type Rehearsal,
  type StepState,
  tf,
  toHost,
  toTensors,
  trainingStep,
} from "../../lib/nn/mod.ts";
import { papers, rehearsalsOf } from "../../lib/tasks/papers.ts";

const STEPS = 200, EVERY = 20;
const adapter = await navigator.gpu?.requestAdapter();

const listed = await Promise.all(papers.map(async (paper) => ({ paper, ...await rehearsalsOf(paper) })));
const programs = listed.flatMap(({ paper, programs }) =>
  Object.entries(programs).map(([name, { make }]) => ({ title: `${paper.id}: ${name}`, make }))
);

/** Everything a step leaves behind, as bits; what is read is disposed of. */
async function bits({ parameters, optimizer }: StepState, losses: tf.Tensor): Promise<object> {
  const named = Object.fromEntries(Object.entries(optimizer).map(([name, t]) => [`/${name}`, t]));
  const host = await toHost({ ...parameters, ...named, losses });
  disposeTensors(parameters);
  disposeTensors(optimizer);
  losses.dispose();
  return Object.fromEntries(
    Object.entries(host).map(([name, { data }]) => [name, new Uint32Array(data.buffer.slice(0))]),
  );
}

/**
 * Replays a training and, every so many updates, takes the same update eagerly from the same state; returns the updates at
 * which the two differ, and the state at the end.
 */
async function follow({ model, optimizer, batch }: Rehearsal): Promise<{ differ: number[]; end: object }> {
  const step = trainingStep(model, optimizer), differ: number[] = [];
  const inputs = (index: number) => [batch(index), optimizer.scalars(index, model.runs)] as const;
  const eagerly = async (from: StepState, index: number) => {
    const [x, scalars] = inputs(index).map(toTensors);
    const next = step(from, x, scalars);
    // what a step hands through belongs to both states
    disposeTensors({ ...from.parameters, ...x, ...scalars }, next.state.parameters);
    disposeTensors(from.optimizer, next.state.optimizer);
    return await bits(next.state, next.losses);
  };
  const start = () => {
    const parameters = toTensors(model.initial());
    return { parameters, optimizer: optimizer.initial(parameters) };
  };
  const captured = new CapturedStep(step, start(), ...inputs(0));
  const now = () => {
    const { state, losses } = captured.snapshot();
    return bits(state, losses);
  };
  const same = (a: object, b: object) => JSON.stringify(a) === JSON.stringify(b);
  if (!same(await eagerly(start(), 0), await now())) differ.push(0);
  for (let index = 1; index < STEPS; index++) {
    const look = index === 1 || index % EVERY === 0 || index === STEPS - 1;
    const before = look ? captured.snapshot() : undefined;
    captured.update(...inputs(index));
    if (!before) continue;
    before.losses.dispose();
    if (!same(await eagerly(before.state, index), await now())) differ.push(index);
  }
  const end = await now();
  captured.dispose();
  return { differ, end };
}

describe.skipIf(!adapter)("captured on webgpu", () => {
  beforeAll(() => openDevice("webgpu"));

  test.each(programs)(`${STEPS} replays equal the eager step: $title`, async ({ make }) => {
    const rehearsal = make(2), before = tf.memory().numTensors;
    const { differ, end } = await follow(rehearsal);
    expect(differ).toEqual([]);
    // it is a training: the numbers are finite and not those of the start
    const initial = rehearsal.model.initial(), final = end as Record<string, Uint32Array<ArrayBuffer>>;
    const moved = Object.entries(initial).filter(([name, { data }]) => {
      const now = new Float32Array(final[name].buffer);
      expect(now.every(Number.isFinite)).toBe(true);
      return now.some((x, i) => x !== data[i]);
    });
    expect(moved.length).toBeGreaterThan(0);
    expect(tf.memory().numTensors).toBe(before);
  }, 120_000);
});

describe("the list of programs is complete", () => {
  test.each(listed)(
    "$paper.id: every experiment trains listed programs or says why it needs no device",
    async (entry) => {
      const { experiments } = await entry.paper.load();
      const trained = new Set(Object.values(entry.programs).flatMap(({ experiments }) => experiments));
      const without = Object.keys(entry.withoutDevice);
      expect([...trained, ...without].sort()).toEqual(Object.keys(experiments).sort());
      for (const reason of Object.values(entry.withoutDevice)) expect(reason).toMatch(/float64/);
    },
  );

  test.each(listed)("$paper.id: what is said to train asks for a device", async (entry) => {
    const { experiments } = await entry.paper.load(), asked = new Error("a device was asked for");
    const context = {
      device: () => Promise.reject(asked),
      signal: new AbortController().signal,
      progress: () => {},
      checkpoint: { load: () => Promise.resolve(undefined), save: async () => {}, clear: async () => {} },
    };
    for (const name of new Set(Object.values(entry.programs).flatMap(({ experiments }) => experiments))) {
      const [config] = experiments[name].configs("quick");
      await expect(experiments[name].run(config, context)).rejects.toBe(asked);
    }
  });

  /** Files that contain a training loop, with how many programs of their paper's list go through it. */
  const loops: Record<string, RegExp> = {
    "lazy_to_rich/experiments/training.ts": /^six scalars|^tokens of width 3/,
    "lazy_to_rich/experiments/transformer.ts": /^transformer$/,
    "markov_induction/experiments/device_training.ts": /direct engine/,
    "infinite_limits/experiments/common.ts": /./,
    "sparse_regression/experiments/transformers.ts": /attention/,
    "sparse_regression/assessment/refit.ts": /^scalars/,
    "sparse_regression/assessment/probes.ts": /^probe/,
  };

  test("every training loop in the papers' sources is rehearsed", () => {
    const found = papers.flatMap(({ id }) => files(`lib/${id}`)).filter((path) =>
      /(?<![\w.])(?:nn\.)?train\(\{/.test(Deno.readTextFileSync(path))
    ).map((path) => path.replace(/^lib\//, ""));
    expect(found.sort()).toEqual(Object.keys(loops).sort());
    for (const [path, names] of Object.entries(loops)) {
      const { programs } = listed.find(({ paper }) => path.startsWith(`${paper.id}/`))!;
      expect(Object.keys(programs).filter((name) => names.test(name))).not.toEqual([]);
    }
  });
});

function files(folder: string): string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) =>
    isDirectory ? files(`${folder}/${name}`) : name.endsWith(".ts") ? [`${folder}/${name}`] : []
  );
}
