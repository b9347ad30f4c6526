/** @module `deno task bundle`: one file that runs every task on a machine without network, as the nodes of clusters are. */
import { dirname, resolve } from "node:path";
import { InvalidArgumentError } from "commander";
import {
  layOut,
  limit,
  mebibytes,
  pack,
  removeTemporary,
  requirePrograms,
  type Stage,
} from "./bundle_archive.ts";
import { bundlerEntries } from "./bundle_bundler.ts";
import { bundleEntries, partSizes } from "./bundle_contents.ts";
import { type BundleEntry, fileEntry, textEntry } from "./bundle_files.ts";
import { launcher } from "./bundle_launcher.ts";
import { vulkanLoader } from "./bundle_vulkan.ts";
import { choice, command, runTask, UsageError } from "./cli.ts";
import { fromRoot, root } from "./execute_paper.ts";

/** The folder inside every bundle. */
const name = "trained_proved";

/**
 * Runs the task.
 *
 * @returns 0 when the bundle is written.
 * @throws {UsageError} for another platform, another ending than .tar.xz, or a Vulkan loader that is not there.
 * @throws {Error} when a package or a program is missing, or the bundle is too large.
 */
export async function bundle(args: readonly string[]): Promise<number> {
  const { out, level, platform, vulkan, vulkanLoader: given } = command(
    "bundle",
    "Write one .tar.xz with Deno, all packages, code, notebooks, records and tests, for a machine without network.",
  )
    .requiredOption("--out <file>", "the file to write; its name ends in .tar.xz")
    .option(
      "--vulkan",
      "put the Vulkan loader inside, for GPU nodes that have a driver but no libvulkan.so.1",
      false,
    )
    .option("--vulkan-loader <file>", "take this loader instead of the system's; implies --vulkan")
    .option("--platform <target>", "what it must run on; only this machine's own", Deno.build.target)
    .option("--level <number>", "xz's level: 0 is quick, 9 is small", xzLevel, 6)
    .addHelpText(
      "after",
      `\nOn the other machine: tar -xJf FILE && ${name}/run.sh task figures\nA bundle over ${
        mebibytes(limit)
      } is refused.`,
    )
    .parse(args, { from: "user" }).opts();
  if (!out.endsWith(".tar.xz")) throw new UsageError(`--out must end in .tar.xz; got "${out}".`);
  choice("--platform", platform, [Deno.build.target]);
  const file = resolve(out);
  await requirePrograms("tar", "xz");
  const loader = vulkan || given ? await vulkanLoader(given) : undefined;

  const bundler = await bundlerEntries();
  if (bundler.length === 0) {
    console.log(
      "Without Deno's bundler, which pages for browsers need: it comes with the first `deno task explore`.",
    );
  }
  const entries: BundleEntry[] = [...bundleEntries(root), ...bundler];
  if (loader !== undefined) entries.push(fileEntry("vulkan", "vulkan/libvulkan.so.1", loader));
  const script = launcher({ target: Deno.build.target, vulkan: loader !== undefined });
  entries.push(textEntry("project", "run.sh", script));
  for (const { part, files, bytes } of partSizes(entries)) {
    console.log(`${part.padEnd(14)} ${String(files).padStart(6)} files ${mebibytes(bytes).padStart(10)}`);
  }
  const size = await write(entries, file, level);
  console.log(`${fromRoot(file)}: ${mebibytes(size)} of at most ${mebibytes(limit)}`);
  console.log(`On the other machine: tar -xJf ${file.split("/").at(-1)} && ${name}/run.sh task figures`);
  return 0;
}

/** Lays out, packs, and leaves nothing else behind, interrupted or not. */
async function write(
  entries: readonly BundleEntry[],
  file: string,
  level: number,
): Promise<number> {
  await Deno.mkdir(dirname(file), { recursive: true });
  await Deno.mkdir(`${root}/out`, { recursive: true });
  // Not among the system's temporary files, which may live in memory.
  const stage: Stage = { folder: await Deno.makeTempDir({ dir: `${root}/out`, prefix: "bundle-" }), name };
  const clean = () => Deno.removeSync(stage.folder, { recursive: true });
  const stopped = () => {
    clean();
    removeTemporary(file);
    Deno.exit(130);
  };
  Deno.addSignalListener("SIGINT", stopped);
  try {
    layOut(stage, entries);
    return await pack(stage, file, level);
  } finally {
    Deno.removeSignalListener("SIGINT", stopped);
    clean();
  }
}

function xzLevel(text: string): number {
  if (!/^[0-9]$/.test(text)) throw new InvalidArgumentError("It must be a whole number from 0 to 9.");
  return Number(text);
}

if (import.meta.main) await runTask(() => bundle(Deno.args));
