/**
 * @module The client's side of ZMTP 3.0, the protocol of ZeroMQ sockets: greeting, NULL handshake, framed messages.
 *
 * Written out here because the native binding, `npm:zeromq` 6.8, crashes Deno 2.9 with a segmentation fault when a
 * socket is closed that waits for a message, which is how a client ends; and what a Jupyter client needs of the
 * protocol is one page. Source: ZeroMQ RFC 23 (rfc.zeromq.org/spec/23).
 */

/** The two socket types a Jupyter client needs: requests and replies, and the broadcast channel. */
export type SocketType = "DEALER" | "SUB";

const more = 1, long = 2, command = 4;
const encoder = new TextEncoder();

/** One connected socket. Messages are lists of frames. */
export class ZmtpSocket {
  #writing: Promise<void> = Promise.resolve();
  readonly #reader: ExactReader;

  private constructor(private readonly connection: Deno.TcpConn) {
    this.#reader = new ExactReader(connection);
  }

  /**
   * Connects to a socket of this machine; a SUB socket subscribes to everything.
   * @throws {Deno.errors.ConnectionRefused} when nobody listens there (yet)
   */
  static async connect(port: number, type: SocketType): Promise<ZmtpSocket> {
    const socket = new ZmtpSocket(await Deno.connect({ hostname: "127.0.0.1", port }));
    try {
      await socket.#handshake(type);
      if (type === "SUB") await socket.send([new Uint8Array([1])]);
      return socket;
    } catch (error) {
      socket.close();
      throw error;
    }
  }

  /** Sends one message; calls may overlap, messages are not torn. */
  send(frames: readonly Uint8Array[]): Promise<void> {
    const bytes = frames.map((frame, index) => framed(frame, index < frames.length - 1 ? more : 0));
    const sent = this.#writing.then(async () => {
      for (const part of bytes) await writeAll(this.connection, part);
    });
    this.#writing = sent.catch(() => {});
    return sent;
  }

  /** The messages as they arrive; ends when either side closes. */
  async *messages(): AsyncGenerator<Uint8Array[]> {
    let frames: Uint8Array[] = [];
    for (let frame; (frame = await this.#frame());) {
      if (frame.flags & command) continue;
      frames.push(frame.body);
      if (frame.flags & more) continue;
      yield frames;
      frames = [];
    }
  }

  close(): void {
    try {
      this.connection.close();
    } catch { /* closed already */ }
  }

  async #handshake(type: SocketType): Promise<void> {
    // signature (10 bytes), version 3.0, mechanism (20 bytes), as-server, filler: 64 bytes.
    const greeting = new Uint8Array(64);
    greeting.set([0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0x7f, 3, 0]);
    greeting.set(encoder.encode("NULL"), 12);
    await writeAll(this.connection, greeting);
    const theirs = await this.#reader.take(64);
    if (theirs?.[0] !== 0xff || theirs[10] < 3) throw new Error("The other side does not speak ZMTP 3.");
    const name = encoder.encode("\x05READY\x0bSocket-Type");
    const value = encoder.encode(type);
    await writeAll(
      this.connection,
      framed(concat([name, new Uint8Array([0, 0, 0, value.length]), value]), command),
    );
    const ready = await this.#frame();
    if (!ready || !(ready.flags & command)) throw new Error("The other side ended the ZMTP handshake.");
  }

  async #frame(): Promise<{ flags: number; body: Uint8Array } | undefined> {
    const flags = (await this.#reader.take(1))?.[0];
    if (flags === undefined) return undefined;
    const size = await this.#reader.take(flags & long ? 8 : 1);
    if (!size) return undefined;
    const length = size.reduce((sum, byte) => sum * 256 + byte, 0);
    const body = await this.#reader.take(length);
    return body && { flags, body };
  }
}

/** A frame: flags, length (one byte, or eight when long), body. */
function framed(body: Uint8Array, flags: number): Uint8Array {
  if (body.length < 256) return concat([new Uint8Array([flags, body.length]), body]);
  const head = new Uint8Array(9);
  head[0] = flags | long;
  new DataView(head.buffer).setBigUint64(1, BigInt(body.length));
  return concat([head, body]);
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

async function writeAll(connection: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
}

/** Takes exact numbers of bytes from a connection through a buffer; nothing when it ends. */
class ExactReader {
  #buffer = new Uint8Array(65536);
  #from = 0;
  #to = 0;
  constructor(private readonly connection: Deno.Conn) {}

  async take(length: number): Promise<Uint8Array | undefined> {
    const out = new Uint8Array(length);
    for (let filled = 0; filled < length;) {
      if (this.#from === this.#to && !await this.#refill()) return undefined;
      const part = this.#buffer.subarray(this.#from, Math.min(this.#to, this.#from + length - filled));
      out.set(part, filled);
      filled += part.length;
      this.#from += part.length;
    }
    return out;
  }

  async #refill(): Promise<boolean> {
    try {
      this.#from = 0;
      this.#to = await this.connection.read(this.#buffer) ?? 0;
    } catch (error) {
      const ended = error instanceof Deno.errors.BadResource || error instanceof Deno.errors.Interrupted ||
        error instanceof Deno.errors.ConnectionReset;
      if (!ended) throw error;
      this.#to = 0;
    }
    return this.#to > 0;
  }
}
