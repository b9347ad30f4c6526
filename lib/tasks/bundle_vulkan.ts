/** @module The Vulkan loader for a bundle: machines with NVIDIA's driver often lack `libvulkan.so.1` itself. */
import { UsageError } from "./cli.ts";

/** How `ldconfig -p` marks libraries of this processor. */
const marks: Record<typeof Deno.build.arch, string> = { x86_64: "x86-64", aarch64: "AArch64" };

/**
 * The path of this machine's loader, or `given` when it is one.
 * @throws {UsageError} when there is none, saying how to get or name one
 */
export async function vulkanLoader(given?: string): Promise<string> {
  if (Deno.build.os !== "linux") {
    throw new UsageError(`--vulkan is for Linux; ${Deno.build.os} brings what WebGPU needs.`);
  }
  if (given !== undefined) {
    if (!isSharedLibrary(given)) {
      throw new UsageError(`--vulkan-loader must name libvulkan.so.1; got "${given}".`);
    }
    return given;
  }
  const path = loaderIn(await ldconfig());
  if (path !== undefined && isSharedLibrary(path)) return path;
  throw new UsageError(
    "The Vulkan loader libvulkan.so.1 was not found: install it (Debian: apt-get install libvulkan1), or name it " +
      "with --vulkan-loader.",
  );
}

/** The loader's path in the output of `ldconfig -p`. */
export function loaderIn(text: string, mark: string = marks[Deno.build.arch]): string | undefined {
  return text.split("\n").find((line) => line.includes("libvulkan.so.1 ") && line.includes(mark))
    ?.split("=>")[1]?.trim();
}

async function ldconfig(): Promise<string> {
  for (const program of ["ldconfig", "/sbin/ldconfig"]) {
    try {
      return new TextDecoder().decode((await new Deno.Command(program, { args: ["-p"] }).output()).stdout);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return "";
}

/** By the first four bytes of every ELF file. */
function isSharedLibrary(path: string): boolean {
  try {
    using file = Deno.openSync(path);
    const magic = new Uint8Array(4);
    file.readSync(magic);
    return String.fromCharCode(...magic) === "\x7fELF";
  } catch {
    return false;
  }
}
