/**
 * @module The Jupyter wire protocol (version 5.3): one message as ZeroMQ frames, signed with HMAC-SHA256.
 *
 * Frames: `[identities…, "<IDS|MSG>", signature, header, parent header, metadata, content, buffers…]`.
 */
import { createHmac } from "node:crypto";

const delimiter = "<IDS|MSG>";
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The part of a header this client reads. */
export interface Header {
  readonly msg_id: string;
  readonly msg_type: string;
  readonly session: string;
  readonly username: string;
  readonly date: string;
  readonly version: string;
}

/** One message, after its signature was verified. */
export interface Message {
  readonly header: Header;
  readonly parent_header: Partial<Header>;
  readonly metadata: Record<string, unknown>;
  // deno-lint-ignore no-explicit-any -- the content's shape depends on msg_type
  readonly content: Record<string, any>;
}

/** A request of this session, ready to encode. */
export function request(session: string, type: string, content: Record<string, unknown>): Message {
  const header: Header = {
    msg_id: crypto.randomUUID(),
    msg_type: type,
    session,
    username: "trained-proved",
    date: new Date().toISOString(),
    version: "5.3",
  };
  return { header, parent_header: {}, metadata: {}, content };
}

/** The frames of a message, signed with the connection's key. */
export function encode(message: Message, key: string): Uint8Array[] {
  const parts = [message.header, message.parent_header, message.metadata, message.content]
    .map((part) => encoder.encode(JSON.stringify(part)));
  return [encoder.encode(delimiter), encoder.encode(sign(parts, key)), ...parts];
}

/**
 * The message in these frames.
 * @throws {Error} when the delimiter is missing or the signature is not ours
 */
export function decode(frames: readonly Uint8Array[], key: string): Message {
  const at = frames.findIndex((frame) =>
    frame.length === delimiter.length && decoder.decode(frame) === delimiter
  );
  if (at < 0 || frames.length < at + 6) throw new Error("A frame of the kernel is not a Jupyter message.");
  const parts = frames.slice(at + 2, at + 6);
  if (decoder.decode(frames[at + 1]) !== sign(parts, key)) {
    throw new Error("A message of the kernel carries a wrong signature.");
  }
  const [header, parent_header, metadata, content] = parts.map((part) => JSON.parse(decoder.decode(part)));
  return { header, parent_header: parent_header ?? {}, metadata: metadata ?? {}, content: content ?? {} };
}

function sign(parts: readonly Uint8Array[], key: string): string {
  const hmac = createHmac("sha256", key);
  for (const part of parts) hmac.update(part);
  return hmac.digest("hex");
}
