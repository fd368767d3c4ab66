// Everything by keyboard alone.

import assert from "node:assert/strict";

export async function keyboard(browser) {
  const page = await browser.page({ permissions: ["clipboard-read", "clipboard-write"] });
  await browser.open(page, "#/");
  await page.keyboard.press("Tab");
  const skip = page.getByRole("link", { name: "Skip to content" });
  assert.ok((await skip.boundingBox()).x >= 0, "the link is seen while it has the focus");
  await page.keyboard.press("Enter");
  assert.match(page.url(), /#\/$/, "skipping leaves the view");
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.id), "q");

  // Into a dataset: the focus goes where the new view begins.
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "called again" }).waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.tagName), "H1");
  assert.ok(await page.evaluate(seen), "the focus is seen on the heading");

  for (const address of ["#/", "#/dataset/1", "#/dataset/3", "#/result/1", "#/grant/1", "#/logs"]) await everythingInTurn(browser, page, address);

  await browser.open(page, "#/result/1");
  const circuit = page.getByRole("button", { name: "Copy the circuit’s id" });
  const whole = await page.locator("dt:text('Circuit') + dd code").getAttribute("title");
  assert.match(whole, /^0x[0-9a-f]{64}$/);
  await circuit.press("Enter");
  await page.getByText("copied").waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), whole);
  const words = page.getByText("The same in words");
  await words.press("Enter");
  await page.locator(".in-words li").first().waitFor();

  // Without a clipboard the whole of it is shown.
  const poor = await browser.page();
  await poor.addInitScript(() => Object.defineProperty(navigator, "clipboard", { value: undefined }));
  await browser.open(poor, "#/result/1");
  await poor.getByRole("button", { name: "Copy the circuit’s id" }).press("Space");
  assert.equal(await poor.evaluate(() => String(getSelection())), whole);
}

// Tab goes through all there is, in the order of the page, seen each time, and out at its end.
async function everythingInTurn(browser, page, address) {
  await page.goto("about:blank");
  await browser.open(page, address);
  const all = await page.evaluate(() => {
    const nodes = [...document.querySelectorAll("a[href], button, input, summary, [tabindex='0']")].filter((node) => node.checkVisibility());
    nodes.forEach((node, at) => { node.dataset.at = at; });
    return nodes.length;
  });
  for (let at = 0; at < all; at++) {
    await page.keyboard.press("Tab");
    const [now, visible] = await page.evaluate(`[document.activeElement.dataset.at, (${seen})()]`);
    assert.equal(now, String(at), `${address}: Tab ${at}`);
    assert.ok(visible, `${address}: the focus is not seen at ${at}`);
  }
  await page.keyboard.press("Tab");
  const end = await page.evaluate(() => document.activeElement.dataset.at);
  assert.ok(end === undefined || end === "0", `${address}: the end is at ${end}`);
}

// Runs in the page.
function seen() {
  const node = document.activeElement;
  const { outlineStyle, outlineWidth } = getComputedStyle(node);
  const { top, bottom, left } = node.getBoundingClientRect();
  return outlineStyle === "solid" && parseFloat(outlineWidth) >= 2 && left >= 0 && bottom > 0 && top < innerHeight;
}
