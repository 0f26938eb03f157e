// SPDX-License-Identifier: Apache-2.0
// Requests that no browser sends: too long, too slow, two in one; and what every answer bears.
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { PASSWORD, settle } from './accounts.mjs';
import { Appliance } from './appliance.mjs';
import { encoded, fieldsOf, Guest, send, sendBytes } from './guest.mjs';
import { until } from './programs.mjs';

const KIB = 1024;
const FORM = 'application/x-www-form-urlencoded';
const POLICY = ["default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self'",
  "font-src 'self'", "connect-src 'self'", "base-uri 'none'", "frame-ancestors 'none'",
  "require-trusted-types-for 'script'", "trusted-types 'none'", "form-action 'self'"].join('; ');
const ALWAYS = {
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};
const LASTS = 'public, max-age=31536000, immutable';
const COOKIE = new RegExp('^__Host-countersign(-(ticket|form|device|asker|language))?=' +
  '[A-Za-z0-9_.-]*; Path=/; Secure; HttpOnly; SameSite=Lax(; Max-Age=[0-9]+)?$');
// As http/server/connection.hpp has it: from the first byte of a request to its last.
const REQUEST_MS = 10_000;
const BRIEFLY = 'public, max-age=300';
const OF_REALM = ['/brand.css', '/favicon.ico'];
const SLOW_FROM_ONE = 100; // fewer than may come from one address
const FROM_ONE_MAX = 128;

let appliance;
let person;

before(async () => {
  appliance = await Appliance.start();
  person = await settle(appliance);
});
after(() => appliance?.stop());

function bearsItAll(answer, what, kept = 'no-store') {
  for (const [name, value] of Object.entries(ALWAYS)) {
    assert.equal(answer.headers[name], value, `${what}: ${name}`);
  }
  assert.match(answer.headers['permissions-policy'], /camera=\(\), microphone=\(\)/, what);
  assert.equal(answer.headers['cache-control'], kept, what);
  assert.equal(answer.headers.server, undefined, what);
  for (const cookie of answer.cookies) assert.match(cookie, COOKIE, what);
}

const fields = (count) => Array.from(Array(count).keys(), (i) => `f${i}=1`).join('&');
const post = (path, body, headers = {}) => ({ method: 'POST', path, body,
  headers: { Origin: appliance.origin, 'Content-Type': FORM, ...headers } });

// What is asked, and the status of its answer.
const ASKED = () => [
  [200, { path: '/sign-in' }],
  [200, { path: '/sign-in', method: 'HEAD' }],
  [200, { path: '/brand.css' }],
  [200, { path: '/static/style.css' }],
  [204, { path: '/favicon.ico' }],
  [303, { path: '/' }],
  [303, { path: '/account' }],
  [400, { path: '/sign-in?next=%0d%0aSet-Cookie:%20a=b' }],
  [400, { path: '/sign-in?next=%00' }],
  [400, { path: '/sign-in?a=1&a=2' }],
  [400, { path: '/sign-in', headers: { Origin: ['https://a.example', 'https://b.example'] } }],
  [400, post('/sign-in', 'username=%ff')],
  [403, post('/sign-in', 'username=robert')],
  [403, post('/sign-in', 'username=robert', { Origin: 'https://evil.example' })],
  [404, { path: '/no-such-page' }],
  [404, { path: '/static/../../../../etc/passwd' }],
  [405, { path: '/sign-in', method: 'PUT' }],
  [405, { path: '/sign-in', method: 'TRACE' }],
  [405, post('/activated', 'a=b')],
  [413, post('/sign-in', 'a'.repeat(16 * KIB + 1))],
  [413, post('/sign-in', fields(49))],
  [414, { path: `/sign-in?a=${'a'.repeat(2 * KIB)}` }],
  [415, post('/sign-in', '{}', { 'Content-Type': 'application/json' })],
  [421, { path: '/sign-in', headers: { Host: 'evil.example' } }],
  [431, { path: '/sign-in', headers: { 'X-Fill': 'a'.repeat(8 * KIB) } }],
];

test('every answer bears the headers that protect it, and nothing else of use', async () => {
  for (const [status, question] of ASKED()) {
    const answer = await send(appliance, question);
    const what = `${question.method ?? 'GET'} ${question.path.slice(0, 60)} (${status})`;
    assert.equal(answer.status, status, what);
    bearsItAll(answer, what, OF_REALM.includes(question.path) ? BRIEFLY : 'no-store');
  }
  const { body } = await send(appliance, { path: '/sign-in' });
  const [, style] = /href="(\/static\/style\.css\?v=[0-9a-f]+)"/.exec(body);
  bearsItAll(await send(appliance, { path: style }), style, LASTS);
});

test('every cookie on the way into an account is for this host, TLS and no script', async () => {
  const guest = new Guest(appliance);
  const page = await guest.get('/sign-in');
  const step = await guest.post('/sign-in', { ...fieldsOf(page.body, '/sign-in'),
    username: person.username, password: PASSWORD });
  const csrf = guest.jar.get('__Host-countersign-form');
  const language = await guest.post('/language', { csrf, language: 'en' });
  const left = await guest.post('/sign-out', { csrf });
  const all = [page, step, language, left];
  all.forEach((answer) => bearsItAll(answer, answer.status));
  assert.deepEqual(all.map(({ cookies }) => cookies.length), [1, 1, 1, 3]);
  assert.ok(left.cookies.every((cookie) => /=; .*Max-Age=0$/.test(cookie)), left.cookies.join());
});

test('whoever asks too often is told so, under the same headers', async () => {
  await appliance.restartCompanion({ limits: { requests_per_second: 1, burst: 3 } });
  try {
    const answers = await Promise.all(Array.from({ length: 40 },
      () => send(appliance, { path: '/sign-in' })));
    const refused = answers.filter(({ status }) => status === 429);
    assert.ok(refused.length >= 10, answers.map(({ status }) => status).join());
    refused.forEach((answer) => bearsItAll(answer, '429'));
  } finally {
    await appliance.restartCompanion();
  }
});

test('where it is reached by TLS, every answer says so: refusals too', async () => {
  const host = 'accounts.example.com';
  await appliance.restartCompanion({ realm: [{ origin: `https://${host}`, product: 'Example' }] });
  try {
    for (const [, question] of ASKED()) {
      const { headers } = await send(appliance,
        { ...question, headers: { Host: host, ...question.headers } });
      assert.equal(headers['strict-transport-security'], 'max-age=63072000; includeSubDomains',
        `${question.method ?? 'GET'} ${question.path.slice(0, 60)}`);
    }
  } finally {
    await appliance.restartCompanion();
  }
});

test('what is just short enough is read', async () => {
  const guest = new Guest(appliance);
  const { body } = await guest.get('/sign-in');
  const given = { ...fieldsOf(body, '/sign-in'), username: 'nobody', password: 'wrong' };
  const padded = (fill) => encoded({ ...given, fill });
  const text = padded('a'.repeat(16 * KIB - padded('').length));
  assert.equal(text.length, 16 * KIB);
  const answer = await guest.send(post('/sign-in', text));
  assert.equal(answer.status, 422, answer.body);
  const many = `${encoded(given)}&${fields(48 - Object.keys(given).length)}`;
  assert.equal((await guest.send(post('/sign-in', many))).status, 422);
  const path = `/sign-in?a=${'a'.repeat(2 * KIB - '/sign-in?a='.length)}`;
  assert.equal((await guest.get(path)).status, 200);
});

test('no body is waited for that is too long, nor read to its end', async () => {
  const head = `POST /sign-in HTTP/1.1\r\nHost: localhost:${appliance.port}\r\n`;
  const announced = await sendBytes(appliance, `${head}Content-Length: 99999999999\r\n\r\n`);
  assert.match(announced, /^HTTP\/1\.1 413 /);
  const chunked = await sendBytes(appliance, `${head}Transfer-Encoding: chunked\r\n\r\n0\r\n`);
  assert.match(chunked, /^HTTP\/1\.1 411 /);
});

test('two requests cannot be hidden in one', async () => {
  const hidden = `GET /signed-out HTTP/1.1\r\nHost: localhost:${appliance.port}\r\n\r\n`;
  const chunked = `0\r\n\r\n${hidden}`;
  const length = (bytes) => `Content-Length: ${bytes}`;
  const ways = {
    'two lengths': [[length(0), length(hidden.length)], hidden],
    'a list of lengths': [[`Content-Length: 0, ${hidden.length}`], hidden],
    'a length with a sign': [[length('+0')], hidden],
    'a length below nothing': [[length(-1)], hidden],
    'a hexadecimal length': [[length('0x0')], hidden],
    'a length and chunks': [[length(chunked.length), 'Transfer-Encoding: chunked'], chunked],
    'chunks and a length': [['Transfer-Encoding: chunked', length(chunked.length)], chunked],
    'an unknown coding': [['Transfer-Encoding: xchunked'], hidden],
    'no coding': [['Transfer-Encoding: identity'], hidden],
    'chunked, but not at last': [['Transfer-Encoding: chunked, identity'], chunked],
    'chunked twice': [['Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'], chunked],
    'a blank before the colon': [['Transfer-Encoding : chunked'], chunked],
    'a line end alone': [[`X-Short: a\nTransfer-Encoding: chunked`], chunked],
    'a null': [['X-Null: a\0b'], hidden],
    'a carriage return alone': [[`X-Return: a\r${length(0)}`], hidden],
  };
  for (const [what, [lines, rest]] of Object.entries(ways)) {
    const heard = await sendBytes(appliance, ['POST /sign-in HTTP/1.1',
      `Host: localhost:${appliance.port}`, ...lines, '', rest].join('\r\n'));
    assert.match(heard, /^HTTP\/1\.1 4(00|11) /, `${what}: ${heard.slice(0, 60)}`);
    assert.equal(heard.split('HTTP/1.1 ').length, 2, `${what}: one answer`);
    assert.match(heard, /Connection: close\r\n/, what);
  }
});

test('two hosts, or none, are no host of ours', async () => {
  const host = `Host: localhost:${appliance.port}\r\n`;
  for (const [lines, status] of [[host + host, 400], [`${host}Host: evil.example\r\n`, 400],
    ['', 421], ['Host: \r\n', 421]]) {
    const heard = await sendBytes(appliance, `GET /sign-in HTTP/1.1\r\n${lines}\r\n`);
    assert.match(heard, new RegExp(`^HTTP/1.1 ${status} `), JSON.stringify(lines));
  }
});

/** One that begins a request and never ends it: a byte a second. */
class Slow {
  constructor(localAddress) {
    this.socket = connect({ port: appliance.port, host: '127.0.0.1', localAddress });
    this.heard = '';
    this.socket.on('data', (chunk) => { this.heard += chunk; });
    this.socket.on('error', () => {});
    this.begun = Date.now();
    this.socket.write('GET /sign-in HTTP/1.1\r\nX-Slow: ');
    const drip = setInterval(() => this.socket.write('a'), 1000);
    this.end = new Promise((resolve) => {
      this.socket.on('close', () => {
        clearInterval(drip);
        resolve(Date.now() - this.begun);
      });
    });
  }
}

test('slow requests end at a limit, and stop nobody else', async () => {
  const slow = ['127.0.0.2', '127.0.0.3'].flatMap((address) =>
    Array.from({ length: SLOW_FROM_ONE }, () => new Slow(address)));
  await sleep(1000);
  for (let i = 0; i < 20; ++i) {
    const begun = Date.now();
    assert.equal((await send(appliance, { path: '/sign-in' })).status, 200);
    assert.ok(Date.now() - begun < REQUEST_MS / 2, `${Date.now() - begun} ms`);
  }
  for (const ms of await Promise.all(slow.map(({ end }) => end))) {
    assert.ok(ms > REQUEST_MS - 1000 && ms < 2 * REQUEST_MS, `ended after ${ms} ms`);
  }
});

test('one address has so many connections, and others have theirs', async () => {
  const slow = Array.from({ length: FROM_ONE_MAX + 5 }, () => new Slow('127.0.0.4'));
  try {
    const refused = await until(() => {
      const all = slow.filter(({ heard }) => heard.startsWith('HTTP/1.1 503 '));
      return all.length === 5 && all;
    }, () => `5 are refused: ${slow.map(({ heard }) => heard.slice(0, 12)).join()}`);
    for (const { heard } of refused) assert.match(heard, /Content-Security-Policy: default-src/);
    assert.equal((await send(appliance, { path: '/sign-in' })).status, 200);
  } finally {
    slow.forEach(({ socket }) => socket.destroy());
    await Promise.all(slow.map(({ end }) => end));
  }
});
