// What must hold of every view on every screen: read in the page itself.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

const AXE = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Nothing is cut off, nothing lies on anything, and fingers find what can be pressed. */
export async function wellLaidOut(page, name) {
  assert.deepEqual(await page.evaluate(faults), [], name);
}

/** No finding of axe, of any impact, by all its rules or by these. */
export async function accessible(page, name, rules = null) {
  if (!await page.evaluate(() => "axe" in window)) await page.evaluate(AXE);
  const found = await page.evaluate(async (rules) => {
    const { violations, passes } = await window.axe.run(document, rules ? { runOnly: rules } : {});
    if (passes.length === 0) return ["axe looked at nothing"];
    return violations.map(({ id, impact, nodes }) => `${impact}: ${id}: ${nodes.map((node) => node.html).slice(0, 3).join(" ")}`);
  }, rules);
  assert.deepEqual(found, [], name);
}

// Runs in the page.
function faults() {
  const found = [];
  const told = (node) => `<${node.tagName.toLowerCase()} class="${node.getAttribute("class") ?? ""}"> ${node.textContent.trim().slice(0, 40)}`;
  const wide = document.documentElement.scrollWidth;
  if (wide > innerWidth) found.push(`the page is ${wide} wide on a screen of ${innerWidth}`);

  for (const node of document.querySelectorAll("a, button, input, summary")) {
    const { width, height, left } = node.getBoundingClientRect();
    if (left >= 0 && (width < 24 || height < 24)) found.push(`too small to press, ${width} × ${height}: ${told(node)}`);
  }

  const texts = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    const parent = node.parentElement;
    if (!node.data.trim() || parent.closest("title, noscript, .skip, .folded") || !parent.checkVisibility()) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const box of range.getClientRects()) texts.push({ box, node: parent });
  }
  for (const { box, node } of texts) {
    if (!node.closest(".graph") && (box.left < -1 || box.right > innerWidth + 1)) found.push(`cut off: ${told(node)}`);
  }
  const over = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1.5 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 2.5;
  texts.forEach((a, at) => {
    const other = texts.slice(at + 1).find((b) => over(a.box, b.box));
    if (other) found.push(`one on the other: ${told(a.node)} / ${told(other.node)}`);
  });

  // Nothing moves, so nobody needs to ask for less of it.
  if (document.getAnimations().length > 0) found.push("something moves");
  return [...new Set(found)].slice(0, 10);
}
