/** The style sheet of the page of a load run. Colours that are told apart by people who see fewer of them, too. */
export const PAGE_STYLE = `
:root { color-scheme: light dark; --paper: #fcfcfb; --ink: #1a1a19; --soft: #5f5e5a; --line: #dddcd6; --now: #2a78d6; --before: #d0622a; --good: #1a7f3c; --bad: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --paper: #1a1a19; --ink: #f0efec; --soft: #b0aea6; --line: #3b3a37; --now: #5b9bea; --before: #e58a57; --good: #5ec27f; --bad: #ff8a80; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 820px; padding: 24px 16px 48px; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 22px; margin: 0 0 4px; overflow-wrap: anywhere; }
h2 { font-size: 16px; margin: 28px 0 6px; }
p, ul { margin: 4px 0; overflow-wrap: anywhere; }
.good { color: var(--good); }
.bad { color: var(--bad); }
.note { color: var(--soft); font-size: 13px; }
.legend { margin-top: 16px; }
.key { display: inline-block; width: 22px; height: 0; border-top: 2.5px solid; vertical-align: middle; margin-left: 14px; }
.key:first-child { margin-left: 0; }
.key.now { border-color: var(--now); }
.key.before { border-color: var(--before); border-top-style: dashed; }
svg { display: block; width: 100%; height: auto; }
svg text { fill: var(--soft); font-size: 12px; font-variant-numeric: tabular-nums; }
svg .y { text-anchor: end; dominant-baseline: middle; }
svg .x { text-anchor: middle; }
svg .end { text-anchor: end; }
svg .grid, svg .tick { stroke: var(--line); fill: none; }
.curve path { fill: none; stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; }
.curve.now path { stroke: var(--now); }
.curve.before path { stroke: var(--before); stroke-dasharray: 6 4; }
.curve circle { fill: transparent; }
.curve.now circle:hover { fill: var(--now); }
.curve.before circle:hover { fill: var(--before); }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 3px 18px 3px 0; border-bottom: 1px solid var(--line); font-weight: 400; }
thead th { color: var(--soft); text-align: right; }
tbody th { text-align: left; }
td { text-align: right; }
`;
