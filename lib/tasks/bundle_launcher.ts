/** @module `run.sh` of a bundle: its own Deno, in an environment in which nothing is downloaded. */

/** What the script must know. */
export interface LauncherOptions {
  /** Target of the Deno inside, as in `Deno.build.target`. */
  readonly target: string;
  /** Whether `vulkan/libvulkan.so.1` is inside. */
  readonly vulkan: boolean;
  /** Where a Vulkan loader looks for drivers by itself. */
  readonly driverFolders?: readonly string[];
  /** Where NVIDIA's driver for Vulkan may be described; the first that exists is taken when no other driver is. */
  readonly nvidiaFiles?: readonly string[];
  /** Whether the system has a loader of its own: a shell command. */
  readonly hasLoader?: string;
}

const standard = ["/usr/share", "/etc", "/usr/local/share", "/usr/local/etc"].map((at) =>
  `${at}/vulkan/icd.d`
);
const nvidia = ["/usr/share", "/etc", "/usr/local/nvidia/share"].map((at) =>
  `${at}/vulkan/icd.d/nvidia_icd.json`
);
const ldconfig = "PATH=$PATH:/sbin:/usr/sbin ldconfig -p 2>/dev/null | grep -q 'libvulkan\\.so\\.1 '";

/** Port 9 refuses at once, where a name would first wait for a server of names that may not answer. */
const nowhere = "http://127.0.0.1:9/a-bundle-downloads-nothing/";

/**
 * The text of `run.sh`.
 *
 * A registry that cannot be reached turns every download into an error that says so: no environment variable makes Deno
 * itself refuse, and a flag would not reach the processes that tasks start.
 */
export function launcher(options: LauncherOptions): string {
  return `#!/bin/sh
# Deno of this folder, with everything it needs inside and nothing downloaded: ./run.sh task figures
here=$(cd "$(dirname "$0")" && pwd -P) || exit 1
if [ $# -eq 0 ]; then
  echo "Usage: ./run.sh task figures [papers...], and every other task of README.md in the same way." >&2
  exit 2
fi
export PATH="$here/bin:\${PATH:-/usr/bin:/bin}"
export DENO_DIR="$here/out/.deno_dir" DENO_NO_UPDATE_CHECK=1 DENO_NO_PROMPT=1
export NPM_CONFIG_REGISTRY="${nowhere}" JSR_URL="${nowhere}"
if [ -z "\${HOME:-}" ]; then
  export HOME="$here/out/.home"
  mkdir -p "$HOME"
fi
${options.vulkan ? vulkanLines(options) : ""}if ! "$here/bin/deno" --version >/dev/null; then
  echo "The Deno in this bundle is for ${options.target} and does not start here." >&2
  exit 1
fi
cd "$here" && exec "$here/bin/deno" "$@"
`;
}

/** The system's own loader goes before the bundle's, and a driver the loader finds by itself before one named here. */
function vulkanLines(
  { driverFolders = standard, nvidiaFiles = nvidia, hasLoader = ldconfig }: LauncherOptions,
): string {
  return `if ! ${hasLoader}; then
  export LD_LIBRARY_PATH="\${LD_LIBRARY_PATH:+$LD_LIBRARY_PATH:}$here/vulkan"
fi
found="\${VK_DRIVER_FILES:-}\${VK_ICD_FILENAMES:-}"
for file in ${driverFolders.map((folder) => `${quoted(folder)}/*.json`).join(" ")}; do
  if [ -e "$file" ]; then found=$file; fi
done
if [ -z "$found" ]; then
  for file in ${nvidiaFiles.map(quoted).join(" ")}; do
    if [ -e "$file" ]; then
      # The driver's libraries lie beside its description: .../share/vulkan/icd.d and .../lib64.
      export VK_DRIVER_FILES="$file"
      export LD_LIBRARY_PATH="\${LD_LIBRARY_PATH:+$LD_LIBRARY_PATH:}\${file%/share/*}/lib64"
      break
    fi
  done
fi
`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
