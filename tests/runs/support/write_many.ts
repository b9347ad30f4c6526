/** @module A process that replaces one record again and again: `write_many.ts <root> <times> <label>`. */
import { openStore, sealRecord } from "../../../lib/runs/mod.ts";
import { walkConfig } from "./walk.ts";

const [root, times, label] = Deno.args;
const store = openStore(root);
for (let i = 0; i < Number(times); i++) {
  const last = Array.from({ length: 1 + (i % 50) * 40 }, (_, k) => Math.sin(i * 1000 + k));
  await store.save(
    await sealRecord({
      paper: "toy",
      experiment: "walk",
      experimentVersion: 1,
      profile: "quick",
      config: walkConfig,
      device: { backend: "float64", name: label, kind: "cpu" },
      versions: {},
      wallSeconds: i,
      finishedAt: new Date().toISOString(),
      metrics: { samples: [], last },
    }),
  );
}
