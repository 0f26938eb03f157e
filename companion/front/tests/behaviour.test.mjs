// SPDX-License-Identifier: Apache-2.0
// Small decisions of the behaviours, and that the bundle keeps to what the policy of pages allows.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { compiled } from './compiled.mjs';

const BUILD = fileURLToPath(new URL('../build.mjs', import.meta.url));
const BUNDLE_BYTES_MAX = 16 * 1024;

function built() {
  const folder = mkdtempSync(join(tmpdir(), 'companion-front-'));
  try {
    const { status, stderr } = spawnSync(process.execPath, [BUILD, folder], { encoding: 'utf8' });
    assert.equal(status, 0, stderr);
    return ['app.js', 'style.css'].map((name) => readFileSync(join(folder, name), 'utf8'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('a pasted code loses what groups it', async () => {
  const { digitsOf } = await compiled('code');
  assert.equal(digitsOf('123 456'), '123456');
  assert.equal(digitsOf(' 123-456\n'), '123456');
  assert.equal(digitsOf('123\u2013456'), '123456');
  assert.equal(digitsOf('7f3a-99c1'), undefined);
  assert.equal(digitsOf(''), undefined);
});

test('a countdown says the second that has begun, and ends at none', async () => {
  const { secondsLeft } = await compiled('countdown');
  assert.equal(secondsLeft(30_000, 0), 30);
  assert.equal(secondsLeft(30_000, 1), 30);
  assert.equal(secondsLeft(30_000, 29_001), 1);
  assert.equal(secondsLeft(30_000, 30_000), 0);
  assert.equal(secondsLeft(30_000, 99_000), 0);
});

test('values are put into words, and what has none stays', async () => {
  const { filled } = await compiled('announcer');
  assert.equal(filled('{met} of {total}', { met: 0, total: 6 }), '0 of 6');
  assert.equal(filled('{part} {other}', { part: '{other}' }), '{other} {other}');
});

test('the bundle is small, the same each time, and does nothing that the policy forbids', () => {
  const [script, style] = built();
  assert.deepEqual(built(), [script, style]);
  assert.ok(Buffer.byteLength(script) < BUNDLE_BYTES_MAX);
  assert.doesNotMatch(script, /innerHTML|outerHTML|insertAdjacentHTML|document\.write/);
  assert.doesNotMatch(script, /\beval\b|new Function|\.style\b|\.cssText/);
  assert.doesNotMatch(style, /url\(|@import/);
});

test('nothing in the style has a side of its own, so that dir=rtl turns it round', () => {
  const [, style] = built();
  assert.doesNotMatch(style, /[;{](?:(?:margin|padding|border)-)?(?:left|right|float)\b/);
  assert.doesNotMatch(style, /:(?:left|right)\b/);
});
