// Words of strangers stay words.

import assert from "node:assert/strict";

export async function hostile(browser) {
  const page = await browser.page({ width: 360 });
  for (const address of ["#/", "#/dataset/3", "#/?q=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E"]) {
    await browser.open(page, address);
    assert.equal(await page.locator("main img, main script, main b, main iframe").count(), 0, address);
    assert.doesNotMatch(await page.locator("body").innerText(), /[\u202a-\u202e\u2066-\u2069]|\u0301{5}/u, address);
  }
  assert.equal(await page.locator("#q").inputValue(), "<img src=x onerror=alert(1)>");

  await browser.open(page, "#/dataset/3");
  const folded = page.locator(".text").last();
  const before = (await folded.boundingBox()).height;
  const whole = await folded.evaluate((node) => node.textContent);
  assert.ok(whole.startsWith("<script>alert(1)</script>") && new TextEncoder().encode(whole).length > 16_000);
  await page.getByRole("button", { name: "Show all of it" }).last().click();
  assert.ok((await folded.boundingBox()).height > 4 * before);
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 360);
  await page.getByRole("button", { name: "Show less" }).click();
  assert.equal((await folded.boundingBox()).height, before);

  // The policy is there, and holds even where a script of the page goes wrong.
  const refused = await page.evaluate(() => {
    try {
      document.body.innerHTML = "<p>";
      return "allowed";
    } catch (error) {
      return error.name;
    }
  });
  assert.equal(refused, "TypeError");
  browser.forgive(page, /TrustedHTML/);
}
