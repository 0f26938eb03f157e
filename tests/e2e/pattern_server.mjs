// SPDX-License-Identifier: Apache-2.0
// Serves the pattern pages of companion/front with the script and style that were built, under the
// policy that the companion sends, and remembers what forms send.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';

import { writtenPages } from '../../companion/front/pattern/write.mjs';

const BIN = process.env.CS_BIN ?? fileURLToPath(new URL('../../build/dev/bin', import.meta.url));
const STATIC = `${BIN}/../share/companion/static`;
const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; " +
  "font-src 'self'; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'; " +
  "require-trusted-types-for 'script'; trusted-types 'none'; form-action 'self'";
const TYPES = { css: 'text/css', html: 'text/html', js: 'text/javascript' };

export class PatternServer {
  posts = []; // {path, form} of each that came
  delayMs = 0; // before a form is answered

  static async start() {
    const server = new PatternServer();
    server.files = new Map([['/brand.css', '']]);
    for (const name of ['app.js', 'style.css']) {
      server.files.set(`/static/${name}`, readFileSync(`${STATIC}/${name}`));
    }
    for (const direction of ['ltr', 'rtl']) {
      for (const [name, html] of writtenPages(direction)) {
        server.files.set(`/${direction}/${name}.html`, html);
      }
    }
    server.http = createServer((request, response) => server.answer(request, response));
    server.http.listen(0, '127.0.0.1');
    await once(server.http, 'listening');
    server.origin = `http://127.0.0.1:${server.http.address().port}`;
    return server;
  }

  stop() {
    this.http.closeAllConnections();
    this.http.close();
  }

  page(name, direction = 'ltr') {
    return `${this.origin}/${direction}/${name}.html`;
  }

  async answer(request, response) {
    if (request.method === 'POST') {
      let body = '';
      for await (const chunk of request) body += chunk;
      this.posts.push({ path: request.url, form: Object.fromEntries(new URLSearchParams(body)) });
      await new Promise((resolve) => { setTimeout(resolve, this.delayMs); });
      response.writeHead(303, { Location: '/ltr/settings.html' }).end();
      return;
    }
    const file = this.files.get(request.url);
    if (file === undefined) {
      response.writeHead(request.url === '/favicon.ico' ? 204 : 404).end();
      return;
    }
    const type = TYPES[request.url.split('.').pop()];
    response.writeHead(200, { 'Content-Type': `${type}; charset=utf-8`,
      'Content-Security-Policy': POLICY }).end(file);
  }
}
