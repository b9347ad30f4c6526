/** @module Running this very Deno on the project. */
import { root } from "./execute_paper.ts";

/** A deno command in the project's folder; its report when it fails. */
export async function deno(...args: string[]): Promise<string[]> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), { args, cwd: root }).output();
  if (code === 0) return [];
  return [[stdout, stderr].map((bytes) => new TextDecoder().decode(bytes).trim()).filter(Boolean).join("\n")];
}
