/** @module What a reader takes along: the figure as SVG or PNG, in the colours of paper, and the notebook cell that redraws it. */
import { type Figure, renderSvg } from "../figure/mod.ts";
import type { State } from "./types.ts";

/** Offers bytes under a file name. */
function download(content: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

const svgOf = (figure: Figure) => new Blob([renderSvg(figure)], { type: "image/svg+xml" });

/** The whole figure, with title and caption, as the notebooks write it. */
export function saveSvg(figure: Figure): void {
  download(svgOf(figure), `${figure.name}.svg`);
}

/**
 * The same, rasterised by the browser.
 * @param scale pixels per CSS pixel
 */
export async function savePng(figure: Figure, scale = 2): Promise<void> {
  const image = new Image();
  image.src = URL.createObjectURL(svgOf(figure));
  await image.decode();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [image.naturalWidth * scale, image.naturalHeight * scale];
  canvas.getContext("2d")!.drawImage(image, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(image.src);
  const png = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/png"));
  if (png === null) throw new Error("this browser could not make a PNG of the figure: save the SVG instead");
  download(png, `${figure.name}.png`);
}

/** The notebook cell that draws the figure of a view. */
export function cellOf(paper: string, view: string, state: State): string {
  const values = Object.entries(state).map(([name, value]) => `${name}: ${JSON.stringify(value)}`).join(", ");
  return [
    'import { openNotebook } from "@trained/proved/notebook";',
    'import { viewFigure } from "@trained/proved/explore";',
    `const notebook = await openNotebook("${paper}");`,
    `await notebook.show(await viewFigure("${paper}", "${view}", { ${values} }));`,
  ].join("\n");
}
