/** @module The kernelspec of this project: how a Jupyter client starts exactly the Deno that runs this task. */
import { join } from "node:path";

/** Name of the kernelspec's folder. */
export const kernelName = "trained-proved";

/**
 * The content of `kernel.json`.
 *
 * `interrupt_mode` is `message`: Stop then ends code that is running and keeps the kernel with its variables, where a
 * signal would kill it. Measured with Deno 2.9.6: a cell that awaits, as training does, is left hanging instead; after
 * Stop and Restart it resumes from its last checkpoint. A SIGINT sent by hand stops training cleanly in either mode.
 */
export function kernelSpec(deno: string): Record<string, unknown> {
  return {
    argv: [deno, "jupyter", "--kernel", "--conn", "{connection_file}"],
    display_name: "Deno (Trained & Proved)",
    language: "typescript",
    interrupt_mode: "message",
    env: { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" },
  };
}

/**
 * The user's Jupyter data folder, as Jupyter itself finds it.
 * @throws {Error} when neither `JUPYTER_DATA_DIR` nor a home folder is set
 */
export function jupyterDataFolder(
  os: typeof Deno.build.os = Deno.build.os,
  get: (name: string) => string | undefined = (name) => Deno.env.get(name),
): string {
  const set = get("JUPYTER_DATA_DIR");
  if (set) return set;
  const base = os === "windows" ? get("APPDATA") : get("HOME");
  if (!base) throw new Error("No home folder is set; say where Jupyter keeps its data with --dir.");
  if (os === "windows") return join(base, "jupyter");
  if (os === "darwin") return join(base, "Library", "Jupyter");
  return join(get("XDG_DATA_HOME") || join(base, ".local", "share"), "jupyter");
}

/** Writes the kernelspec under a Jupyter data folder and returns the path of its `kernel.json`. */
export async function installKernel(dataFolder: string, deno: string = Deno.execPath()): Promise<string> {
  const folder = join(dataFolder, "kernels", kernelName);
  await Deno.mkdir(folder, { recursive: true });
  const file = join(folder, "kernel.json");
  await Deno.writeTextFile(file, JSON.stringify(kernelSpec(deno), null, 2) + "\n");
  return file;
}
