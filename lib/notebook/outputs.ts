/**
 * @module Broadcast messages of the kernel become a cell's outputs: in order, updated in place, cleaned so that running
 * the same cell again gives the same bytes.
 */
import { stripVTControlCharacters } from "node:util";
import { joined, type MimeBundle, type Output } from "./nbformat.ts";
import type { Message } from "./wire.ts";

/** The key under which this project's displays say what they are, in an output's metadata. */
export const metadataKey = "trained_proved";

/** What a display of this project may say about itself. */
export interface DisplayNote {
  /** The figure it shows. */
  readonly figure?: string;
  /** It reports progress: shown while a cell runs, never stored. */
  readonly progress?: boolean;
}

/** The note of an output, if it is a display of this project. */
export function noteOf(output: Output): DisplayNote {
  if (output.output_type === "stream" || output.output_type === "error") return {};
  return (output.metadata[metadataKey] ?? {}) as DisplayNote;
}

/** The outputs of all cells of one notebook; displays stay addressable by id from later cells. */
export class OutputCollector {
  readonly #displays = new Map<string, Output[]>();
  readonly #clean: (text: string) => string;
  #outputs: Output[] = [];
  #clearBeforeNext = false;

  /** @param root absolute path of the project: taken out of texts, because it is not the reader's */
  constructor(root: string) {
    this.#clean = (text) =>
      stripVTControlCharacters(text).replaceAll(`file://${root}/`, "").replaceAll(`${root}/`, "");
  }

  /** Starts the outputs of the next cell; the array returned fills as messages come. */
  begin(): Output[] {
    this.#clearBeforeNext = false;
    return this.#outputs = [];
  }

  /** Adds one broadcast message. Returns the text of a progress display, for whoever shows progress elsewhere. */
  add({ header, content }: Message, executionCount: number): string | undefined {
    switch (header.msg_type) {
      case "stream":
        this.#stream(content.name, this.#clean(content.text));
        break;
      case "display_data":
      case "execute_result": {
        const data = this.#cleanData(content.data);
        const metadata = content.metadata ?? {};
        const output: Output = header.msg_type === "display_data"
          ? { output_type: "display_data", data, metadata }
          : { output_type: "execute_result", data, metadata, execution_count: executionCount };
        this.#append(output);
        const id = content.transient?.display_id;
        if (id) this.#displays.set(id, [...this.#displays.get(id) ?? [], output]);
        return progressText(output);
      }
      case "update_display_data": {
        const shown = this.#displays.get(content.transient?.display_id) ?? [];
        for (const output of shown) {
          if (output.output_type !== "display_data" && output.output_type !== "execute_result") continue;
          output.data = this.#cleanData(content.data);
          output.metadata = content.metadata ?? {};
        }
        return shown.map(progressText).at(-1);
      }
      case "clear_output":
        if (content.wait) this.#clearBeforeNext = true;
        else this.#outputs.length = 0;
        break;
      case "error": {
        const traceback = (content.traceback as string[]).map(this.#clean);
        this.#append({
          output_type: "error",
          ename: content.ename,
          evalue: this.#clean(content.evalue),
          traceback,
        });
      }
    }
  }

  #append(output: Output): void {
    if (this.#clearBeforeNext) this.#outputs.length = 0;
    this.#clearBeforeNext = false;
    // The kernel sends an error past its output queue: text printed before the error may come after it.
    const error = this.#outputs.at(-1)?.output_type === "error" ? this.#outputs.pop() : undefined;
    this.#outputs.push(output, ...(error ? [error] : []));
  }

  /** Text that follows text of the same stream continues it: how it was cut into messages is chance. */
  #stream(name: string, text: string): void {
    const last = this.#outputs.findLast((output) => output.output_type !== "error");
    if (last?.output_type === "stream" && last.name === name && !this.#clearBeforeNext) last.text += text;
    else this.#append({ output_type: "stream", name, text });
  }

  #cleanData(data: MimeBundle): MimeBundle {
    return Object.fromEntries(
      Object.entries(data).map(([type, value]) =>
        type === "text/plain" ? [type, this.#clean(joined(value as string | string[]))] : [type, value]
      ),
    );
  }
}

function progressText(output: Output): string | undefined {
  if (!noteOf(output).progress) return undefined;
  return output.output_type === "display_data" ? String(output.data["text/plain"] ?? "") : undefined;
}
