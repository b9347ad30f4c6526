/** @module Which characters a TrueType file has, and how wide they are: its `cmap` (format 4 or 12) and `hmtx` tables. */

/** Advance widths of all characters in thousandths of the font size. */
export function readWidths(bytes: Uint8Array): Map<number, number> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const tables = new Map<string, number>();
  for (let i = 0; i < view.getUint16(4); i++) {
    const at = 12 + 16 * i;
    tables.set(String.fromCharCode(...bytes.subarray(at, at + 4)), view.getUint32(at + 8));
  }
  const unitsPerEm = view.getUint16(tables.get("head")! + 18);
  const metrics = view.getUint16(tables.get("hhea")! + 34);
  const width = (glyph: number) =>
    view.getUint16(tables.get("hmtx")! + 4 * Math.min(glyph, metrics - 1)) * 1000 / unitsPerEm;
  const cmap = tables.get("cmap")!;
  const widths = new Map<number, number>();
  const put = (code: number, glyph: number) => {
    if (glyph !== 0) widths.set(code, width(glyph));
  };
  for (let i = 0; i < view.getUint16(cmap + 2); i++) {
    const at = cmap + view.getUint32(cmap + 8 + 8 * i);
    if (view.getUint16(at) === 12) {
      for (let g = 0; g < view.getUint32(at + 12); g++) {
        const [first, last, glyph] = [0, 4, 8].map((o) => view.getUint32(at + 16 + 12 * g + o));
        for (let code = first; code <= last; code++) put(code, glyph + code - first);
      }
    } else if (view.getUint16(at) === 4) {
      const twice = view.getUint16(at + 6);
      for (let s = 0; s < twice; s += 2) {
        const last = view.getUint16(at + 14 + s);
        const first = view.getUint16(at + 16 + twice + s);
        const delta = view.getUint16(at + 16 + 2 * twice + s);
        const offsetAt = at + 16 + 3 * twice + s;
        const offset = view.getUint16(offsetAt);
        for (let code = first; code <= last && code < 0xffff; code++) {
          const glyph = offset === 0 ? code : view.getUint16(offsetAt + offset + 2 * (code - first));
          put(code, offset !== 0 && glyph === 0 ? 0 : (glyph + delta) & 0xffff);
        }
      }
    }
  }
  return widths;
}
