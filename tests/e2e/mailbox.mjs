// SPDX-License-Identifier: Apache-2.0
// A mail server (tests/support/mail_server.py) and the mails that it took, each read once.
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { Program, until } from './programs.mjs';

const SERVER = fileURLToPath(new URL('../support/mail_server.py', import.meta.url));
const LINKS = /https?:\/\/[^\s"'<>]+/g;

function header(headers, name) {
  return new RegExp(`^${name}: (.*)$`, 'mi').exec(headers)?.[1] ?? '';
}

export class Mailbox {
  /** REQUIRES: a certificate for localhost. */
  static async start(folder, certificate) {
    const box = new Mailbox();
    box.folder = folder.file('mail');
    mkdirSync(box.folder);
    box.password = 'correct horse';
    box.server = new Program('mail_server.py', ['/usr/bin/python3', SERVER, box.folder, '0',
      '--certificate', certificate.certificate, '--key', certificate.key,
      '--login', 'courier', box.password], { log: folder.file('mail.log') });
    await box.server.ready('listening port=');
    box.port = Number(/listening port=(\d+)/.exec(box.server.written())[1]);
    box.seen = 0;
    box.unread = [];
    return box;
  }

  look() {
    for (;;) {
      const file = (kind) => `${this.folder}/${this.seen + 1}.${kind}`;
      if (!existsSync(file('done'))) return;
      const [headers, text, html, envelope] = ['headers', 'text', 'html', 'envelope']
        .map((kind) => readFileSync(file(kind), 'utf8'));
      this.unread.push({
        to: envelope.slice(envelope.indexOf(' ') + 1),
        subject: header(headers, 'Subject'),
        text,
        html,
        headers,
        links: [...new Set(text.match(LINKS) ?? [])],
      });
      ++this.seen;
    }
  }

  /** How many such have come and are not read. */
  count(address, subject = /./) {
    this.look();
    return this.unread.filter((mail) => mail.to === address && subject.test(mail.subject)).length;
  }

  /** The oldest one there that nobody has read yet: {subject, text, html, headers, links}. */
  next(address, subject = /./) {
    return until(() => {
      this.look();
      const at = this.unread.findIndex((mail) =>
        mail.to === address && subject.test(mail.subject));
      return at < 0 ? null : this.unread.splice(at, 1)[0];
    }, () => `a mail for ${address} about ${subject}; there are: ${
      this.unread.map((mail) => `${mail.to}: ${mail.subject}`).join('; ') || 'none'}`);
  }
}
