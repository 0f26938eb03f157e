// SPDX-License-Identifier: Apache-2.0
// How long somebody is signed in, and where: what a new password, signing out and the hours end;
// and what the portal learns of who comes from here.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { OTHER_PASSWORD, PASSWORD, settle, SUBJECT, told } from './accounts.mjs';
import { Appliance } from './appliance.mjs';
import { Browser } from './browser.mjs';
import { PORTAL_URL } from './settings.mjs';
import { field, isAt, press, signInTo } from './walk.mjs';

const HOURS = 60 * 60;

let appliance;
let browser;

before(async () => {
  appliance = await Appliance.start();
  browser = await Browser.start();
});

after(async () => {
  await browser?.stop();
  await appliance?.stop();
});

const at = (path) => appliance.origin + path;

for (const scripts of [true, false]) {
  describe(scripts ? 'with scripts' : 'without scripts', () => {
    const visit = (body) => browser.visit({ javaScriptEnabled: scripts }, body);

    test('a new password signs out all other browsers, and is told to all addresses', async () => {
      const person = await settle(appliance);
      await visit(async (page) => {
        await signInTo(appliance, page, person, '/account');
        await visit(async (other) => {
          await signInTo(appliance, other, person, '/account/password');
          await field(other, 'Current password').fill(PASSWORD);
          await field(other, 'New password').fill(OTHER_PASSWORD);
          await field(other, 'New password again').fill(OTHER_PASSWORD);
          await press(other, 'Change password');
          isAt(other, '/account');
          await other.goto(at('/account/sessions'));
          isAt(other, '/account/sessions');
          assert.equal(await other.getByRole('button', { name: /everywhere else/ }).count(), 0);
        });
        await page.goto(at('/account'));
        isAt(page, '/sign-in');
      });
      await told(appliance, person, SUBJECT.passwordChanged);
      person.password = OTHER_PASSWORD;
      await visit((page) => signInTo(appliance, page, person, '/account'));
    });

    test('who has signed out is not seen by Back', async () => {
      const person = await settle(appliance);
      await visit(async (page) => {
        await signInTo(appliance, page, person, '/account');
        await page.getByText(person.email).waitFor();
        await press(page, 'Sign out');
        isAt(page, '/signed-out');
        await page.goBack();
        assert.notEqual(new URL(page.url()).pathname, '/account');
        assert.doesNotMatch(await page.content(), new RegExp(person.email));
        assert.doesNotMatch(await page.content(), new RegExp(person.username));
      });
    });

    test('who was away for hours signs in again, and goes on where they were', async () => {
      const person = await settle(appliance);
      await visit(async (page, { forgive }) => {
        await signInTo(appliance, page, person, '/account/profile');
        await field(page, 'First name').fill('Bertil');
        await appliance.passTime(13 * HOURS);
        forgive(/403/);
        await press(page, 'Save');
        await page.getByRole('link', { name: 'Sign in' }).click();
        await field(page, 'Username').waitFor();
        await signInTo(appliance, page, person, '/account/profile');
        assert.equal(await field(page, 'First name').inputValue(), person.firstName);
      });
    });

    test('the portal learns once who comes from the settings', async () => {
      const person = await settle(appliance);
      await visit(async (page, { forgive }) => {
        await signInTo(appliance, page, person, '/account');
        // Nobody is there: that the browser went is what counts.
        forgive(/ERR_NAME_NOT_RESOLVED/);
        const [asked] = await Promise.all([page.waitForRequest(`${PORTAL_URL}**`),
          press(page, 'Continue to the portal')]);
        const ticket = new URL(asked.url()).searchParams.get('ticket');
        const report = await appliance.verify('redeem-hand-over', { ticket });
        assert.equal(report.answer, 'ACCEPTED');
        assert.equal(report.subject.username, person.username);
        assert.ok(report.amr.includes('otp') && report.amr.includes('pwd'), report.amr.join());
        const again = await appliance.verify('redeem-hand-over', { ticket });
        assert.equal(again.answer, 'REJECTED');
      });
    });
  });
}
