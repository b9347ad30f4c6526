/** @module Which machine a benchmark ran on: a time means nothing without it. */
import os from "node:os";

/** What times depend on. */
export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly system: string;
  readonly deno: string;
  readonly v8: string;
  /** Runnable processes over the last minute: well above 0 means that others were measured, too. */
  readonly load: number;
}

/** This machine, now. */
export function thisMachine(): Machine {
  const cpus = os.cpus();
  return {
    processor: cpus[0]?.model?.trim() || "unnamed processor",
    cores: cpus.length,
    memoryGiB: Math.round(os.totalmem() / 2 ** 30),
    system: `${os.type()} ${os.release()} ${os.arch()}`,
    deno: Deno.version.deno,
    v8: Deno.version.v8,
    load: Math.round(10 * os.loadavg()[0]) / 10,
  };
}

/** In one line. */
export function machineLine({ processor, cores, memoryGiB, system, deno, load }: Machine): string {
  return `${processor}, ${cores} cores, ${memoryGiB} GiB, ${system}, Deno ${deno}, load ${load}`;
}
