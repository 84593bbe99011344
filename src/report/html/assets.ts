/** The look of the page and the little that it does by itself: search, and opening everything for print. No part of it needs a network. */

/** The styles: light and dark as the reader's system is, narrow and wide, printed. */
export const STYLE = `
:root { color-scheme: light dark; --ink: #1c1c1c; --paper: #ffffff; --soft: #f3f3f3; --rule: #c9c9c9; --dim: #585858; --origin: #8f3f00; --sure: #005f87; --doubt: #5f5f00; --danger: #af005f; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e4e4; --paper: #121212; --soft: #1f1f1f; --rule: #444; --dim: #9a9a9a; --origin: #ffaf5f; --sure: #87d7ff; --doubt: #d7d787; --danger: #ff87af; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 72rem; padding: 1rem; font: 15px/1.45 system-ui, sans-serif; color: var(--ink); background: var(--paper); overflow-wrap: anywhere; }
h1 { font-size: 1.3rem; } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; } h3 { font-size: .95rem; margin: 1rem 0 .25rem; }
.dim { color: var(--dim); } .origin { color: var(--origin); font-weight: 600; } .sure { color: var(--sure); } .doubt { color: var(--doubt); } .danger { color: var(--danger); font-weight: 600; }
code, pre, .tree, .time { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: 13px; }
pre { white-space: pre-wrap; margin: .25rem 0; }
table { border-collapse: collapse; width: 100%; } td, th { text-align: left; padding: .2rem .75rem .2rem 0; vertical-align: top; border-bottom: 1px solid var(--rule); } th { font-weight: 600; color: var(--dim); }
.number { text-align: right; font-variant-numeric: tabular-nums; }
.wide { overflow-x: auto; }
article { border: 1px solid var(--rule); border-radius: 6px; margin: .75rem 0; background: var(--paper); }
article > details > summary { padding: .6rem .8rem; cursor: pointer; background: var(--soft); border-radius: 6px; }
article > details > div { padding: .2rem .8rem .8rem; }
.tree { white-space: pre; } .tree td { border: 0; padding: 0 1rem 0 0; } .tree td:last-child { white-space: normal; }
.struck { text-decoration: line-through; }
.time { display: grid; grid-template-columns: minmax(6rem, max-content) 1fr; gap: .15rem .75rem; align-items: center; }
.bar { position: relative; height: 1rem; background: var(--soft); border-radius: 2px; }
.bar i { position: absolute; top: 0; bottom: 0; min-width: 3px; border-radius: 2px; }
.bar .work { background: var(--sure); opacity: .45; } .bar .way { top: 45%; bottom: 45%; background: var(--dim); } .bar .heard { background: var(--sure); } .bar .starts { background: var(--origin); } .bar .ghost { background: repeating-linear-gradient(45deg, var(--danger) 0 4px, transparent 4px 7px); }
#find { width: 100%; padding: .5rem; font: inherit; color: inherit; background: var(--soft); border: 1px solid var(--rule); border-radius: 6px; position: sticky; top: .5rem; z-index: 1; }
[hidden] { display: none !important; }
@media (max-width: 40rem) { body { padding: .5rem; } .tree td:last-child { padding-right: 0; } .less { display: none; } }
@media print { :root { --ink: #000; --paper: #fff; --soft: #f3f3f3; --rule: #bbb; --dim: #444; --origin: #8f3f00; --sure: #005f87; --doubt: #5f5f00; --danger: #af005f; } #find { display: none; } article { break-inside: avoid-page; } body { max-width: none; } }
`;

/** The script: words that are typed hide what does not hold all of them; before printing everything opens. */
export const SCRIPT = `
(() => {
  const find = document.getElementById("find");
  const count = document.getElementById("found");
  const items = [...document.querySelectorAll("[data-item]")].map((node) => ({ node, text: node.textContent.toLowerCase() }));
  const cases = items.filter(({ node }) => node.tagName === "ARTICLE").length;
  const search = () => {
    const words = find.value.toLowerCase().split(/\\s+/).filter(Boolean);
    let shown = 0;
    for (const { node, text } of items) {
      const hit = words.every((word) => text.includes(word));
      node.hidden = !hit;
      if (hit && node.tagName === "ARTICLE") shown += 1;
    }
    count.textContent = words.length === 0 ? "" : shown + " of " + cases + " shown";
  };
  find.addEventListener("input", search);
  addEventListener("keydown", (event) => {
    if (event.key === "/" && document.activeElement !== find) { event.preventDefault(); find.focus(); }
  });
  addEventListener("beforeprint", () => { for (const each of document.querySelectorAll("details")) each.open = true; });
})();
`;
