/** @module An experiment whose record is a table: a row of named numbers for every point of a sweep. */
import { rounded } from "../../numerics/mod.ts";
import {
  breathe,
  type Experiment,
  frozen,
  type JsonObject,
  type Profile,
  type RunContext,
  Stopped,
} from "../../runs/mod.ts";
import { type TableMetrics, tableMetrics } from "../records.ts";

/** A row as it is computed; numbers are rounded for the record. */
export type Row = Record<string, number | string>;

/** Makes the experiment; `rows` may yield as often as it likes, so that a stop is heard. */
export function tableExperiment<Config extends JsonObject>(
  name: string,
  title: string,
  profiles: (profile: Profile) => readonly Config[],
  rows: (config: Config, context: RunContext) => AsyncIterable<Row> | Iterable<Row>,
): Experiment<Config, TableMetrics> {
  const configs = frozen({ quick: profiles("quick"), full: profiles("full") });
  return {
    paper: "markov_induction",
    name,
    title,
    version: 1,
    configs: (profile) => configs[profile],
    checkMetrics: (metrics) => tableMetrics.parse(metrics),
    async run(config, context) {
      const table: Row[] = [];
      for await (const row of rows(config, context)) {
        table.push(
          Object.fromEntries(
            Object.entries(row).map((
              [key, value],
            ) => [key, typeof value === "number" ? rounded(value) : value]),
          ),
        );
        context.progress(table.length, table.length + 1, `${table.length} rows`);
        await breathe();
        if (context.signal.aborted) throw new Stopped(`Stopped after ${table.length} rows of ${name}.`);
      }
      return { rows: table };
    },
  };
}
