// SPDX-License-Identifier: Apache-2.0
// What a stranger can ask about a name tells nothing about whether there is anybody of that name.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { settle } from './accounts.mjs';
import { Appliance } from './appliance.mjs';
import { Guest } from './guest.mjs';

const RESEND_SECONDS = 60;
const GUESSES = 7; // more than are free

let appliance;

before(async () => {
  appliance = await Appliance.start({ web: { '': { trusted_proxies: ['127.0.0.1'] } } });
});
after(() => appliance?.stop());

// An answer, without what is new in each: ids, secrets and the name that was typed.
function neutral({ status, headers, cookies, body }, username) {
  const same = (text = '') => text.replaceAll(username, 'NAME')
    .replaceAll(Buffer.from(username).toString('hex'), 'NAME')
    .replace(/(name="(?:csrf|once)" value=")[^"]*"/g, '$1"')
    .replace(/(challenge=|name="challenge" value=")[1-9][0-9]*/g, '$1ID')
    .replace(/(__Host-countersign-form=)[A-Za-z0-9_-]{22}/g, '$1SECRET');
  const { 'content-length': length, 'set-cookie': set, ...others } = headers;
  assert.ok(status === 204 || length === `${Buffer.byteLength(body)}`);
  return JSON.stringify({ status, ...others, location: same(headers.location),
    cookies: cookies.map(same), body: same(body) }, null, 1);
}

// All that can be asked about a name, each time from a place of its own.
async function* asked(username, place) {
  const guest = new Guest(appliance);
  const from = { 'X-Forwarded-For': place };
  const submit = (page, action, typed) => guest.submit(page, action, typed, from);
  for (let i = 0; i < GUESSES; ++i) {
    yield submit('/sign-in', '/sign-in', { username, password: `Wrong-${i}` });
  }
  for (const path of ['/forgotten', '/unlock']) {
    for (const way of ['sms', 'email']) yield submit(path, path, { username, way });
    const sent = await submit(path, path, { username, way: 'sms' });
    yield sent;
    const code = sent.headers.location ?? `${path}/code`;
    yield guest.get(code);
    for (let i = 0; i < GUESSES; ++i) yield submit(code, `${path}/code`, { code: `00000${i}` });
    yield submit(code, `${path}/send`, {});
    await appliance.passTime(RESEND_SECONDS);
    yield submit(code, `${path}/send`, {});
  }
  yield guest.get('/t/' + 'A'.repeat(43));
  yield submit('/link', '/link/again', { username });
}

test('what is answered is the same, whoever it is, and if it is nobody', async () => {
  const who = { nobody: 'nobody-8888', 'somebody new': (await appliance.invite(
    { name: 'newone' })).username };
  const settled = await settle(appliance, { name: 'person', factors: ['totp', 'sms', 'email'],
    resetPhone: true });
  const suspended = await settle(appliance, { name: 'absent', resetPhone: true });
  await appliance.provision('suspend-subject', { subject: { username: suspended.username } });
  Object.assign(who, { somebody: settled.username, 'somebody suspended': suspended.username });
  const answers = {};
  let place = 0;
  for (const [what, username] of Object.entries(who)) {
    answers[what] = [];
    const since = appliance.now();
    for await (const answer of asked(username, `203.0.113.${++place}`)) {
      answers[what].push(neutral(answer, username).replace(/(until=|name="until" value=")([0-9]+)/g,
        (_, name, until) => `${name}${until - since}`));
    }
  }
  assert.ok(answers.nobody.length > 30);
  for (const words of ['Username or password is wrong', 'Try again in',
    'That code is not right', 'If there is an account', 'A code is on its way already']) {
    assert.ok(answers.nobody.some((answer) => answer.includes(words)), words);
  }
  for (const what of Object.keys(who)) {
    answers[what].forEach((answer, i) => assert.equal(answer, answers.nobody[i], `${what}, ${i}`));
  }
});
