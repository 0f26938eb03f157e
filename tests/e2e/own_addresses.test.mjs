// SPDX-License-Identifier: Apache-2.0
// What people are told about their own addresses and ways to sign in, and that the pages of them
// hold large letters.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { settle, SUBJECT } from './accounts.mjs';
import { Appliance, codeIn } from './appliance.mjs';
import { Browser, fitsItsWidth, focused, NARROW } from './browser.mjs';
import { errors, field, heading, isAt, press, signInTo } from './walk.mjs';

const RESEND_SECONDS = 60;

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

test('an address that is theirs already is told so', () => browser.visit({}, async (page) => {
  const person = await settle(appliance);
  await signInTo(appliance, page, person, '/account/contact/secondary-email');
  for (const [path, address] of [['secondary-email', person.email],
    ['secondary-email', person.secondary], ['primary-email', person.email]]) {
    await page.goto(at(`/account/contact/${path}`));
    await focused(field(page, 'E-mail address'));
    await field(page, 'E-mail address').fill(address);
    await press(page, 'Send me the code');
    assert.match((await errors(page)).join(), /already one of your addresses/,
      `${path} ${address}`);
    assert.equal(await field(page, 'E-mail address').inputValue(), address);
  }
}));

test('a code that is sent again is told of, and works', () => browser.visit({}, async (page) => {
  const person = await settle(appliance);
  await signInTo(appliance, page, person, '/account/contact/secondary-email');
  const address = `newer-${person.email}`;
  await field(page, 'E-mail address').fill(address);
  await press(page, 'Send me the code');
  await heading(page, 'Type the code');
  await focused(field(page, 'Code'));
  await appliance.nextMail(address, SUBJECT.confirm);
  await appliance.passTime(RESEND_SECONDS);
  await page.reload();
  await press(page, 'Send another code');
  const notice = page.getByRole('status').filter({ hasText: 'The earlier one no longer works' });
  await notice.waitFor();
  await focused(notice);
  const { text } = await appliance.nextMail(address, SUBJECT.confirm);
  await field(page, 'Code').fill(codeIn(text));
  await press(page, 'Continue');
  isAt(page, '/account');
}));

test('the new name of an e-mail factor is shown beside its address', () =>
  browser.visit({}, async (page) => {
    const person = await settle(appliance, { factors: ['totp', 'email'] });
    await signInTo(appliance, page, person, '/factors');
    await page.getByRole('link', { name: /^Rename E-mail/ }).click();
    await field(page, 'Name').fill('Home box');
    await press(page, 'Save');
    await page.getByRole('heading', { name: /^E-mail: Home box \(h•••@/ }).waitFor();
    await focused(page.getByRole('status').filter({ hasText: 'has been saved' }));
  }));

test('letters twice as large fit a phone', () =>
  browser.visit({ viewport: NARROW }, async (page) => {
    const person = await settle(appliance, { resetPhone: true });
    await signInTo(appliance, page, person, '/account');
    for (const path of ['/account', '/account/profile', '/account/sessions', '/account/activity',
      '/factors', '/account/password', '/account/contact/mobile']) {
      await page.goto(at(path));
      await page.evaluate(() => {
        document.documentElement.style.fontSize = '200%';
      });
      await fitsItsWidth(page);
    }
  }));
