// Every view, on a phone and on a desk, in light and in dark: the words that must be there, no
// finding of axe, a clean layout, a picture.

import assert from "node:assert/strict";
import { accessible, wellLaidOut } from "./layout.mjs";

const HASH = /0x[0-9a-f]{8}…[0-9a-f]{6}/;

/** Name, address, service, words. */
const VIEWS = [
  ["datasets", "#/", "honest", ["Whole-blood genotypes, chromosome 22, called again", "300 tUSD", "4 datasets, as they were listed", "not on sale now", /As of block \d+\s+0x/, /\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC/]],
  ["search", "#/?q=exome", "honest", ["Exome panel, cardiology", "1 dataset found, the best first"]],
  ["search-nothing", "#/?q=nosuchword", "honest", ["No dataset has these words."]],
  ["dataset", "#/dataset/1", "honest", ["300 tUSD", "250 tUSD", "version 2", "31 people", "In the provider’s words:", "Version 1", "Version 2", "the panel is as listed", "proved, under development keys", "Grant 1", "Grant 3", "in force", "replaced", "provenome buy dataset:1", HASH]],
  ["dataset-hostile", "#/dataset/3", "honest", ["<img src=x onerror=alert(1)>", "<script>alert(1)</script>", "Show all of it", "Nobody has bought it."]],
  ["dataset-copied", "#/dataset/4", "honest", ["(no store has its manifest)", "Warning: dataset:1, listed before, has the same panel", "0.000001 tUSD"]],
  ["result-proved", "#/result/1", "honest", ["proved, under development keys", "The chain accepted its proof.", "The network’s policy names the circuit.", "The statement was recomputed from the record, and is the one on chain.", "anyone can forge", "provenome audit result:1", "The same in words: 5 nodes, 4 edges"]],
  ["result-posted", "#/result/1", "doubting", ["posted", "Why: circuit: the policy does not name 0x"]],
  ["result-without-record", "#/result/1", "bare", ["posted", "Why: record: no store has it", /Not in the picture: the record: no store has it\n/, /Not in the picture: the provider's log: the list of steps below \d+: no store has it/]],
  ["results", "#/results", "honest", ["Result 1", "proved, under development keys"]],
  ["grants", "#/grants", "honest", ["delivered, in its dispute window", "declined, refunded", "paid, not delivered yet", "12.5 tUSD"]],
  ["grant", "#/grant/1", "honest", ["Gives access now", "Dispute window ends", "250 tUSD", "provenome show grant:1"]],
  ["logs", "#/logs", "honest", ["4 steps anchored", "1 step anchored"]],
  ["log", "#/logs", "honest", ["Step 0: list", "from outside, unattested", "Anchors", "1 step"]],
  ["unknown", "#/dataset/99", "honest", ["Not found", "there is no dataset:99"]],
  ["no-such-page", "#/nonsense", "honest", ["There is no such page."]],
];

export async function views(browser) {
  await Promise.all([360, 1280].map((width) => every(browser, width)));
  await theGraphIsDrawn(browser);
}

async function every(browser, width) {
  const pages = {};
  for (const [name, address, from, words] of VIEWS) {
    const page = pages[from] ??= await browser.page({ from, width, refused: true });
    await browser.open(page, address);
    await one(browser, page, name, words, `${name}-${width}`);
  }
}

async function one(browser, page, name, words, told) {
  if (name === "log") {
    await page.locator("a.title").last().click();
    await page.locator("h2").first().waitFor();
  }
  const text = await page.locator("body").innerText();
  for (const word of words) assert.ok(typeof word === "string" ? text.includes(word) : word.test(text), `${told}: no ${word} in ${text}`);
  assert.doesNotMatch(text, /dir:|\/tmp\/|http:/, `${told}: where the server has its things is not for strangers`);
  await wellLaidOut(page, told);
  await accessible(page, told);
  await browser.picture(page, told);
  // Colours are all that is different.
  await page.emulateMedia({ colorScheme: "dark" });
  await accessible(page, `${told}-dark`, ["color-contrast"]);
  await page.emulateMedia({ colorScheme: "light" });
}

async function theGraphIsDrawn(browser) {
  for (const [width, across] of [[1280, true], [360, false]]) {
    const page = await browser.page({ width });
    await browser.open(page, "#/result/1");
    const boxes = await page.locator(".graph .node rect").evaluateAll((all) => all.map((box) => box.getBoundingClientRect().toJSON()));
    assert.equal(boxes.length, 5);
    assert.equal(await page.locator(".graph .edge path[marker-end]").count(), 4);
    const [tops, lefts] = ["top", "left"].map((side) => new Set(boxes.map((box) => Math.round(box[side]))).size);
    assert.deepEqual([tops, lefts], across ? [1, 5] : [5, 1], `at ${width}`);
    await page.getByText("The same in words").click();
    const words = await page.locator(".in-words li").allInnerTexts();
    assert.equal(words.length, 4);
    assert.match(words.join("\n"), /^Input: file \(outside, unattested\) → Step: list \(0x.*\), as file\n/);
    assert.match(words.join("\n"), /\nDataset 1 \(version 1: Whole-blood.*\) → Step: result .*, as dataset\nStep: result .* → Result 1, as posted$/);
    await wellLaidOut(page, `graph at ${width}`);
    // The other way round when the screen is turned.
    await page.setViewportSize({ width: across ? 360 : 1280, height: 800 });
    await page.waitForFunction((down) => {
      const [a, b] = document.querySelectorAll(".graph .node rect");
      return (a.x.baseVal.value === b.x.baseVal.value) === down;
    }, across);
  }
}
