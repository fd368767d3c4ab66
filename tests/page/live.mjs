// What happens on the chain comes to whoever looks, and not under the hands of whoever reads.

import assert from "node:assert/strict";

const NEW = "Methylation, umbilical cord";

export async function live(browser) {
  const [list, search, reader, dataset] = await Promise.all([0, 1, 2, 3].map(() => browser.page()));
  await browser.open(list, "#/");
  await browser.open(search, "#/");
  await search.locator("#q").fill("umbilical");
  await search.getByText("No dataset has these words.").waitFor();
  await browser.open(reader, "#/");
  await reader.locator("a.title").first().focus();
  await browser.open(dataset, "#/grant/1");
  const block = await dataset.locator("#position").innerText();
  const drawnOnce = await dataset.locator("main dl").elementHandle();

  await browser.have("list");
  await list.getByRole("link", { name: NEW }).waitFor();
  await list.getByText("5 datasets").waitFor();
  await search.getByRole("link", { name: NEW }).waitFor();
  assert.ok(await search.locator("#q").evaluate((node) => node === document.activeElement && node.value === "umbilical"));

  const notice = reader.getByRole("status").filter({ hasText: "Something shown here has changed." });
  await notice.waitFor();
  assert.equal(await reader.getByRole("link", { name: NEW }).count(), 0);
  await browser.picture(reader, "changed-1280");
  await reader.getByRole("button", { name: "Show it" }).press("Enter");
  await reader.getByRole("link", { name: NEW }).waitFor();
  assert.equal(await notice.count(), 0);

  // A view that it does not concern stays as it is; only the line at the top goes on.
  await dataset.waitForFunction((block) => document.getElementById("position").innerText !== block, block);
  assert.ok(await drawnOnce.evaluate((node) => node.isConnected));
}
