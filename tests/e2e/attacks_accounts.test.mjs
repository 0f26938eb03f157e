// SPDX-License-Identifier: Apache-2.0
// Attempts at what is somebody else's: their ids and codes, wherever a page takes one.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { freshCode, PASSWORD, settle, Visit } from './accounts.mjs';
import { Appliance, codeIn } from './appliance.mjs';
import { totp } from './authenticator.mjs';
import { Guest } from './guest.mjs';

const FORM = '__Host-countersign-form';
const RESEND_SECONDS = 60;

let appliance;
let mallory; // who attacks
let victim;

before(async () => {
  appliance = await Appliance.start({ policy: { throttle: { failures_free: 80 } } });
  mallory = await settle(appliance, { name: 'mallory', factors: ['totp', 'sms'] });
  victim = await settle(appliance, { name: 'victor', factors: ['totp', 'sms', 'email'],
    resetPhone: true });
});
after(() => appliance?.stop());

async function half(person) {
  const guest = new Guest(appliance);
  const step = await guest.submit('/sign-in', '/sign-in',
    { username: person.username, password: PASSWORD });
  assert.equal(step.status, 303, step.body);
  return guest;
}

async function signedIn(person) {
  const guest = await half(person);
  const done = await guest.submit('/sign-in/factor', '/sign-in/factor',
    { code: await freshCode(appliance, person) });
  assert.equal(done.status, 303, done.body);
  return guest;
}

/** All there is of somebody's that others might change. */
async function stateOf(person) {
  const [factors, sessions] = [await person.visit.ask('list-factors'),
    await person.visit.ask('list-sessions')];
  sessions.sessions.forEach((session) => { delete session.seenAtMs; });
  const { id } = await appliance.provision('get-subject',
    { subject: { username: person.username } });
  const records = (await appliance.journal()).filter(({ subjectId }) => subjectId === id);
  assert.ok(records.length > 3, 'the journal names people');
  const mails = appliance.mailbox.unread.filter(({ to }) =>
    [person.email, person.secondary].includes(to));
  return { factors, sessions, records, mails: mails.map(({ subject }) => subject) };
}

// What the victim has under way: codes that were sent to them, and an app that is not confirmed.
async function underWay() {
  await appliance.passTime(RESEND_SECONDS);
  const visit = new Visit(appliance);
  await visit.must('sign-in', { subject: { username: victim.username }, password: PASSWORD });
  const signIn = await visit.ask('start-challenge', { kind: 'SMS', purpose: 'SIGN_IN' });
  const signInCode = codeIn(await appliance.nextSms(victim.phone, /sign in/));
  const reset = await new Visit(appliance).ask('start-challenge', { kind: 'SMS', purpose: 'RESET',
    subject: { username: victim.username } });
  const resetCode = codeIn(await appliance.nextSms(victim.phone));
  await victim.visit.must('reauthenticate', { password: PASSWORD });
  await victim.visit.must('prove-factor', { passcode: await freshCode(appliance, victim) });
  const pending = await victim.visit.ask('enrol-oath', { kind: 'TOTP', label: 'Okta Verify' });
  return { visit, signIn: [signIn.challengeId, signInCode], reset: [reset.challengeId, resetCode],
    pending, resets: new Visit(appliance) };
}

const CONTACT = '/account/contact/reset-phone';
const CODES = ['/factors/sms', '/factors/email', '/activate/phone', CONTACT];

// Every page that takes an id, with somebody else's in it.
function* attempts(ids, challenges, code) {
  for (const id of ids) {
    for (const change of ['rename', 'remove']) {
      const path = `/factors/${id}/${change}`;
      yield { path, status: 404 };
      yield { path, post: { nickname: 'Mine' }, status: 404 };
    }
    for (const app of ['okta', 'google']) {
      const path = `/factors/authenticator/${app}/scan`;
      yield { path: `${path}?factor=${id}`, status: 303 };
      yield { path, post: { factor: id, code }, status: 303 };
    }
    for (const path of CODES) {
      yield { path: `${path}/code?factor=${id}`, status: 303 };
      yield { path: `${path}/send`, post: { factor: id }, status: 303 };
    }
    yield { path: '/account/prove', post: { factor: id, code }, status: 422 };
    yield { path: '/account/prove', post: { way: id, factor: id }, status: 200 };
    yield { path: '/account/prove', post: { factor: id, send: 1 }, status: 404 };
  }
  for (const [challenge, right] of challenges) {
    for (const path of [...CODES.map((each) => `${each}/code`), '/account/prove']) {
      for (const factor of ids) {
        yield { path, post: { challenge, factor, code: right }, not: 303 };
      }
    }
  }
}

async function attack(guest, { path, post, status, not }) {
  const answer = post ? await guest.post(path, { csrf: guest.jar.get(FORM), ...post })
    : await guest.get(path);
  const what = `${path} ${JSON.stringify(post)}: ${answer.headers.location}`;
  if (status) assert.equal(answer.status, status, what);
  assert.notEqual(answer.status, not, what);
  assert.ok(answer.status < 500, what);
  assert.ok(!answer.headers.location?.includes('done='), what);
  for (const theirs of [victim.username, victim.email, ...victim.masked]) {
    assert.ok(!answer.body.includes(theirs), `${what} tells ${theirs}`);
  }
}

test('nobody reaches what is another person’s, by whatever id', async () => {
  const { visit, signIn, reset, pending, resets } = await underWay();
  const { factors, sessions } = await stateOf(victim);
  const ids = factors.factors.map(({ id }) => id);
  assert.ok(ids.includes(pending.factor.id) && ids.length > 6, ids.join());
  victim.masked = factors.factors.map(({ maskedDestination }) => maskedDestination).filter(Boolean);
  assert.ok(victim.masked.length > 2, victim.masked.join());
  const code = await totp(pending.otpauthUri, appliance.now());
  const before = await stateOf(victim);
  const guest = await signedIn(mallory);
  for (const attempt of attempts(ids, [signIn, reset], code)) await attack(guest, attempt);
  for (const { id } of sessions.sessions) {
    const csrf = guest.jar.get(FORM);
    // As one of her own that is over.
    const { headers } = await guest.post('/account/sessions', { csrf, session: id });
    assert.equal(headers.location, '/account/sessions?done=ended');
  }
  assert.equal((await guest.get('/account')).status, 200, 'she is signed in still');
  const step = await half(mallory);
  for (const factor of ids) {
    await attack(step, { path: `/sign-in/factor?factor=${factor}`, status: 200 });
    await attack(step, { path: '/sign-in/factor/send', post: { factor }, status: 404 });
    for (const [challenge, right] of [signIn, reset]) {
      await attack(step, { path: '/sign-in/factor/code', not: 303,
        post: { challenge, factor, code: right } });
    }
  }
  // Codes do what they were sent for, and nothing else.
  for (const path of ['/forgotten/code', '/unlock/code']) {
    await attack(guest, { path, not: 303, post: { challenge: signIn[0], code: signIn[1] } });
  }
  await attack(guest, { path: '/unlock/code', not: 303,
    post: { challenge: reset[0], code: reset[1] } });
  assert.deepEqual(await stateOf(victim), before);
  assert.equal(appliance.kannel.count(victim.phone), 0);
  // All of it is as good as before.
  const answers = (challenge, purpose) => ({ challenge_id: challenge[0], passcode: challenge[1],
    purpose });
  await visit.must('answer-challenge', answers(signIn, 'SIGN_IN'));
  await resets.must('answer-challenge', answers(reset, 'RESET'));
  await victim.visit.must('confirm-factor', { factor_id: pending.factor.id, passcode: code });
});
