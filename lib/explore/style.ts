/** @module The look of the page: one column on a telephone, two on a desk; light or dark as the reader's system says. */

/** The page's style sheet. */
export const style = `
:root { color-scheme: light dark; --page: #f4f5f7; --card: #ffffff; --ink: #1d2129; --soft: #5d6571; --line: #dfe2e8;
  --accent: #0072b2; --on-accent: #ffffff; --alarm: #a03800; --alarm-back: #fdf0e6; }
@media (prefers-color-scheme: dark) { :root { --page: #101216; --card: #181b21; --ink: #f2f4f8; --soft: #a3acb9;
  --line: #2c323c; --accent: #4fb3ee; --on-accent: #08131b; --alarm: #ffb58a; --alarm-back: #33221a; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink);
  font: 15px/1.5 Inter, system-ui, -apple-system, "Segoe UI", "Helvetica Neue", Arial, sans-serif; }
.page { max-width: 1280px; margin: 0 auto; padding: 18px 24px 32px; }
header { display: flex; flex-wrap: wrap; align-items: baseline; gap: 2px 14px; margin-bottom: 12px; }
h1 { font-size: 20px; line-height: 1.25; margin: 0; letter-spacing: -0.01em; }
header a { color: var(--soft); font-size: 13px; }
nav { display: flex; gap: 4px; margin-bottom: 16px; border-bottom: 1px solid var(--line); overflow-x: auto; }
nav button { border: 0; border-bottom: 3px solid transparent; border-radius: 0; background: none; padding: 8px 12px;
  color: var(--soft); white-space: nowrap; }
nav button[aria-current] { color: var(--ink); border-bottom-color: var(--accent); font-weight: 600; }
main { display: grid; grid-template: "side stage" auto "readings stage" 1fr / 310px minmax(0, 1fr); gap: 16px; align-items: start; }
.side { grid-area: side; } .stage { grid-area: stage; } .readings { grid-area: readings; }
.readings:has(dl:empty) { display: none; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 16px 18px; min-width: 0; }
.lead { margin: 0 0 14px; color: var(--soft); font-size: 14px; }
.control { display: grid; grid-template-columns: 1fr 92px; gap: 2px 8px; align-items: center; margin-bottom: 12px; }
.control label { font-size: 13.5px; font-weight: 500; }
.control input[type=range], .control textarea, .control .chips { grid-column: 1 / -1; width: 100%; }
input[type=range] { accent-color: var(--accent); height: 24px; margin: 0; }
input[type=number], select, textarea { font: inherit; font-variant-numeric: tabular-nums; color: inherit;
  background: var(--page); border: 1px solid var(--line); border-radius: 6px; padding: 3px 7px; width: 100%; }
select { grid-column: 1 / -1; padding: 6px 7px; }
textarea { font: 13.5px/1.5 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; resize: vertical; padding: 7px 9px; }
[aria-invalid=true] { border-color: var(--alarm); }
.chips { display: flex; flex-wrap: wrap; gap: 6px; margin-top: 2px; }
button { font: inherit; font-size: 13.5px; color: var(--ink); background: var(--card); border: 1px solid var(--line);
  border-radius: 7px; padding: 5px 11px; cursor: pointer; }
button:hover { border-color: var(--accent); }
button.chip { border-radius: 99px; padding: 2px 10px; background: var(--page); font-size: 13px; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
dl { display: grid; grid-template-columns: 1fr auto; gap: 4px 12px; margin: 0; font-size: 13.5px; }
dt { color: var(--soft); }
dd { margin: 0; text-align: right; font-variant-numeric: tabular-nums; font-weight: 500; }
h2 { font-size: 17px; line-height: 1.35; margin: 0 0 12px; }
#refusal { background: var(--alarm-back); color: var(--alarm); border-radius: 8px; padding: 10px 14px; margin: 0 0 14px; }
#refusal:empty { display: none; }
#panels { display: grid; gap: 18px 24px; transition: opacity 0.12s; }
#panels.stale { opacity: 0.25; }
#panels svg { display: block; max-width: 100%; height: auto; }
.caption { color: var(--soft); font-size: 13px; margin: 16px 0 0; max-width: 86ch; }
#progress { display: flex; align-items: center; gap: 10px; color: var(--soft); font-size: 13px; min-height: 22px; margin-top: 10px; }
#progress:empty { display: none; }
progress { width: 130px; accent-color: var(--accent); }
.live { display: flex; flex-wrap: wrap; gap: 8px; align-items: center; margin: 0 0 14px; }
.live:empty { display: none; }
.live p { margin: 0; } .live p, .live code, #live { color: var(--soft); font-size: 13px; }
button.primary { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
button:disabled { opacity: 0.45; cursor: default; } button:disabled:hover { border-color: var(--line); }
.tools { display: flex; flex-wrap: wrap; gap: 8px; margin-top: 14px; align-items: center; }
#said { color: var(--soft); font-size: 13px; }
pre { background: var(--page); border: 1px solid var(--line); border-radius: 7px; padding: 10px 12px; margin: 12px 0 0;
  overflow-x: auto; font-size: 12.5px; }
@media (max-width: 820px) { .page { padding: 14px 12px 24px; } main { grid-template: "side" "stage" "readings" / minmax(0, 1fr); gap: 12px; }
  form { display: grid; grid-template-columns: 1fr 1fr; gap: 0 16px; } .control { align-content: end; }
  .control.wide, .control.wide + .control:last-child, .control:nth-child(odd):last-child { grid-column: 1 / -1; }
  .control { grid-template-columns: 1fr 68px; margin-bottom: 8px; } .lead { margin-bottom: 8px; }
  .card { padding: 13px 14px; } h1 { font-size: 18px; } }
@media (prefers-reduced-motion: reduce) { #panels { transition: none; } }
`;
