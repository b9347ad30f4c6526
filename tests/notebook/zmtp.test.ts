/** @module The socket protocol, against a server written byte by byte in the test. */
import { expect, test } from "vitest";
import { ZmtpSocket } from "../../lib/notebook/zmtp.ts";

/** Serves one connection: hands it to `serve` and closes everything after. Returns the port. */
function serveOne(serve: (connection: Deno.Conn) => Promise<void>): { port: number; done: Promise<void> } {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const done = (async () => {
    const connection = await listener.accept();
    listener.close();
    await serve(connection).finally(() => connection.close());
  })();
  return { port: listener.addr.port, done };
}

async function read(connection: Deno.Conn, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length;) {
    const count = await connection.read(bytes.subarray(at));
    if (count === null) throw new Error("The client closed.");
    at += count;
  }
  return bytes;
}

/** signature, version 3.0, mechanism NULL, padded to 64 bytes; then READY with Socket-Type PUB (ZMTP 3.0, RFC 23). */
const greeting = Uint8Array.from(
  { length: 64 },
  (_, i) => [0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0x7f, 3, 0][i] ?? 0,
);
greeting.set(new TextEncoder().encode("NULL"), 12);
const property = new TextEncoder().encode("\x05READY\x0bSocket-Type\0\0\0\x03PUB");
const ready = new Uint8Array([4, property.length, ...property]);

test("a SUB socket greets, says READY, subscribes to everything, and joins the frames of a message", async () => {
  let subscription: number[] = [];
  const { port, done } = serveOne(async (connection) => {
    await connection.write(greeting);
    expect([...await read(connection, 64)]).toEqual([...greeting]);
    await connection.write(ready);
    const [flags, length] = await read(connection, 2);
    expect(flags).toBe(4);
    expect(new TextDecoder().decode(await read(connection, length))).toBe(
      "\x05READY\x0bSocket-Type\0\0\0\x03SUB",
    );
    subscription = [...await read(connection, 3)];
    // A message of two frames, cut in the middle of the second: 1 = more follows, 2 = eight bytes of length.
    await connection.write(new Uint8Array([1, 2, 7, 8, 2, 0, 0, 0, 0, 0, 0, 1, 44]));
    await connection.write(new Uint8Array(100).fill(5));
    await connection.write(new Uint8Array(200).fill(5));
  });
  const socket = await ZmtpSocket.connect(port, "SUB");
  const messages: Uint8Array[][] = [];
  for await (const message of socket.messages()) messages.push(message);
  await done;
  socket.close();
  expect(subscription).toEqual([0, 1, 1]);
  expect(messages).toEqual([[new Uint8Array([7, 8]), new Uint8Array(300).fill(5)]]);
});

test("messages sent at once arrive one after the other, long frames with eight bytes of length", async () => {
  let received: Uint8Array = new Uint8Array();
  const { port, done } = serveOne(async (connection) => {
    await connection.write(greeting);
    await connection.write(ready);
    await read(connection, 64);
    const [, length] = await read(connection, 2);
    await read(connection, length);
    received = await read(connection, 3 + 9 + 256 + 3);
  });
  const socket = await ZmtpSocket.connect(port, "DEALER");
  await Promise.all([
    socket.send([new Uint8Array([1]), new Uint8Array(256)]),
    socket.send([new Uint8Array([2])]),
  ]);
  await done;
  socket.close();
  expect([...received.slice(0, 12)]).toEqual([1, 1, 1, 2, 0, 0, 0, 0, 0, 0, 1, 0]);
  expect([...received.slice(-3)]).toEqual([0, 1, 2]);
});

test("a server that speaks something else, or hangs up, is refused with a sentence", async () => {
  const other = serveOne(async (connection) =>
    void await connection.write(new TextEncoder().encode("H".repeat(64)))
  );
  await expect(ZmtpSocket.connect(other.port, "SUB")).rejects.toThrow(/does not speak ZMTP 3/);
  await other.done;
});
