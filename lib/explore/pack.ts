/**
 * @module Scripts compressed into a page, and the few lines of the page that unpack them.
 *
 * A bundled theory takes three times the room that it takes under gzip, and a saved notebook holds a whole page. Base64 has no
 * character that HTML or JSON would escape, so a packed script lies in a file, in a frame and in a notebook as it is.
 */

/** Gzip in base64: the same text always gives the same characters. */
export async function pack(text: string): Promise<string> {
  // In one piece, for how a stream is cut decides what its compression looks like.
  const whole = ReadableStream.from([new TextEncoder().encode(text)]);
  const zipped = new Response(whole.pipeThrough(new CompressionStream("gzip")));
  return new Uint8Array(await zipped.arrayBuffer()).toBase64();
}

/** Identifier of the element that holds a packed script. */
export const packedId = (name: string): string => `packed-${name}`;

/** An element that holds a packed script; a browser does not run it. */
export function packedElement(name: string, packed: string): string {
  return `<script type="text/plain" id="${packedId(name)}">${packed}</script>`;
}

/** What a page says in a browser that came before DecompressionStream (2020 in Chrome, 2023 in Firefox and Safari). */
export const tooOld =
  "This page is compressed, and this browser cannot unpack it: it needs Chrome or Edge 80, Firefox 113, Safari 16.4, or newer.";

/** The part of a page that unpacks: defines `unpack(name)`, which promises the script of that name. */
export const unpackScript = `globalThis.unpack = async (name) => {
  const packed = document.getElementById("${packedId("")}" + name).textContent;
  const bytes = Uint8Array.from(atob(packed), (c) => c.charCodeAt(0));
  return await new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
};`;

/** Runs the packed script `name` as a module under the identifier `id`, or says in the element `place` why it cannot. */
export function runPacked(name: string, id: string, place: string): string {
  return `${unpackScript}
const say = (sentence) => document.getElementById("${place}").textContent = sentence;
if (typeof DecompressionStream === "undefined") say(${JSON.stringify(tooOld)});
else {
  unpack("${name}").then((text) => {
    const script = Object.assign(document.createElement("script"), { type: "module", id: "${id}", textContent: text });
    document.head.append(script);
  }, () => say("This page is damaged: its script cannot be unpacked. Build it again with deno task explore."));
}`;
}

/** The script `name` of this page, unpacked. */
export function unpacked(name: string): Promise<string> {
  return (globalThis as unknown as { unpack(name: string): Promise<string> }).unpack(name);
}
