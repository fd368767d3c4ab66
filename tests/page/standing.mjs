// "proved" is said of what the service calls proved, and of nothing else.

import assert from "node:assert/strict";
import { changed } from "./browser.mjs";

/** What the service says, and what is shown. */
const WORDS = [
  [{ standing: "proved", development_keys: false }, "proved"],
  [{ standing: "proved", development_keys: true }, "proved, under development keys"],
  [{ standing: "posted", development_keys: false }, "posted"],
  [{ standing: "PROVED", development_keys: false }, "posted"],
  [{ standing: "proved ", development_keys: false }, "posted"],
  [{ standing: "unproved", development_keys: false }, "posted"],
  [{ standing: null, development_keys: false }, "posted"],
];

const PLACES = [
  ["#/result/1", ".verdict .badge"],
  ["#/results", "main .badge"],
  ["#/dataset/1", "h2:text('Results') + div .badge"],
];

export async function standing(browser) {
  for (const from of ["doubting", "bare"]) {
    const page = await browser.page({ from });
    for (const [address, place] of PLACES) {
      await browser.open(page, address);
      assert.equal(await page.locator(place).innerText(), "posted");
      // A dataset has columns that can be proved; nothing of a result is called so.
      const markup = await page.locator("main").evaluate((main) => main.outerHTML);
      assert.doesNotMatch(markup.replace("Columns that can be proved", ""), /proved/i, `${from} ${address}`);
    }
  }
  const page = await browser.page();
  let words;
  await changed(page, /\/v1\/results\/1$/, ({ result }) => Object.assign(result, words));
  await changed(page, /\/v1\/results\?/, ({ results }) => Object.assign(results[0], words));
  for (const [said, shown] of WORDS) {
    words = said;
    // Lists say it by the same function.
    for (const [address, place] of said.standing === "proved" ? PLACES : PLACES.slice(0, 1)) {
      await browser.open(page, address);
      assert.equal(await page.locator(place).innerText(), shown, `${said.standing} at ${address}`);
      const grounds = address === "#/result/1" && said.standing === "proved" ? 3 : 0;
      assert.equal(await page.locator(".grounds li").count(), grounds);
    }
  }
}
