/**
 * @module The kernel as a child process: its connection file, its ports, its last words, and its end.
 *
 * Every process of this module is in one set until it is gone, so that a signal handler can leave no orphan.
 */

/** How a kernel is started. */
export interface ProcessOptions {
  /** Working directory: the notebook's folder, so that `deno.json` above it gives the import map. */
  readonly cwd: string;
  /** Added to the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
}

/** The ports of one kernel, as its connection file names them. */
export interface Ports {
  readonly shell_port: number;
  readonly iopub_port: number;
  readonly stdin_port: number;
  readonly control_port: number;
  readonly hb_port: number;
}

const living = new Set<KernelProcess>();

/** Kills every kernel of this process and removes their files, synchronously: for signal handlers. */
export function killKernels(): void {
  for (const kernel of living) {
    kernel.kill();
    kernel.removeFiles();
  }
}

/**
 * From now on Ctrl-C and a polite kill end this process with 128 + the signal, and its kernels with it. Ctrl-C first asks
 * the kernels: one that trains saves a checkpoint. After ten seconds, or at the second Ctrl-C, nobody is asked.
 */
export function killOnSignal(): void {
  let asked = false;
  const end = (signal: number) => {
    killKernels();
    Deno.exit(128 + signal);
  };
  Deno.addSignalListener("SIGTERM", () => end(15));
  Deno.addSignalListener("SIGINT", () => {
    if (asked || living.size === 0) end(2);
    asked = true;
    for (const kernel of living) kernel.interrupt();
    console.error("Stopping…");
    Promise.all([...living].map((kernel) => kernel.status)).then(() => end(2));
    setTimeout(() => end(2), 10_000);
  });
}

/** A spawned `deno jupyter --kernel`, not necessarily listening yet. */
export class KernelProcess {
  readonly ports: Ports = freePorts();
  /** Secret that signs the messages. */
  readonly key: string = crypto.randomUUID();
  /** How it ended, once its last words are read. */
  readonly status: Promise<Deno.CommandStatus>;
  readonly #folder = Deno.makeTempDirSync({ prefix: "trained-proved-kernel-" });
  readonly #child: Deno.ChildProcess;
  readonly #logs: readonly Tail[];

  constructor(options: ProcessOptions) {
    try {
      this.#child = this.#spawn(options);
    } catch (error) {
      this.removeFiles();
      throw error;
    }
    living.add(this);
    this.#logs = [keepTail(this.#child.stdout), keepTail(this.#child.stderr)];
    this.status = this.#end();
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** What the kernel wrote to its own stdout and stderr last, as the end of an error message; often empty. */
  get lastWords(): string {
    const log = this.#logs.map(({ text }) => text()).join("").trim();
    return log === "" ? "" : ` Its last words:\n${log}`;
  }

  kill(): void {
    try {
      this.#child.kill("SIGKILL");
    } catch { /* it is gone already */ }
  }

  /** SIGINT: ends a kernel, unless a cell of it listens. */
  interrupt(): void {
    try {
      this.#child.kill("SIGINT");
    } catch { /* it is gone already */ }
  }

  /** The last thing to do with a kernel, however it ended. */
  removeFiles(): void {
    living.delete(this);
    try {
      Deno.removeSync(this.#folder, { recursive: true });
    } catch { /* a second removal has nothing to do */ }
  }

  async #end(): Promise<Deno.CommandStatus> {
    const status = await this.#child.status;
    // What it wrote last may still be in the pipes; a process that it has started may hold them open for ever.
    let timer: ReturnType<typeof setTimeout> | undefined;
    const patience = new Promise<void>((resolve) => timer = setTimeout(resolve, 500));
    await Promise.race([Promise.all(this.#logs.map(({ read }) => read)), patience]);
    clearTimeout(timer);
    return status;
  }

  #spawn(options: ProcessOptions): Deno.ChildProcess {
    const file = `${this.#folder}/connection.json`;
    const transport = { transport: "tcp", ip: "127.0.0.1", signature_scheme: "hmac-sha256" };
    Deno.writeTextFileSync(file, JSON.stringify({ ...this.ports, ...transport, key: this.key }), {
      mode: 0o600,
    });
    return new Deno.Command(Deno.execPath(), {
      args: ["jupyter", "--kernel", "--conn", file],
      cwd: options.cwd,
      env: { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1", ...options.env },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
  }
}

/** Five different ports the system says are free now (held together, so that no two are the same). */
function freePorts(): Ports {
  const listeners = Array.from({ length: 5 }, () => Deno.listen({ hostname: "127.0.0.1", port: 0 }));
  const [shell_port, iopub_port, stdin_port, control_port, hb_port] = listeners.map((l) => l.addr.port);
  for (const listener of listeners) listener.close();
  return { shell_port, iopub_port, stdin_port, control_port, hb_port };
}

/** The end of what a stream said. */
interface Tail {
  /** So far. */
  text(): string;
  /** Settles when there will be no more. */
  readonly read: Promise<void>;
}

/** Drains a stream (a full pipe would block the kernel) and keeps its last 4000 characters for an error message. */
function keepTail(stream: ReadableStream<Uint8Array>): Tail {
  let text = "";
  const decoder = new TextDecoder();
  const read = (async () => {
    for await (const chunk of stream) text = (text + decoder.decode(chunk, { stream: true })).slice(-4000);
  })().catch(() => {});
  return { text: () => text, read };
}
