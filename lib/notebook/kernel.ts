/**
 * @module A Deno Jupyter kernel: start it, run code in it, collect everything it says, stop it.
 *
 * The kernel may publish output after it has said that the cell is over, because output travels through a queue of its
 * own. So each cell is followed by a silent barrier: a marker sent through that same queue. Whatever was printed before
 * the marker has arrived when the marker arrives, however slow the machine is. After it the client still waits until
 * nothing was published for {@linkcode KernelOptions.quiet} milliseconds, for the output of timers.
 */
import { KernelProcess, type ProcessOptions } from "./process.ts";
import { decode, encode, type Message, request } from "./wire.ts";
import { type SocketType, ZmtpSocket } from "./zmtp.ts";

/** How a kernel is started and listened to. */
export interface KernelOptions extends ProcessOptions {
  /** Seconds until a kernel that does not answer is given up; 60 unless said. */
  readonly startTimeout?: number;
  /** Milliseconds without any output after which a finished cell is settled; 100 unless said. */
  readonly quiet?: number;
}

/** What one execution needs. */
export interface ExecuteOptions {
  /** Seconds without a sign of life (output, progress) after which the cell counts as hung; `Infinity` unless said. */
  readonly timeout?: number;
  /** Called with each broadcast message that belongs to the cell. */
  onOutput?(message: Message): void;
}

/** The kernel's own verdict on a cell. */
export interface ExecuteReply {
  readonly status: "ok" | "error";
  readonly ename?: string;
  readonly evalue?: string;
  readonly traceback?: readonly string[];
}

/** The kernel is gone, or never came up. */
export class KernelDied extends Error {
  /** The class name. */
  override name = "KernelDied";
}

/** The cell gave no sign of life for too long; the kernel has been killed. */
export class CellHung extends Error {
  /** The class name. */
  override name = "CellHung";
}

/** Runs in the kernel: when the process that started it is gone without a word (killed, crashed), so is the kernel. */
const watchParent = `{ const parent = Deno.ppid;
  Deno.unrefTimer(setInterval(() => Deno.ppid === parent || Deno.exit(1), 1000)); }`;
const barrierType = "application/vnd.trained-proved.barrier";
const cellRequest = { user_expressions: {}, allow_stdin: false, stop_on_error: false };

/** Starts a kernel; once more when the first attempt fails, because a port may have been taken meanwhile. */
export async function startKernel(options: KernelOptions): Promise<Kernel> {
  await requireLoopback();
  try {
    return await Kernel.start(options);
  } catch (error) {
    if (!(error instanceof KernelDied)) throw error;
    return await Kernel.start(options);
  }
}

/** Client and kernel talk over 127.0.0.1, which a network namespace without network may not have. */
async function requireLoopback(): Promise<void> {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  try {
    (await Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port })).close();
  } catch (error) {
    throw new KernelDied(
      `A kernel is reached over 127.0.0.1, which does not answer (${
        (error as Error).message
      }): bring the loopback ` +
        "interface up with `ip link set lo up`.",
    );
  }
}

/** One running kernel. Use {@linkcode startKernel}. */
export class Kernel {
  readonly #process: KernelProcess;
  readonly #quiet: number;
  readonly #session = crypto.randomUUID();
  readonly #sockets: ZmtpSocket[] = [];
  readonly #loops: Promise<void>[] = [];
  #shell!: ZmtpSocket;
  #control!: ZmtpSocket;
  readonly #replies = new Map<string, Message>();
  readonly #waiting = new Set<() => void>();
  #listener: ((message: Message) => void) | undefined;
  #lastHeard = performance.now();
  #death: KernelDied | undefined;
  #closed = false;

  private constructor(process: KernelProcess, quiet: number) {
    this.#process = process;
    this.#quiet = quiet;
    process.status.then(({ code, signal }) => {
      this.#die(`The kernel died (${signal ? `signal ${signal}` : `exit code ${code}`}).`);
    });
  }

  /** Process id. */
  get pid(): number {
    return this.#process.pid;
  }

  /** Spawns a kernel and waits until both its reply and its broadcast channel answer. */
  static async start(options: KernelOptions): Promise<Kernel> {
    const kernel = new Kernel(new KernelProcess(options), options.quiet ?? 100);
    try {
      const limit = (options.startTimeout ?? 60) * 1000;
      await kernel.#ready(limit);
      await kernel.#call({ code: watchParent, silent: true, store_history: false, ...cellRequest }, limit);
      return kernel;
    } catch (error) {
      await kernel.close();
      throw error;
    }
  }

  /**
   * Runs code as one cell and returns when all its output has arrived.
   * @throws {CellHung} after killing the kernel
   * @throws {KernelDied}
   */
  async execute(code: string, options: ExecuteOptions = {}): Promise<ExecuteReply> {
    if (this.#death) throw this.#death;
    const limit = (options.timeout ?? Infinity) * 1000;
    const barrier = crypto.randomUUID();
    let passed = false;
    this.#listener = (message) => {
      if (message.content.data?.[barrierType] === barrier) passed = true;
      else options.onOutput?.(message);
    };
    try {
      const reply = await this.#call({ code, silent: false, store_history: true, ...cellRequest }, limit);
      const data = JSON.stringify({ data: { [barrierType]: barrier }, metadata: {} });
      const mark = `await Deno.jupyter.broadcast("display_data", ${data})`;
      await this.#call({ code: mark, silent: true, store_history: false, ...cellRequest }, limit);
      // Bounded, because a cell may have replaced Deno.jupyter, and a timer may print for ever.
      await this.#until(() => passed, 2000);
      await this.#settle(2000);
      return reply.content as unknown as ExecuteReply;
    } finally {
      this.#listener = undefined;
    }
  }

  /** Sends what a client's Stop button sends under `interrupt_mode: message`; the kernel stops code that is running. */
  async interrupt(): Promise<void> {
    const message = request(this.#session, "interrupt_request", {});
    await this.#control.send(encode(message, this.#process.key));
  }

  /** Asks the kernel to exit, kills it when it does not within two seconds, removes its files. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    if (!this.#death && this.#control) {
      const shutdown = request(this.#session, "shutdown_request", { restart: false });
      this.#control.send(encode(shutdown, this.#process.key)).catch(() => {});
    }
    const late = setTimeout(() => this.#process.kill(), this.#death || !this.#control ? 0 : 2000);
    await this.#process.status;
    clearTimeout(late);
    this.#process.removeFiles();
    for (const socket of this.#sockets) socket.close();
    await Promise.allSettled(this.#loops);
  }

  #die(why: string): void {
    this.#death ??= new KernelDied(why + this.#process.lastWords);
    this.#wake();
  }

  #wake(): void {
    for (const check of this.#waiting) check();
  }

  /** Connects one channel, as soon as the kernel listens, and hands on what arrives there. */
  async #connect(
    port: number,
    type: SocketType,
    end: number,
    take: (message: Message) => void,
  ): Promise<ZmtpSocket> {
    for (;;) {
      try {
        const socket = await ZmtpSocket.connect(port, type);
        this.#sockets.push(socket);
        this.#loops.push(this.#receive(socket, take));
        return socket;
      } catch (error) {
        if (performance.now() > end) throw error;
        await this.#until(() => false, 20);
      }
    }
  }

  async #receive(socket: ZmtpSocket, take: (message: Message) => void): Promise<void> {
    try {
      for await (const frames of socket.messages()) {
        take(decode(frames, this.#process.key));
        this.#lastHeard = performance.now();
        this.#wake();
      }
    } catch (error) {
      if (!this.#closed) this.#die(`A channel of the kernel broke: ${(error as Error).message}`);
    }
  }

  /** An execute request and its reply, unless nothing at all is heard for `limit` milliseconds. */
  async #call(content: Record<string, unknown>, limit: number): Promise<Message> {
    const message = request(this.#session, "execute_request", content);
    const id = message.header.msg_id;
    await this.#shell.send(encode(message, this.#process.key));
    this.#lastHeard = performance.now();
    while (!await this.#until(() => this.#replies.has(id), this.#silence(limit))) {
      if (this.#silence(limit) > 0) continue;
      await this.#kill();
      throw new CellHung(`gave no sign of life for ${limit / 1000} s`);
    }
    const reply = this.#replies.get(id)!;
    this.#replies.clear();
    return reply;
  }

  /** Milliseconds of silence still allowed; at most an hour, since a timer takes 32 bits. */
  #silence(limit: number): number {
    return Math.min(limit - (performance.now() - this.#lastHeard), 3_600_000);
  }

  async #kill(): Promise<void> {
    this.#process.kill();
    await this.#process.status;
    await this.close();
  }

  /** Waits until nothing was heard for the quiet time, at most `limit` milliseconds. */
  async #settle(limit: number): Promise<void> {
    const end = performance.now() + limit;
    let wait: number;
    while ((wait = Math.min(this.#lastHeard + this.#quiet, end) - performance.now()) > 0) {
      await this.#until(() => false, wait);
    }
  }

  /** Resolves with true when the condition holds, with false when the time is over; rejects when the kernel dies. */
  async #until(condition: () => boolean, milliseconds: number): Promise<boolean> {
    let check = () => {};
    let timer: ReturnType<typeof setTimeout> | undefined;
    try {
      return await new Promise<boolean>((resolve, reject) => {
        check = () => condition() ? resolve(true) : this.#death ? reject(this.#death) : undefined;
        timer = setTimeout(() => resolve(false), Math.max(0, milliseconds));
        this.#waiting.add(check);
        check();
      });
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(check);
    }
  }

  /** Connects; a broadcast may be lost until its channel has joined, so it must be heard before any cell. */
  async #ready(limit: number): Promise<void> {
    const end = performance.now() + limit;
    const { shell_port, control_port, iopub_port } = this.#process.ports;
    const keep = (message: Message) => void this.#replies.set(message.parent_header.msg_id ?? "", message);
    let heard = false;
    this.#listener = () => heard = true;
    try {
      await this.#connect(iopub_port, "SUB", end, (message) => this.#listener?.(message));
      this.#shell = await this.#connect(shell_port, "DEALER", end, keep);
      this.#control = await this.#connect(control_port, "DEALER", end, keep);
      while (performance.now() < end) {
        const question = request(this.#session, "kernel_info_request", {});
        await this.#shell.send(encode(question, this.#process.key));
        if (await this.#until(() => heard && this.#replies.has(question.header.msg_id), 500)) return;
      }
    } catch (error) {
      throw error instanceof KernelDied ? error : new KernelDied((error as Error).message);
    } finally {
      this.#listener = undefined;
    }
    throw new KernelDied(`The kernel did not start within ${limit / 1000} s.${this.#process.lastWords}`);
  }
}
