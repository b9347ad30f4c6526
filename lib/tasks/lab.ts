/** @module `deno task lab`: install the kernel, open the notebooks in JupyterLab or Jupyter Notebook, or say how to open them elsewhere. */
import { command, runTask } from "./cli.ts";
import { root } from "./execute_paper.ts";
import { installKernel, jupyterDataFolder, kernelSpec } from "./kernelspec.ts";

const elsewhere = `Neither JupyterLab nor Jupyter Notebook was found. Either
  install it (pip install jupyterlab, or pipx install jupyterlab) and run this task again, or
  open the folder in VS Code with the extensions Jupyter and Deno, open a notebook of notebooks/, and choose
  the kernel "Deno (Trained & Proved)".`;

async function main(args: readonly string[]): Promise<number> {
  const options = command("lab", "Install this project's Deno kernel for Jupyter and open the notebooks.")
    .option("--dir <folder>", "Jupyter's data folder (default: JUPYTER_DATA_DIR, else the user's)")
    .option("--print", "print the kernelspec, install nothing and open nothing", false)
    .option("--no-open", "only install the kernel")
    .parse(args, { from: "user" }).opts();
  if (options.print) {
    console.log(JSON.stringify(kernelSpec(Deno.execPath()), null, 2));
    return 0;
  }
  console.log(`Kernel installed: ${await installKernel(options.dir ?? jupyterDataFolder())}`);
  if (!options.open) return 0;
  const env: Record<string, string> = options.dir ? { JUPYTER_DATA_DIR: options.dir } : {};
  for (const jupyter of ["jupyter-lab", "jupyter-notebook"]) {
    try {
      const opened = new Deno.Command(jupyter, { args: [`${root}/notebooks`], env }).spawn();
      // Ctrl-C is for Jupyter, which asks what to do; this task waits for its answer.
      Deno.addSignalListener("SIGINT", () => {});
      return (await opened.status).code;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  console.log(elsewhere);
  return 0;
}

if (import.meta.main) await runTask(() => main(Deno.args));
