// SPDX-License-Identifier: Apache-2.0
// Every part of a page, in every state, as browsers show it and as its script works it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, beforeEach, test } from 'node:test';

import { writtenPages } from '../../companion/front/pattern/write.mjs';
import { axe, examine } from './axe.mjs';
import { Browser, fitsItsWidth, NARROW } from './browser.mjs';
import { PatternServer } from './pattern_server.mjs';
import { LAYOUTS, VirtualYubikey } from './yubikey.mjs';

const NAMES = writtenPages('ltr').map(([name]) => name);
const TARGET_PX = 44;
const SLOW_MS = 700;

let server;
let browser;

before(async () => {
  [server, browser] = await Promise.all([PatternServer.start(), Browser.start()]);
});
after(async () => {
  await browser?.stop();
  server?.stop();
});
beforeEach(() => {
  server.posts = [];
  server.delayMs = 0;
});

const show = (name, body, options = {}) => browser.visit(options, async (page, visit) => {
  await page.goto(server.page(name));
  await body(page, visit);
});
const focused = (page) => page.evaluate(() => document.activeElement.id || 'none');
const sent = (page) => page.waitForURL('**/settings.html');

// What is to be pressed and is smaller than a finger; links within sentences may be.
const smallTargets = (page) => page.evaluate((least) =>
  [...document.querySelectorAll('button, select, summary, .button, nav a, label.choice, ' +
    'input:not([type=hidden], [type=radio])')]
    .filter((element) => element.checkVisibility())
    .map((element) => [element.outerHTML.slice(0, 90), element.getBoundingClientRect()])
    .filter(([, box]) => box.height < least || box.width < least / 2)
    .map(([html, box]) => `${html}: ${box.width} x ${box.height}`), TARGET_PX);

for (const name of NAMES) {
  test(`${name}: accessible and no wider than its window, light, dark and narrow`, () =>
    show(name, (page) => examine(page, `pattern-${name}`)));

  test(`${name}: from right to left`, () => browser.visit({ viewport: NARROW }, async (page) => {
    await page.goto(server.page(name, 'rtl'));
    await axe(page);
    await fitsItsWidth(page);
  }));

  test(`${name}: without scripts`, () => show(name, async (page) => {
    for (const part of ['h1', 'main', 'footer']) {
      assert.ok(await page.locator(part).isVisible(), part);
    }
    await fitsItsWidth(page);
  }, { javaScriptEnabled: false, viewport: NARROW }));

  test(`${name}: large enough for fingers`, () => show(name, async (page) => {
    assert.deepEqual(await smallTargets(page), []);
  }, { viewport: NARROW }));
}

test('the focus is on what is wrong, else on what to do first, else on the heading', async () => {
  await show('errors', async (page) => {
    assert.ok(await page.locator('[data-errors]').evaluate((it) => it === document.activeElement));
    await page.getByRole('link', { name: 'Choose what you are asked.' }).click();
    assert.equal(await focused(page), 'field-reason');
  });
  await show('code', async (page) => assert.equal(await focused(page), 'field-code'));
  await show('factors', async (page) =>
    assert.ok(await page.getByRole('status').evaluate((it) => it === document.activeElement)));
  await show('settings', async (page) =>
    assert.ok(await page.locator('h1').evaluate((it) => it === document.activeElement)));
});

test('rules tick off while somebody types, and are summed up when they pause', () =>
  show('password', async (page) => {
    const states = () => page.locator('[data-rule]').evaluateAll((rules) =>
      rules.map(({ dataset }) => `${dataset.rule} ${dataset.state}`));
    assert.deepEqual(new Set((await states()).map((each) => each.split(' ')[1])),
      new Set(['open']));
    await page.getByLabel('New password').fill('Virtanen1');
    assert.deepEqual(await states(), ['length unmet', 'lowercase met', 'uppercase met',
      'number met', 'symbol unmet', 'username unmet']);
    await page.getByText('It contains “virtanen”.').waitFor();
    await page.getByText('3 of 6 requirements are met.').waitFor({ state: 'attached' });
    await page.getByLabel('New password').fill('a Good long pass 7');
    await page.getByText('Everything we can check here is met.').waitFor({ state: 'attached' });
  }));

test('a password is shown and hidden again, and goes out as a password', () =>
  show('sign-in', async (page) => {
    const field = page.getByLabel('Password');
    await field.fill('secret');
    await page.getByRole('button', { name: 'Show Password', exact: true }).click();
    assert.equal(await field.getAttribute('type'), 'text');
    await page.getByRole('button', { name: 'Hide Password', exact: true }).waitFor();
    await page.getByLabel('Username').fill('anna');
    await field.evaluate((input) => input.form.addEventListener('submit', (event) => {
      event.preventDefault();
      document.title = input.type;
    }));
    await field.press('Enter');
    assert.equal(await page.title(), 'password');
  }));

test('Caps Lock is told of while the field has the focus', () => show('sign-in', async (page) => {
  const field = page.getByLabel('Password');
  const hint = page.getByText('Caps Lock is on.');
  const press = (modifierCapsLock) => field.evaluate((input, on) =>
    input.dispatchEvent(new KeyboardEvent('keydown', { key: 'A', modifierCapsLock: on })),
  modifierCapsLock);
  await field.focus();
  await press(true);
  assert.ok(await hint.isVisible());
  await press(false);
  assert.ok(await hint.isHidden());
  await press(true);
  await page.getByLabel('Username').focus();
  assert.ok(await hint.isHidden());
}));

test('another code can be asked for after the countdown, which is read out twice', () =>
  browser.visit({}, async (page) => {
    await page.clock.install();
    await page.goto(server.page('code'));
    const button = page.getByRole('button', { name: 'Send another code' });
    const told = () => page.locator('.resend [role=status]').textContent();
    await button.focus();
    assert.ok(await button.evaluate((it) => it === document.activeElement), 'it can be found');
    await page.keyboard.press('Enter');
    await button.click({ force: true });
    assert.deepEqual(server.posts, []);
    assert.match(await told(), /in 30 s/);
    await page.clock.runFor(12_000);
    assert.match(await page.locator('.countdown').textContent(), /in 18 s/);
    assert.match(await told(), /in 30 s/);
    await page.clock.runFor(18_000);
    assert.ok(await button.isEnabled());
    assert.equal(await told(), 'You can ask for another code now.');
    assert.equal(await page.locator('.countdown').count(), 0);
  }));

test('a code that is pasted in groups is taken as one', () => show('code', async (page) => {
  await page.evaluate(() => navigator.clipboard.writeText(' 123 456 '));
  await page.getByLabel('Code').press('Control+v');
  assert.equal(await page.getByLabel('Code').inputValue(), '123456');
}, { permissions: ['clipboard-read', 'clipboard-write'] }));

test('a key is copied without its gaps', () => show('authenticator', async (page) => {
  await page.getByText('Can’t scan?').click();
  await page.getByRole('button', { name: 'Copy the key' }).click();
  await page.getByRole('button', { name: 'Copied' }).waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()),
    'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP');
}, { permissions: ['clipboard-read', 'clipboard-write'] }));

test('recovery codes are saved and printed', () => show('settings', async (page) => {
  const [download] = await Promise.all([page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download' }).click()]);
  assert.equal(download.suggestedFilename(), 'codes.txt');
  assert.equal(readFileSync(await download.path(), 'utf8'), 'Recovery codes\r\n\r\n' +
    '7f3a-99c1-0d2e\r\n1b6d-42aa-83f0\r\nc0de-5117-aa31\r\n9e21-7dd0-4b5c\r\n');
  await page.evaluate(() => {
    window.print = () => { document.title = 'printed'; };
  });
  await page.getByRole('button', { name: 'Print' }).click();
  assert.equal(await page.title(), 'printed');
  await page.emulateMedia({ media: 'print' });
  assert.ok(await page.locator('.codes').isVisible());
  assert.ok(await page.getByRole('button', { name: 'Print' }).isHidden());
}));

for (const layout of Object.keys(LAYOUTS)) {
  for (const capsLock of [false, true]) {
    test(`a YubiKey is understood under the layout ${layout}${capsLock ? ', in capitals' : ''}`,
      () => show('yubikey', async (page) => {
        const key = new VirtualYubikey();
        const text = key.otp();
        await key.tap(page, { layout, capsLock, text });
        await sent(page);
        assert.deepEqual(server.posts.map(({ form }) => form.otp), [text]);
      }));
  }
}

test('a YubiKey that presses no Enter is sent all the same', () => show('yubikey', async (page) => {
  const key = new VirtualYubikey();
  const text = key.otp();
  await key.tap(page, { text, enter: false });
  await sent(page);
  assert.deepEqual(server.posts.map(({ form }) => form.otp), [text]);
}));

test('a second tap, and a second Enter, change nothing', () => show('yubikey', async (page) => {
  server.delayMs = SLOW_MS;
  const key = new VirtualYubikey();
  const text = key.otp();
  await key.tap(page, { text });
  await page.keyboard.press('Enter');
  await key.tap(page);
  await sent(page);
  assert.deepEqual(server.posts.map(({ form }) => form.otp), [text]);
}));

test('the address that a key gives by NFC is taken for its code', () =>
  show('yubikey', async (page) => {
    const text = new VirtualYubikey().otp();
    await page.evaluate((otp) =>
      navigator.clipboard.writeText(`https://my.yubico.com/yk/#${otp}\n`), text);
    await page.getByLabel('YubiKey').press('Control+v');
    assert.equal(await page.getByLabel('YubiKey').inputValue(), text);
  }, { permissions: ['clipboard-read', 'clipboard-write'] }));

test('who clicked elsewhere is called back to the field', () => show('yubikey', async (page) => {
  const away = page.getByRole('button', { name: 'Click here, then tap your YubiKey' });
  assert.ok(await away.isHidden());
  await page.getByRole('heading', { level: 1 }).click();
  await away.click();
  assert.equal(await focused(page), 'field-otp');
  assert.ok(await away.isHidden());
}));

test('a form is sent once, however often it is pressed', () => show('sign-in', async (page) => {
  server.delayMs = SLOW_MS;
  await page.getByLabel('Username').fill('anna');
  await page.getByLabel('Password').fill('secret');
  await page.getByRole('button', { name: 'Sign in' }).dblclick();
  await sent(page);
  assert.equal(server.posts.length, 1);
  await page.goBack();
  await page.getByLabel('Password').fill('other');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await sent(page);
  assert.equal(server.posts.length, 2);
}));

test('a country is found by typing, and sent', () => show('phone', async (page) => {
  const country = page.getByRole('combobox', { name: 'Country' });
  assert.equal(await country.inputValue(), 'Finland (+358)');
  await country.click();
  assert.equal(await page.getByRole('option').count(), 9);
  await country.fill('aland');
  await axe(page);
  await country.press('Enter');
  assert.equal(await country.inputValue(), 'Åland Islands (+358)');
  await country.fill('united');
  await country.press('ArrowDown');
  await country.press('Enter');
  assert.equal(await country.inputValue(), 'United States (+1)');
  await country.fill('nowhere');
  await page.getByText('No country is found by that.').waitFor({ state: 'attached' });
  await country.press('Escape');
  await page.getByLabel('Number').fill('202 555 0143');
  await page.getByRole('button', { name: 'Send a code' }).click();
  await sent(page);
  const [{ form }] = server.posts;
  assert.deepEqual([form.country, form.phone], ['US', '202 555 0143']);
}));

test('a country that was typed is chosen by going on, too', () => show('phone', async (page) => {
  const country = page.getByRole('combobox', { name: 'Country' });
  await country.fill('swe');
  await country.press('Tab');
  assert.equal(await focused(page), 'field-phone');
  assert.equal(await country.inputValue(), 'Sweden (+46)');
  await country.fill('pol');
  await page.getByLabel('Number').click();
  assert.equal(await country.inputValue(), 'Poland (+48)');
  for (const leave of ['nowhere', '']) {
    await country.fill(leave);
    await country.press('Tab');
    assert.equal(await country.inputValue(), 'Poland (+48)');
  }
  await country.fill('ger');
  await country.press('Escape');
  await country.press('Tab');
  assert.equal(await country.inputValue(), 'Poland (+48)');
  // As browsers fill it in.
  await country.evaluate((input) => {
    input.value = 'US';
    input.dispatchEvent(new Event('input', { bubbles: true }));
  });
  assert.equal(await country.inputValue(), 'United States (+1)');
  await page.getByLabel('Number').fill('202 555 0143');
  await page.getByRole('button', { name: 'Send a code' }).click();
  await sent(page);
  assert.equal(server.posts[0].form.country, 'US');
}));

test('a number that brings its calling code along chooses the country', () =>
  show('phone', async (page) => {
    const number = page.getByLabel('Number');
    const country = page.getByRole('combobox', { name: 'Country' });
    await page.evaluate(() => navigator.clipboard.writeText('+48 512 345 678'));
    await number.press('Control+v');
    assert.equal(await number.inputValue(), '512 345 678');
    assert.equal(await country.inputValue(), 'Poland (+48)');
    await number.fill('0046 70 123 45 67');
    await number.blur();
    assert.equal(await number.inputValue(), '70 123 45 67');
    assert.equal(await country.inputValue(), 'Sweden (+46)');
  }, { permissions: ['clipboard-read', 'clipboard-write'] }));

test('without scripts a form is sent as it is, and the key can be seen', async () => {
  await show('phone', async (page) => {
    await page.getByLabel('Country').selectOption('PL');
    await page.getByLabel('Number').fill('512345678');
    await page.getByRole('button', { name: 'Send a code' }).click();
    await sent(page);
    assert.equal(server.posts[0].form.country, 'PL');
  }, { javaScriptEnabled: false });
  await show('authenticator', async (page) => {
    await page.getByText('Can’t scan?').click();
    assert.ok(await page.locator('#key').isVisible());
    assert.ok(await page.getByRole('button', { name: 'Copy the key' }).isHidden());
  }, { javaScriptEnabled: false });
});
