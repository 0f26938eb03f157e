// SPDX-License-Identifier: Apache-2.0
// Somebody who speaks HTTP to the companion without a browser: one who keeps cookies and fills in
// forms as a browser does, or who sends what no browser would.
import assert from 'node:assert/strict';
import { request } from 'node:http';
import { connect } from 'node:net';

const PATIENCE_MS = 30_000;

/** One request, with just these headers: {status, headers, cookies, body}. */
export function send(appliance, { method = 'GET', path = '/', headers = {}, body = '' }) {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port: appliance.port, method, path, agent: false,
      timeout: PATIENCE_MS, setHost: false,
      headers: { Host: `localhost:${appliance.port}`, ...headers,
        ...(body && { 'Content-Length': Buffer.byteLength(body) }) } }, (answer) => {
      const chunks = [];
      answer.on('data', (chunk) => chunks.push(chunk));
      answer.on('end', () => resolve({ status: answer.statusCode, headers: answer.headers,
        cookies: answer.headers['set-cookie'] ?? [], body: Buffer.concat(chunks).toString() }));
    });
    asked.on('timeout', () => asked.destroy(new Error(`${path} is not answered`)));
    asked.on('error', reject);
    asked.end(body);
  });
}

/** Bytes as they are; resolves to all that came back when the companion hangs up, or is quiet. */
export function sendBytes(appliance, bytes, { quietMs = 500 } = {}) {
  return new Promise((resolve, reject) => {
    const socket = connect(appliance.port, '127.0.0.1');
    const heard = [];
    socket.setTimeout(quietMs, () => socket.destroy());
    socket.on('data', (chunk) => heard.push(chunk));
    socket.on('close', () => resolve(Buffer.concat(heard).toString()));
    socket.on('error', (error) => (error.code === 'ECONNRESET' ? null : reject(error)));
    socket.write(bytes);
  });
}

const unescaped = (text) => text.replaceAll('&quot;', '"').replaceAll('&#39;', "'")
  .replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');

/** The fields of the first form that is sent to `action`, as they stand in the page. */
export function fieldsOf(page, action) {
  const form = page.split('<form').find((part) => part.includes(`action="${action}"`));
  assert.ok(form, `no form for ${action} in ${page}`);
  const inputs = form.slice(0, form.indexOf('</form>')).match(/<input[^>]*>/g) ?? [];
  const fields = {};
  for (const input of inputs) {
    const name = /name="([^"]*)"/.exec(input)?.[1];
    if (name) fields[name] = unescaped(/value="([^"]*)"/.exec(input)?.[1] ?? '');
  }
  return fields;
}

export const encoded = (fields) => new URLSearchParams(fields).toString();

/** A browser without a screen. */
export class Guest {
  jar = new Map();

  constructor(appliance) {
    this.appliance = appliance;
  }

  get cookies() {
    return [...this.jar].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  async send(question) {
    const answer = await send(this.appliance, { ...question,
      headers: { ...(this.jar.size && { Cookie: this.cookies }), ...question.headers } });
    for (const cookie of answer.cookies) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie);
      if (value) this.jar.set(name, value);
      else this.jar.delete(name);
    }
    return answer;
  }

  get(path) {
    return this.send({ path });
  }

  post(path, fields, headers = {}) {
    return this.send({ method: 'POST', path, body: encoded(fields),
      headers: { Origin: this.appliance.origin, 'Sec-Fetch-Site': 'same-origin',
        'Content-Type': 'application/x-www-form-urlencoded', ...headers } });
  }

  /** Opens a page, fills its form in and sends it. */
  async submit(page, action, typed, headers) {
    const { body } = await this.get(page);
    return this.post(action, { ...fieldsOf(body, action), ...typed }, headers);
  }
}
