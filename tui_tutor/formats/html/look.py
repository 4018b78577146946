"""How an exported page looks: one style sheet for screen, dark screen and paper."""

from typing import Final

STYLE: Final = """
:root { --page:#fff; --panel:#f4f4f4; --text:#262626; --muted:#585858; --accent:#005fd7; --rule:#bcbcbc;
  --alarm:#af0000; --keyword:#005f87; --literal:#5f5f00;
  --mono:"DejaVu Sans Mono",Menlo,Consolas,monospace; }
* { box-sizing:border-box; }
body { overflow-wrap:anywhere; margin:0 auto; max-width:54rem; padding:1.5rem 1rem 4rem;
  background:var(--page); color:var(--text);
  font:1rem/1.55 system-ui,"DejaVu Sans",sans-serif; }
header { border-bottom:1px solid var(--rule); padding-bottom:.6rem; margin-bottom:1.4rem; }
header .where { display:flex; flex-wrap:wrap; justify-content:space-between; gap:.2rem 2rem;
  color:var(--muted);
  font:.85rem var(--mono); }
h1 { font-size:1.6rem; margin:.6rem 0 .2rem; line-height:1.2; }
h2 { font-size:1.3rem; } h3 { font-size:1.1rem; }
.objective { margin:.2rem 0; } .objective b, .muted, small { color:var(--muted); font-weight:normal; }
section { display:grid; grid-template-columns:5.5rem minmax(0,1fr); gap:0 1rem; margin:0 0 1.5rem; }
section.output { margin-top:-1.1rem; }
section > .label { font:.8rem/1.9 var(--mono); color:var(--muted); text-align:right; white-space:nowrap; }
section > .body > :first-child { margin-top:0; } section > .body > :last-child { margin-bottom:0; }
.tag { font:.75rem var(--mono); color:var(--muted); margin:0 0 .3rem; }
pre, code, .math { font-family:var(--mono); font-size:.86rem; }
pre { margin:.4rem 0; padding:.6rem .8rem; background:var(--panel); overflow-x:auto; line-height:1.45;
  border-left:3px solid var(--rule); white-space:pre-wrap; overflow-wrap:anywhere; }
pre.stdout, pre.result, pre.stderr { background:none; border-left-color:transparent; padding:.2rem .8rem; }
pre.stderr { border-left-color:var(--alarm); }
p code, li code, td code { background:var(--panel); padding:.05em .3em; border-radius:3px; }
img { max-width:100%; } img.pixels { width:100%; image-rendering:pixelated; }
.grid { display:grid; gap:.4rem; max-width:40rem; }
figure { margin:0; } figcaption { color:var(--muted); font-size:.9rem; }
svg.plot { width:100%; max-width:40rem; height:auto; background:#fff; color:#262626; }
.plot .frame, .plot .rule { fill:none; stroke:#9a9a9a; } .plot .rule { stroke-dasharray:3 3; }
.plot .line { fill:none; stroke-width:1.8; } .plot .tick { font:12px var(--mono); fill:#404040; }
.plot .letter { font:bold 11px var(--mono); text-anchor:middle; }
table { border-collapse:collapse; } th, td { border:1px solid var(--rule); padding:.25rem .6rem;
  text-align:left; }
aside { border-left:3px solid var(--accent); padding:.1rem .9rem; margin:.6rem 0; } aside > b {
  color:var(--accent); }
blockquote { border-left:3px solid var(--rule); margin-left:0; padding-left:.9rem; color:var(--muted); }
a { color:var(--accent); }
.error { color:var(--alarm); font-family:var(--mono); font-size:.86rem; }
.picture { color:var(--muted); font-style:italic; }
ul.options, ol.items { padding-left:0; list-style:none; } ul.options li, ol.items li { margin:.25rem 0; }
ul.options label { cursor:pointer; } ul.options .feedback { display:none; margin:.1rem 0 .2rem 1.7rem; }
ul.options li:has(input:checked) .feedback { display:block; }
ol.items li { font-family:var(--mono); font-size:.86rem; white-space:pre-wrap;
  border:1px dashed var(--rule);
  padding:.1rem .5rem; }
input[type=text], textarea { font:inherit; color:inherit; background:var(--page);
  border:1px solid var(--rule);
  padding:.2rem .4rem; max-width:100%; } textarea { width:100%; min-height:4.5rem; }
details { margin:.35rem 0; } summary { cursor:pointer; color:var(--accent); width:fit-content; }
ul.checks { padding-left:1.2rem; color:var(--muted); }
nav { margin-top:2rem; border-top:1px solid var(--rule); padding-top:.8rem; display:flex;
  justify-content:space-between; }
footer { margin-top:1rem; color:var(--muted); font-size:.85rem; }
.k, .kn, .kd, .kc, .kr, .ow { color:var(--keyword); font-weight:600; } .s, .s1, .s2, .sd, .sa, .mi, .mf {
  color:var(--literal); }
.c, .c1, .cm { color:var(--muted); font-style:italic; }
@media (max-width:38rem) { section { grid-template-columns:1fr; } section.output { margin-top:-1.1rem; }
section > .label { text-align:left; } }
@media (prefers-color-scheme:dark) { :root { --page:#121212; --panel:#1c1c1c; --text:#d4d4d4;
  --muted:#a0a0a0;
  --accent:#5fafff; --rule:#444; --alarm:#ff8700; --keyword:#87afd7; --literal:#afaf87; }
  pre span[style] { filter:invert(1) hue-rotate(180deg); } }
@media print { :root { --page:#fff; --panel:#fff; --text:#000; --muted:#444; --accent:#000; --rule:#888;
  --alarm:#000;
  --keyword:#000; --literal:#000; } body { max-width:none; padding:0; font-size:10.5pt; } nav, summary {
  display:none; }
  pre { border:1px solid var(--rule); } section, figure, li { break-inside:avoid; } pre {
  break-inside:auto; }
  h1, h2, h3 { break-after:avoid; } a { text-decoration:none; } @page { margin:18mm; } }
"""
