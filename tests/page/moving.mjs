// Going about: links, back, forward, reload; and what somebody without a script sees.

import assert from "node:assert/strict";
import { drawn } from "./browser.mjs";

export async function moving(browser) {
  const page = await browser.page({ width: 360 });
  await browser.open(page, "#/");
  await page.getByRole("link", { name: "Whole-blood genotypes" }).click();
  const heading = page.getByRole("heading", { level: 1 });
  await page.getByRole("heading", { name: "called again" }).waitFor();
  await page.locator("a", { hasText: /^Result 1$/ }).scrollIntoViewIfNeeded();
  await page.waitForFunction(() => history.state?.y > 0);
  const y = await page.evaluate(() => scrollY);
  await page.locator("a", { hasText: /^Result 1$/ }).click();
  await page.getByText("The chain accepted its proof.").waitFor();
  assert.equal(await page.evaluate(() => scrollY), 0, "a new view begins at its top");
  assert.equal(await page.title(), "Result 1 – Provenome");
  assert.equal(await page.locator("nav [aria-current=page]").innerText(), "Results");
  await page.goBack();
  await page.getByRole("heading", { name: "called again" }).waitFor();
  await page.waitForFunction((y) => Math.abs(scrollY - y) < 2, y);
  await page.goForward();
  await page.getByText("The chain accepted its proof.").waitFor();
  await page.reload();
  await drawn(page);
  assert.equal(await heading.innerText(), "Result 1");
  await page.getByRole("link", { name: "Dataset 1", exact: true }).first().click();
  await page.getByRole("heading", { name: "called again" }).waitFor();

  for (const address of ["#/?q=%E0%A4%A", "#/?q=%00", "#/?x=y", "#"]) {
    await browser.open(page, address);
    assert.equal(await heading.innerText(), "Datasets", address);
  }
  await aLateAnswerIsNotShown(browser);

  const plain = await browser.page({ width: 360, javaScriptEnabled: false });
  await plain.goto("/");
  assert.match(await plain.locator("main").innerText(), /^This page needs its script\n/);
  await browser.picture(plain, "without-script-360");
}

// Whoever went on does not see what they left.
async function aLateAnswerIsNotShown(browser) {
  const page = await browser.page();
  await browser.open(page, "#/");
  let release;
  const released = new Promise((resolve) => { release = resolve; });
  await page.route(/\/v1\/grants\?/, async (route) => {
    const response = await route.fetch();
    await released;
    await route.fulfill({ response }).catch(() => {});
  });
  await Promise.all([page.waitForRequest(/\/v1\/grants\?/), page.getByRole("link", { name: "Grants" }).click()]);
  await page.getByRole("link", { name: "Logs" }).click();
  await page.getByRole("heading", { name: "Logs" }).waitFor();
  release();
  await page.waitForTimeout(300);
  assert.equal(await page.getByRole("heading", { level: 1 }).innerText(), "Logs");
}
