// Search as one types.

import assert from "node:assert/strict";
import { drawn, inPagesOfTwo } from "./browser.mjs";

const titles = (page) => page.locator("a.title").allInnerTexts();
const EXOME = ["Exome panel, cardiology"];

export async function search(browser) {
  await asOneTypes(browser);
  await answersOutOfOrder(browser);
  await pagesOfResults(browser);
}

async function asOneTypes(browser) {
  const page = await browser.page();
  await browser.open(page, "#/");
  const input = page.getByRole("searchbox", { name: "Search titles, descriptions, builds and formats" });
  const asked = [];
  page.on("request", (request) => asked.push(request.url()));
  await input.click();
  // Quick typing: no letter waits for the one before to be answered, and only the last is asked for.
  await page.clock.install();
  await page.clock.pauseAt(Date.now() + 60_000);
  await page.keyboard.type("exome");
  await page.clock.runFor(500);
  await page.getByText("1 dataset found").waitFor();
  await page.clock.resume();
  assert.deepEqual(await titles(page), EXOME);
  assert.equal(asked.filter((url) => url.includes("/v1/datasets")).length, 1);
  assert.ok(await input.evaluate((node) => node === document.activeElement), "typing goes on");
  // Slowly: the beginning of a word finds it.
  await input.fill("");
  await page.getByText("4 datasets").waitFor();
  await page.keyboard.type("car");
  await page.getByText("1 dataset found").waitFor();
  await page.keyboard.press("Enter");
  assert.match(page.url(), /#\/\?q=car$/, "Enter sends no form");
  for (const words of ["\"*( OR NEAR", "%🧬", "zzz\ud83e"]) {
    await Promise.all([page.waitForResponse((said) => said.url().includes("?q=") && said.ok()), input.fill(words)]);
    await page.getByText("No dataset has these words.").waitFor();
  }
  // Coming back finds the same.
  await input.fill("exome");
  await page.getByText("1 dataset found").waitFor();
  await page.locator("a.title").click();
  await page.getByRole("heading", { name: EXOME[0] }).waitFor();
  await page.goBack();
  await page.getByText("1 dataset found").waitFor();
  assert.equal(await input.inputValue(), "exome");
  await page.reload();
  await drawn(page);
  assert.deepEqual([await input.inputValue(), await titles(page)], ["exome", EXOME]);
}

// The answer to what was typed first comes last.
async function answersOutOfOrder(browser) {
  const page = await browser.page();
  await browser.open(page, "#/");
  let release;
  const released = new Promise((resolve) => { release = resolve; });
  await page.route(/q=whole/, async (route) => {
    const response = await route.fetch();
    await released;
    // Whoever does not wait for it any more has ended the question.
    await route.fulfill({ response }).catch(() => {});
  });
  const input = page.locator("#q");
  await Promise.all([page.waitForRequest(/q=whole/), input.fill("whole")]);
  await input.fill("exome");
  await page.getByText("1 dataset found").waitFor();
  release();
  await page.waitForTimeout(300);
  assert.deepEqual(await titles(page), EXOME);
}

async function pagesOfResults(browser) {
  const page = await browser.page();
  await inPagesOfTwo(page);
  await browser.open(page, "#/");
  await page.getByText("The first 2 datasets").waitFor();
  await page.getByRole("button", { name: "Show more" }).press("Enter");
  await page.locator("a.title").nth(3).waitFor();
  const hrefs = await page.locator("a.title").evaluateAll((all) => all.map((a) => a.getAttribute("href")));
  assert.deepEqual(hrefs, [1, 2, 3, 4].map((n) => `#/dataset/${n}`));
  assert.equal(await page.evaluate(() => document.activeElement.getAttribute("href")), "#/dataset/3", "reading goes on there");
  assert.equal(await page.getByRole("button", { name: "Show more" }).count(), 0);

  await browser.open(page, "#/logs");
  await page.locator("a.title").last().click();
  const steps = page.locator("h2:text('Steps') + div li");
  await steps.nth(1).waitFor();
  await page.getByRole("button", { name: "Show more" }).first().click();
  await steps.nth(3).waitFor();
  const numbers = (await steps.allInnerTexts()).map((text) => /^Step (\d)/.exec(text)[1]);
  assert.deepEqual(numbers, ["3", "2", "1", "0"]);
}
