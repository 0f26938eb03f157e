// SPDX-License-Identifier: Apache-2.0
// The pages that say that something went wrong as a whole: no such page, a form from elsewhere, a
// session that is over, a daemon that is not there. Each is looked at.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { settle } from './accounts.mjs';
import { Appliance } from './appliance.mjs';
import { examine } from './axe.mjs';
import { Browser } from './browser.mjs';
import { heading, isAt, signInTo, submit } from './walk.mjs';

const ELSEWHERE = 'http://elsewhere.example/';
const SESSION = '__Host-countersign';
const FORM = '__Host-countersign-form';
const MORE_FACTORS_THAN_FIT = 70;

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
const visit = (body) => browser.visit({}, body);

// What the browser is answered, to a page or to a form.
async function answered(page, status, action) {
  const [answer] = await Promise.all([
    page.waitForResponse((response) => response.request().isNavigationRequest()), action()]);
  assert.equal(answer.status(), status, page.url());
  await page.locator('h1').waitFor();
}

test('no such page, no such factor, and no such contact', () => visit(async (page) => {
  const person = await settle(appliance);
  await answered(page, 404, () => page.goto(at('/no-such-page')));
  await examine(page, 'trouble-no-page');
  await signInTo(appliance, page, person, '/account');
  for (const path of ['/factors/999/rename', '/factors/999/remove', '/account/contact/pigeon']) {
    await answered(page, 404, () => page.goto(at(path)));
  }
  await examine(page, 'trouble-no-contact');
  // Where a form alone leads to.
  await answered(page, 405, () => page.goto(at('/portal')));
  await examine(page, 'trouble-no-get');
}));

test('a form that another site has sent', () => visit(async (page, { context }) => {
  await context.route(ELSEWHERE, (route) => route.fulfill({ contentType: 'text/html',
    body: `<form method="post" action="${at('/sign-in')}"><button>Win</button></form>` }));
  await page.goto(ELSEWHERE);
  await answered(page, 403, () => page.getByRole('button').click());
  isAt(page, '/sign-in');
  await heading(page, 'This was sent from elsewhere');
  await examine(page, 'trouble-elsewhere');
}));

test('a form that this browser no longer knows', () => visit(async (page, { context }) => {
  await page.goto(at('/unlock'));
  await context.clearCookies({ name: FORM });
  await answered(page, 403, () => submit(page));
  await examine(page, 'trouble-old-form');
}));

test('sessions that are over, of each kind', () => visit(async (page, { context }) => {
  await answered(page, 403, () => page.goto(at('/factors')));
  await examine(page, 'trouble-over-activation');
  await answered(page, 403, () => page.goto(at('/reset/password')));
  await examine(page, 'trouble-over-reset');
  const person = await settle(appliance);
  await signInTo(appliance, page, person, '/account/profile');
  await context.clearCookies({ name: SESSION });
  await answered(page, 403, () => submit(page));
  await examine(page, 'trouble-over-account');
}));

test('an account that has no room for more factors', () => visit(async (page) => {
  const person = await settle(appliance);
  await signInTo(appliance, page, person, '/account');
  for (let factors = 0; factors < MORE_FACTORS_THAN_FIT; ++factors) {
    await person.visit.ask('enrol-oath', { kind: 'TOTP' }).catch(() => {});
  }
  await page.goto(at('/factors/authenticator/okta'));
  await page.getByLabel('Android').check();
  await answered(page, 429, () => submit(page));
  await examine(page, 'trouble-busy');
}));

test('a daemon that is not there', async () => {
  await appliance.restartCompanion({ '': { socket: appliance.file('run/nobody.sock') } });
  try {
    await visit(async (page, { forgive }) => {
      forgive(/: 503$/);
      await answered(page, 503, () => page.goto(at('/forgotten')));
      await examine(page, 'trouble-unavailable');
    });
  } finally {
    await appliance.restartCompanion();
  }
});
