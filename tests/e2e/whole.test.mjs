// SPDX-License-Identifier: Apache-2.0
// The promises of whole appliances: each comes up by itself, and nothing is left of it.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { after, before, test } from 'node:test';

import { SUBJECT } from './accounts.mjs';
import { Appliance } from './appliance.mjs';
import { Browser } from './browser.mjs';

let browser;

before(async () => {
  browser = await Browser.start();
});
after(() => browser?.stop());

for (const tls of [false, true]) {
  test(`a mailed link leads to the companion ${tls ? 'by HTTPS' : 'on localhost'}`, async () => {
    const appliance = await Appliance.start({ tls });
    try {
      const person = await appliance.invite();
      const mail = await appliance.nextMail(person.email, SUBJECT.activate);
      await browser.visit({}, async (page) => {
        const answer = await page.goto(mail.links[0]);
        assert.equal(answer.status(), 200);
        assert.ok(page.url().startsWith(`${tls ? 'https' : 'http'}://localhost:`), page.url());
        await page.getByText(person.username).first().waitFor();
      });
    } finally {
      await appliance.stop();
    }
  });
}

test('nothing stays behind of an appliance that was stopped', async () => {
  const other = await Appliance.start({ companion: false });
  const pids = [...other.programs, ...other.kannel.programs].map(({ child }) => child.pid);
  await other.stop();
  assert.ok(pids.length >= 6);
  for (const pid of pids) assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
  assert.equal(existsSync(other.folder.path), false);
});

test('an appliance in which a program was killed does not stop in peace', async () => {
  const other = await Appliance.start({ companion: false });
  await other.courier.kill();
  await assert.rejects(other.stop(), /countersign-courier had ended/);
});
