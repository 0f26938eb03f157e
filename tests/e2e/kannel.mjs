// SPDX-License-Identifier: Apache-2.0
// Kannel, set up as packaging/kannel.conf says, with its fake message centre behind it, and the SMS
// that arrived there, each read once.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';

import { freePort, Program, until } from './programs.mjs';

const SHIPPED = new URL('../../packaging/kannel.conf', import.meta.url);
const TRIES_MAX = 5;
const PASSWORD = 's3cret-of-sendsms';

function listens(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(socket.destroy() && true));
    socket.once('error', () => resolve(false));
  });
}

/** The example that is shipped, with these ports and this folder. */
function configuration(ports, written) {
  const changes = [
    ['admin-port = 13000', `admin-port = ${ports.admin}`],
    ['smsbox-port = 13001', `smsbox-port = ${ports.smsbox}`],
    ['sendsms-port = 13013', `sendsms-port = ${ports.send}`],
    ['CHANGE-sendsms', PASSWORD],
    [/group = smsc\n(.+\n)+/, 'group = smsc\nsmsc = fake\nsmsc-id = fake\nhost = 127.0.0.1\n' +
      `port = ${ports.centre}\nconnect-allow-ip = 127.0.0.1\nreconnect-delay = 1\n`],
    [/\/var\/log\/kannel/g, written],
  ];
  let text = readFileSync(SHIPPED, 'utf8');
  for (const [pattern, by] of changes) {
    const changed = text.replace(pattern, by);
    if (changed === text) throw new Error(`kannel.conf has no ${pattern}`);
    text = changed;
  }
  return text;
}

// Of the basic plane alone.
function textOfUcs2(escaped) {
  const bytes = [];
  for (let i = 0; i < escaped.length; ++i) {
    if (escaped[i] === '%') {
      bytes.push(Number.parseInt(escaped.slice(i + 1, i + 3), 16));
      i += 2;
    } else {
      bytes.push(escaped[i] === '+' ? 0x20 : escaped.charCodeAt(i));
    }
  }
  let text = '';
  for (let i = 0; i + 1 < bytes.length; i += 2) {
    text += String.fromCharCode(bytes[i] * 256 + bytes[i + 1]);
  }
  return text;
}

// The centre's protocol ends a message at each line: what follows is another one to it.
function messagesIn(log) {
  const messages = [];
  for (const [, content] of log.matchAll(/Got message \d+: <(.*)>$/gm)) {
    const parts = /^(.*) (\+\d+) (text|ucs-2) (.*)$/.exec(content);
    if (parts) {
      const [, from, to, coding, text] = parts;
      messages.push({ from, to, text: coding === 'ucs-2' ? textOfUcs2(text) : text });
    } else if (messages.length > 0) {
      messages.at(-1).text += `\n${content}`;
    }
  }
  return messages;
}

export class Kannel {
  static user = 'countersign';

  static async start(folder) {
    const kannel = new Kannel();
    kannel.folder = folder;
    kannel.read = new Set();
    kannel.passwordFile = folder.file('kannel.password');
    mkdirSync(folder.file('kannel'));
    writeFileSync(kannel.passwordFile, `${PASSWORD}\n`, { mode: 0o600 });
    // A stranger may take a port before Kannel does: it ends then.
    for (let tries = 1; ; ++tries) {
      try {
        await kannel.#start();
        return kannel;
      } catch (error) {
        await kannel.stop();
        if (tries === TRIES_MAX) throw error;
      }
    }
  }

  async #start() {
    this.programs = [];
    const ports = {};
    for (const name of ['admin', 'smsbox', 'send', 'centre']) ports[name] = await freePort();
    const conf = this.folder.file('kannel.conf');
    writeFileSync(conf, configuration(ports, this.folder.file('kannel')));
    const begin = async (name, given, isUp, input) => {
      const log = this.folder.file(`kannel/${name}.out`);
      const program = new Program(name, given, { log, input });
      this.programs.push(program);
      await until(async () => {
        program.mustBeAlive();
        return isUp(program);
      }, () => `${name} is up`);
      return program;
    };
    const box = (name, port) =>
      begin(name, [`/usr/sbin/${name}`, '-v', '4', conf], () => listens(port));
    await box('bearerbox', ports.smsbox);
    await box('smsbox', ports.send);
    // Reads its input, and ends with it: a pipe that nobody closes.
    this.centre = await begin('fakesmsc', ['/usr/lib/kannel/test/fakesmsc', '-H', '127.0.0.1', '-r',
      `${ports.centre}`, '-m', '0', '-v', '0'],
    (program) => program.written().includes('Connecting to'), 'pipe');
    for (const program of this.programs) program.mustBeAlive();
    this.url = `http://127.0.0.1:${ports.send}/cgi-bin/sendsms`;
  }

  /** Bearerbox takes seconds to end by itself, and has nothing to keep. */
  async stop() {
    for (const program of [...this.programs].reverse()) await program.kill();
  }

  /** How many such have come and are not read. */
  count(number, words = /./) {
    return messagesIn(this.centre.written()).filter((sms, at) =>
      sms.to === number && words.test(sms.text) && !this.read.has(at)).length;
  }

  /** The text of the oldest one to that number that nobody has read yet. */
  next(number, words = /./) {
    return until(() => {
      const all = messagesIn(this.centre.written());
      const at = all.findIndex((sms, i) =>
        sms.to === number && words.test(sms.text) && !this.read.has(i));
      if (at < 0) return null;
      this.read.add(at);
      return all[at].text;
    }, () => `an SMS for ${number} with ${words}`);
  }
}
