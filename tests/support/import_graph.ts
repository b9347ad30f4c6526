/** @module The import graph of lib/ and the rules it must obey. Pure functions of a graph, so that tests can plant one. */
import { posix } from "node:path";

/** One import statement. */
export interface Import {
  /** Path from the project's folder for a relative import, else the specifier as written. */
  readonly target: string;
  /** Gone when the code runs. */
  readonly typeOnly: boolean;
}

/** Files by their path from the project's folder. */
export type ImportGraph = ReadonlyMap<string, { readonly text: string; readonly imports: readonly Import[] }>;

/**
 * What each room may import, besides itself. A paper may import the rooms of `paper`; `notebook` and `tasks` sit on top.
 */
const rooms: Record<string, readonly string[]> = {
  numerics: [],
  ode: ["numerics"],
  nn: ["numerics"],
  runs: ["nn"],
  figure: ["numerics"],
  claims: ["numerics"],
  explore: ["figure"],
  paper: ["numerics", "ode", "nn", "runs", "figure", "claims", "explore"],
  notebook: ["nn", "runs", "figure", "claims"],
  tasks: ["numerics", "ode", "nn", "runs", "figure", "claims", "notebook", "paper", "explore"],
};

/**
 * What each file (or folder) of a paper may import: which of these files, and which rooms. A paper's other files are
 * free, and may be imported by all: what a browser must not meet in them is found by the purity rule.
 */
const paperFiles: Record<string, { readonly files: readonly string[]; readonly rooms: readonly string[] }> = {
  data: { files: [], rooms: ["numerics"] },
  theory: { files: ["data"], rooms: ["numerics", "ode"] },
  forward: { files: ["data"], rooms: ["numerics"] },
  construction: { files: ["data", "forward", "theory"], rooms: ["numerics"] },
  model: { files: ["data", "forward"], rooms: ["nn", "numerics"] },
  figures: { files: ["data", "theory", "forward", "construction"], rooms: ["figure", "numerics", "ode"] },
};
const topFiles = ["experiments", "claims", "mod"];

/** The shapes of things, which nn, runs, figure, claims and whoever uses them may name but not run. */
const contracts = /^lib\/(nn|runs|figure|claims)\/types\.ts$/;
/**
 * What an explorer is, runs in a page: it opens no record, trains nothing and loads no TensorFlow.js. `live.ts` is the door beside it: what
 * a page unpacks and runs in a worker of its own when its reader starts a training. It may use nn, and no view imports it.
 */
const viewFiles = /^(explorer|live_view)$/;
const liveFiles = /^live$/;

/** Must run unchanged in a browser. */
const pure =
  /^lib\/(numerics|ode)\/|^lib\/(?!tasks\/)[a-z_]+\/(data|theory|forward|construction|figures|explorer|live_view)(\.ts$|\/)|^lib\/explore\/(?!mod\.|build\.)/;
const impure: [RegExp, string][] = [
  [/\bDeno\./, "Deno."],
  [/["'](node:|npm:@tensorflow|@tensorflow\/)/, "node: or TensorFlow.js"],
  [/\bprocess\.(env|argv|cwd|exit|stdout)\b/, "process"],
];

/**
 * Reaches beyond the browser only when called where there is no browser: it looks the host up at run time, and its callers
 * can do without it (a test bundles figures for the browser to see that).
 */
const guarded = ["lib/figure/host.ts"];

/** The files of lib/. */
export function readGraph(root: string): ImportGraph {
  const graph = new Map<string, { text: string; imports: Import[] }>();
  const walk = (folder: string) => {
    for (const entry of Deno.readDirSync(`${root}/${folder}`)) {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory) walk(path);
      else if (path.endsWith(".ts")) {
        const text = Deno.readTextFileSync(`${root}/${path}`);
        graph.set(path, { text, imports: importsOf(path, text) });
      }
    }
  };
  walk("lib");
  return graph;
}

/** Every import, re-export and dynamic import of a literal in a text. */
export function importsOf(path: string, text: string): Import[] {
  const statement =
    /\b(?:import|export)\s+(type\s)?(?:[\w*{}\s,$]*?\bfrom\s*)?["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']/g;
  return [...withoutComments(text).matchAll(statement)].map(([, type, specifier, dynamic]) => {
    const name = specifier ?? dynamic;
    const target = name.startsWith(".") ? posix.join(posix.dirname(path), name) : name;
    return { target, typeOnly: type !== undefined };
  });
}

/** The papers: folders of lib/ that are no room. */
export function papersIn(graph: ImportGraph): string[] {
  const folders = [...graph.keys()].map((path) => path.split("/")[1]);
  return [...new Set(folders)].filter((folder) => rooms[folder] === undefined);
}

/** One sentence per import that points the wrong way. */
export function arrowProblems(graph: ImportGraph): string[] {
  return [...graph].flatMap(([path, { imports }]) =>
    imports.filter((statement) => statement.target.startsWith("lib/") && !allowed(path, statement))
      .map(({ target }) => `${path} must not import ${target}`)
  );
}

function allowed(path: string, { target, typeOnly }: Import): boolean {
  const [from, to] = [path.split("/")[1], target.split("/")[1]];
  if (from === to && rooms[from] !== undefined) return true;
  const part = partOf(path);
  if (rooms[from] === undefined && !typeOnly) {
    const reached = from === to ? partOf(target) : to;
    if (viewFiles.test(part) && /^(live|experiments|runs|nn)$/.test(reached)) return false;
    if (liveFiles.test(part) && /^(experiments|runs|figure|figures|claims)$/.test(reached)) return false;
  }
  if (from === to) return allowedInPaper(part, partOf(target));
  const ofPaper = rooms[from] === undefined ? paperFiles[partOf(path)]?.rooms ?? rooms.paper : undefined;
  const rule = rooms[from] ?? ofPaper!;
  const withContracts = rule.some((room) => room === "nn" || room === "figure") ||
    ["nn", "figure", "claims"].includes(from);
  if (typeOnly && withContracts && contracts.test(target)) return true;
  // A figure is drawn from records: it names their type, and never opens a store.
  if (typeOnly && partOf(path) === "figures" && target === "lib/runs/mod.ts") return true;
  const door = target === `lib/${to}/mod.ts` || target === `lib/${to}/types.ts`;
  return door && rule.includes(rooms[to] ? to : "paper");
}

/** Within a paper: theory knows no model, a figure knows no experiment. */
function allowedInPaper(part: string, other: string): boolean {
  const rule = paperFiles[part];
  const bound = other in paperFiles || topFiles.includes(other);
  return rule === undefined || part === other || rule.files.includes(other) || !bound;
}

/** `theory` for `lib/<paper>/theory.ts` and for everything under `lib/<paper>/theory/`. */
function partOf(path: string): string {
  return path.split("/")[2].replace(/\.ts$/, "");
}

/** One sentence per pure file that is not pure, with the way to what it uses. */
export function purityProblems(graph: ImportGraph): string[] {
  return [...graph.keys()].filter((path) => pure.test(path)).flatMap((start) => {
    const queue = [[start]];
    const seen = new Set([start]);
    for (let way; (way = queue.shift());) {
      const file = graph.get(way.at(-1)!);
      if (!file) continue;
      const code = withoutComments(file.text);
      const used = guarded.includes(way.at(-1)!) ? undefined : impure.find(([pattern]) => pattern.test(code));
      // A pure file on the way is reported by itself.
      if (used && (way.length === 1 || !pure.test(way.at(-1)!))) {
        return [`${way.join(" -> ")} uses ${used[1]}`];
      }
      for (const { target, typeOnly } of file.imports) {
        if (typeOnly || seen.has(target)) continue;
        seen.add(target);
        queue.push([...way, target]);
      }
    }
    return [];
  });
}

/** Every circle of imports that exist at run time, once each, from its first file in the alphabet. */
export function cycles(graph: ImportGraph): string[] {
  const found = new Set<string>();
  const done = new Set<string>();
  const visit = (path: string, way: string[]) => {
    const at = way.indexOf(path);
    if (at >= 0) {
      const circle = way.slice(at);
      const first = circle.indexOf([...circle].sort()[0]);
      const turned = [...circle.slice(first), ...circle.slice(0, first)];
      found.add([...turned, turned[0]].join(" -> "));
      return;
    }
    if (done.has(path)) return;
    for (const { target, typeOnly } of graph.get(path)?.imports ?? []) {
      if (!typeOnly) visit(target, [...way, path]);
    }
    done.add(path);
  };
  for (const path of [...graph.keys()].sort()) visit(path, []);
  return [...found].sort();
}

/** Comments become blank; strings stay, since specifiers are strings. */
function withoutComments(text: string): string {
  return text.replace(
    /("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`)|\/\*[^]*?\*\/|\/\/.*$/gm,
    (_, string) => string ?? "",
  );
}
