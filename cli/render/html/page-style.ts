import {svgStyle} from '../drawing/svg.ts';

/** How the page of a plan looks: light, dark, narrow and printed. */
export const pageStyle: string = `${svgStyle}
:root { color-scheme: light dark; --ink: #1f2328; --faint: #57606a; --paper: #ffffff; --box: #f6f8fa; --line: #d1d9e0; --hit: #1a7f37; --miss: #cf222e; --unknown: #9a6700; --focus: #0969da; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --faint: #9198a1; --paper: #0d1117; --box: #161b22; --line: #3d444d; --hit: #3fb950; --miss: #ff7b72; --unknown: #d29922; --focus: #4493f8; } }
body { margin: 0 auto; max-width: 75rem; padding: 1rem; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.2rem; } h3 { font-size: 1rem; margin: 1.2rem 0 0.3rem; } small { color: var(--faint); font-weight: 400; }
.summary { font-weight: 600; }
figure { margin: 0; padding: 0.5rem; border: 1px solid var(--line); border-radius: 6px; } .scroll { overflow-x: auto; }
figcaption { color: var(--faint); font-size: 0.85rem; }
code, dd { font-family: ui-monospace, monospace; font-size: 0.85rem; }
details { border: 1px solid var(--line); border-left: 4px solid var(--line); border-radius: 4px; margin: 2px 0; background: var(--box); }
details.hit { border-left-color: var(--hit); } details.miss, details.follows { border-left-color: var(--miss); } details.unknown { border-left-color: var(--unknown); }
summary { cursor: pointer; display: grid; grid-template-columns: 3rem 6.5rem 1fr; gap: 0.5rem; padding: 0.2rem 0.5rem; }
.line { color: var(--faint); text-align: right; } .line::before { content: '▸ '; } [open] .line::before { content: '▾ '; }
.hit .sign { color: var(--hit); } .miss .sign, .follows .sign { color: var(--miss); } .unknown .sign { color: var(--unknown); } .miss .sign { font-weight: 700; }
.none summary { color: var(--faint); }
dl { display: grid; grid-template-columns: 6.5rem 1fr; gap: 0.2rem 0.5rem; margin: 0; padding: 0.4rem 0.5rem 0.6rem 4rem; }
dt { color: var(--faint); } dd { margin: 0; white-space: pre-wrap; }
:focus-visible, .stage:target { outline: 2px solid var(--focus); outline-offset: 2px; }
@media (max-width: 45rem) { summary { grid-template-columns: 2rem 1fr; } summary code { grid-column: 1 / -1; } dl { grid-template-columns: 1fr; padding-left: 0.5rem; } }
@media print { body { max-width: none; } figure { border: none; } .scroll { overflow: visible; } figure svg { max-width: 100%; height: auto; } .stage:target { outline: none; } .line::before, [open] .line::before { content: ''; } details { break-inside: avoid; } }
`;
