/** @module SVG to PNG with bundled fonts only, so that the pixels are the same on every machine. */
import { loadPackage, readPackageFile } from "./host.ts";
import { theme } from "./theme.ts";

/** Faces the rasteriser may use, in order; the mathematical one fills what Inter lacks. */
export const fontFiles: readonly string[] = [
  "@expo-google-fonts/inter/400Regular/Inter_400Regular.ttf",
  "@expo-google-fonts/inter/600SemiBold/Inter_600SemiBold.ttf",
  "@expo-google-fonts/noto-sans-math/400Regular/NotoSansMath_400Regular.ttf",
];

type Resvg = typeof import("@resvg/resvg-wasm");
type RenderedImage = ReturnType<InstanceType<Resvg["Resvg"]>["render"]>;
let ready: Promise<{ resvg: Resvg; fontBuffers: Uint8Array[] }> | undefined;

/** Loads the WebAssembly module and the fonts once a process. */
function start(): Promise<{ resvg: Resvg; fontBuffers: Uint8Array[] }> {
  ready ??= (async () => {
    const resvg = loadPackage("@resvg/resvg-wasm") as Resvg;
    await resvg.initWasm(readPackageFile("@resvg/resvg-wasm/index_bg.wasm"));
    return { resvg, fontBuffers: fontFiles.map(readPackageFile) };
  })();
  return ready;
}

/**
 * Rasterises an SVG from `renderSvg`, `scale` pixels to each CSS pixel.
 *
 * @throws RangeError when the scale is not a positive number of at most 8.
 */
export async function renderPng(svg: string, scale = 2): Promise<Uint8Array> {
  if (!(scale > 0 && scale <= 8)) {
    throw new RangeError(`PNG scale must be above 0 and at most 8, got ${scale}`);
  }
  return await rasterised(svg, scale, (image) => image.asPng());
}

/** A small PNG for where a figure is only glanced at: one pixel to each CSS pixel, 48 colours, a quarter of the bytes. */
export async function renderPreview(svg: string): Promise<Uint8Array> {
  const { encode } = loadPackage("upng-js") as {
    encode(frames: ArrayBuffer[], width: number, height: number, colors: number): ArrayBuffer;
  };
  return await rasterised(
    svg,
    1,
    ({ pixels, width, height }) => new Uint8Array(encode([new Uint8Array(pixels).buffer], width, height, 48)),
  );
}

async function rasterised(
  svg: string,
  scale: number,
  take: (image: RenderedImage) => Uint8Array,
): Promise<Uint8Array> {
  const { resvg, fontBuffers } = await start();
  const renderer = new resvg.Resvg(svg, {
    fitTo: { mode: "zoom", value: scale },
    background: theme.colors.background,
    font: { fontBuffers, defaultFontFamily: "Inter", sansSerifFamily: "Inter" },
  });
  const image = renderer.render();
  try {
    return take(image);
  } finally {
    image.free();
    renderer.free();
  }
}
