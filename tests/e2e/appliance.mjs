// SPDX-License-Identifier: Apache-2.0
// The whole appliance for the tests of one file: a SoftHSM token from the real ceremony, HSM
// workers, daemon, courier, Kannel and a mail server behind it, and the companion before it; in a
// folder and on ports of its own.
//
// The wall clock of daemon, courier and companion stands still, but for passTime(). What is started
// is told in the environment: CS_BIN, the folder of the built programs; CS_CLOCK_SHIM, what keeps
// their clocks; CS_SHARE, the companion's templates, texts and static files.
import assert from 'node:assert/strict';
import { closeSync, existsSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { Kannel } from './kannel.mjs';
import { Mailbox } from './mailbox.mjs';
import { ask } from './peer.mjs';
import { Folder, freePort, output, Program, until } from './programs.mjs';
import * as settings from './settings.mjs';
import { HOST } from './settings.mjs';
import { merged, toml } from './toml.mjs';

const SOURCE = fileURLToPath(new URL('../../', import.meta.url));
const BIN = process.env.CS_BIN ?? join(SOURCE, 'build/dev/bin');
const SHIM = process.env.CS_CLOCK_SHIM ??
  join(BIN, '../tests/support/libcountersign-test-clock-shim.so');
export const SHARE = process.env.CS_SHARE ?? join(BIN, '../share/companion');
const MODULES = ['/usr/lib/softhsm/libsofthsm2.so',
  '/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so'];
const WORKERS = 1;

/** The code in a message. */
export function codeIn(text) {
  const found = /\b[0-9]{6,8}\b/.exec(text);
  assert.ok(found, `no code in: ${text}`);
  return found[0];
}

/** What stands behind /t/ in a mail's link. */
export function ticketIn(mail) {
  const found = /\/t\/([A-Za-z0-9_-]{43})/.exec(mail.links.join(' '));
  assert.ok(found, `no ticket in: ${mail.text}`);
  return found[1];
}

const RETRY_MS = 5_000;
const RETRY_SECONDS = 20;

export class Appliance {
  /**
   * policy, web: changes to the daemon's policy and the companion's settings, as toml.mjs has it:
   * {throttle: {failures_free: 2}}. companion: false leaves it out. tls: it serves HTTPS.
   */
  static async start({ policy = {}, web = {}, companion = true, tls = false } = {}) {
    const begun = Date.now();
    const appliance = new Appliance();
    try {
      await appliance.#start({ policy, web, companion, tls });
    } catch (error) {
      await appliance.#end();
      throw error;
    }
    appliance.startMs = Date.now() - begun;
    return appliance;
  }

  folder = new Folder();
  programs = []; // ours, in the order in which they were started
  people = 0;

  async #start({ policy, web, companion, tls }) {
    for (const name of ['run', 'state', 'tokens', 'hsm-state']) {
      mkdirSync(this.folder.file(name), { mode: 0o700 });
    }
    this.tls = tls;
    this.port = await freePort();
    this.origin = `${tls ? 'https' : 'http'}://${HOST}:${this.port}`;
    this.seconds = Math.floor(Date.now() / 1000);
    this.#startClock();
    writeFileSync(this.file('policy.toml'), toml(merged(settings.policy(this.origin), policy)));
    // What takes long does so at once. All of it is waited for, so that it can be ended.
    const started = await Promise.allSettled([
      Kannel.start(this.folder).then((kannel) => { this.kannel = kannel; }),
      this.#makeCertificate().then(() => Mailbox.start(this.folder, this.certificate))
        .then((mailbox) => { this.mailbox = mailbox; }),
      this.#startDaemon(),
    ]);
    for (const { reason } of started) if (reason) throw reason;
    this.#writeCourierSettings();
    await this.#startCourier();
    if (companion) await this.#startCompanion(web);
  }

  #startClock() {
    // A program would run without it, and by the clock of the machine.
    assert.ok(existsSync(SHIM), `${SHIM} is missing: build it, or name it in CS_CLOCK_SHIM`);
    this.clock = openSync(this.folder.file('now'), 'w', 0o600);
    this.#setClock();
  }

  #setClock() {
    const microseconds = Buffer.alloc(8);
    microseconds.writeBigInt64LE(BigInt(this.seconds) * 1_000_000n);
    writeSync(this.clock, microseconds, 0, 8, 0);
  }

  async #makeCertificate() {
    const { file } = this;
    this.certificate = { certificate: file('server.pem'), key: file('server.key') };
    await output('/usr/bin/openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt',
      'ec_paramgen_curve:prime256v1', '-noenc', '-days', '400', '-subj', `/CN=${HOST}`, '-addext',
      `subjectAltName=DNS:${HOST},IP:127.0.0.1`, '-keyout', this.certificate.key, '-out',
      this.certificate.certificate]);
  }

  file = (...names) => this.folder.file(...names);
  socket = (name) => this.file('run', `${name}.sock`);

  get environment() {
    return { SOFTHSM2_CONF: this.file('softhsm2.conf'), COUNTERSIGN_RUN_DIR: this.file('run') };
  }

  // Its log is NAME.log, with that of earlier starts before it.
  #begin(name, given, environment = {}) {
    const program = new Program(name, [join(BIN, name), ...given], {
      log: this.file(`${name}.log`), environment: { ...this.environment, ...environment } });
    this.programs.push(program);
    return program;
  }

  #beginInTime(name, given) {
    // The sanitizer wants to be the first library, and need not be.
    const sanitizer = [process.env.ASAN_OPTIONS, 'verify_asan_link_order=0'].filter(Boolean);
    return this.#begin(name, given, { LD_PRELOAD: SHIM, CS_TEST_CLOCK: this.file('now'),
      ASAN_OPTIONS: sanitizer.join(':') });
  }

  async #startDaemon() {
    writeFileSync(this.file('softhsm2.conf'), `directories.tokendir = ${this.file('tokens')}\n` +
      'objectstore.backend = file\nlog.level = ERROR\n');
    const module = MODULES.find((path) => existsSync(path));
    await this.command(['hsm', 'init', '--module', module, '--custody-dir', this.file('custody'),
      '--pin-file', this.file('pin'), '--make-pin-files']);
    this.hsm = this.#begin('countersign-hsm', ['--module', module, '--token', 'countersign',
      '--pin-file', this.file('pin'), '--socket', this.file('run/hsm.sock'), '--workers',
      `${WORKERS}`, '--state-dir', this.file('hsm-state')]);
    this.daemon = this.#beginInTime('countersignd', ['--run-dir', this.file('run'), '--state-dir',
      this.file('state'), '--policy', this.file('policy.toml'), '--hsm-socket',
      this.file('run/hsm.sock')]);
    await this.daemon.ready('daemon.ready');
  }

  #writeCourierSettings() {
    const mailPassword = this.file('mail.password');
    writeFileSync(mailPassword, `${this.mailbox.password}\n`, { mode: 0o400 });
    writeFileSync(this.file('courier.toml'), toml(settings.courier({ ...this, mailPassword,
      socket: this.socket('courier'), certificate: this.certificate.certificate })));
  }

  async #startCourier() {
    this.courier = this.#beginInTime('countersign-courier',
      ['--config', this.file('courier.toml')]);
    await this.courier.ready('courier.ready');
    await until(async () => {
      this.courier.mustBeAlive();
      return this.#isCourierUp();
    }, () => `the courier is not up:\n${this.courier.written()}`);
  }

  async #isCourierUp() {
    const { connected, channels } = await this.admin('get-courier-status');
    return connected && ['SMS', 'EMAIL'].every((channel) =>
      channels.some((each) => each.channel === channel && each.up));
  }

  async #startCompanion(web) {
    const given = { port: this.port, socket: this.socket('enroll'), share: SHARE,
      origin: this.origin, tls: this.tls && this.certificate };
    writeFileSync(this.file('web.toml'), toml(merged(settings.companion(given), web)));
    this.web = this.#beginInTime('countersign-web', ['--config', this.file('web.toml')]);
    // Any answer at all.
    await until(async () => {
      this.web.mustBeAlive();
      return output('/usr/bin/curl', ['--silent', '--insecure', '--output', '/dev/null',
        `${this.origin}/`]).then(() => true, () => false);
    }, () => `the companion does not answer:\n${this.web.written()}`);
  }

  /** Ends the companion and starts it again, with these changes to its settings, and no others. */
  async restartCompanion(web = {}) {
    assert.equal(await this.web.terminate(), 0, this.web.written());
    this.programs.splice(this.programs.indexOf(this.web), 1);
    await this.#startCompanion(web);
  }

  /** Runs `countersign` and returns what it says. */
  command(given) {
    return output(join(BIN, 'countersign'), given,
      { env: { ...process.env, ...this.environment } });
  }

  /** The security team, the portal's account service, the portal, the companion; each one asks. */
  admin = (operation, question) => ask(this.socket('admin'), operation, question);
  provision = (operation, question) => ask(this.socket('provision'), operation, question);
  verify = (operation, question) => ask(this.socket('verify'), operation, question);
  enroll = (operation, question, session) =>
    ask(this.socket('enroll'), operation, question, session);

  /** What o'clock it is to the daemon, in seconds since 1970. */
  now() {
    return this.seconds;
  }

  /** Returns when the courier is there again: one that has not asked lately is gone. */
  async passTime(seconds) {
    this.seconds += seconds;
    this.#setClock();
    if (await this.#isCourierUp()) return;
    assert.equal(await this.courier.terminate(), 0, this.courier.written());
    this.programs.splice(this.programs.indexOf(this.courier), 1);
    await this.#startCourier();
  }

  /** The portal creates somebody new, whose account is pending and who is sent a link. */
  async invite({ name = 'robert', firstName = 'Robert', lastName = 'Example', ...others } = {}) {
    const number = `${1000 + ++this.people}`;
    const person = { username: `${name}-${number}`, firstName, lastName,
      email: `home-${number}@example.com`, secondary: `work-${number}@example.org`,
      phone: `+35840123${number}`, ...others };
    const { activation } = await this.provision('create-subject', {
      subject: { username: person.username }, first_name: firstName, last_name: lastName,
      primary_email: person.email, secondary_email: person.secondary,
      ...(person.language && { language: person.language }), send_activation: true });
    assert.equal(activation.outcome, 'ACCEPTED_FOR_DELIVERY');
    return person;
  }

  /** The oldest mail there that nobody has read yet: {subject, text, html, links}. */
  nextMail = (address, subject) => this.#retried(this.mailbox.next(address, subject));
  /** The text of the oldest SMS there that nobody has read yet. */
  nextSms = (number, words) => this.#retried(this.kannel.next(number, words));

  // A server that was too slow for the courier is asked again after a pause, by a clock that stands
  // still here: it is moved on while somebody waits for what does not come.
  async #retried(message) {
    const moving = setInterval(() => { this.passTime(RETRY_SECONDS).catch(() => {}); }, RETRY_MS);
    try {
      return await message;
    } finally {
      clearInterval(moving);
    }
  }

  /** Which rule decides about an operation, and why. */
  explain(username, operation, others = {}) {
    return this.admin('explain-policy', { subject: { username }, operation, ...others });
  }

  /** Its records, the oldest first. */
  async journal() {
    const all = [];
    for (;;) {
      const page = await this.admin('read-journal', { after: all.at(-1)?.number ?? 0 });
      if (!page.records?.length) return all;
      all.push(...page.records);
    }
  }

  /** Ends everything. Fails if the store is not as it should be, or a program had ended. */
  async stop() {
    const problems = [];
    try {
      for (const { name, alive, ended } of [...this.programs, ...this.kannel.programs]) {
        if (!alive) problems.push(`${name} had ended (${ended})`);
      }
      await this.command(['store', 'check']).catch((error) =>
        problems.push(`store check: ${error.stdout ?? ''}${error.message}`));
    } finally {
      problems.push(...await this.#end());
    }
    assert.deepEqual(problems, []);
  }

  async #end() {
    const problems = [];
    for (const program of [...this.programs].reverse()) {
      const status = await program.terminate();
      if (status !== 0) problems.push(`${program.name}: ${status}\n${program.written()}`);
    }
    await this.kannel?.stop();
    await this.mailbox?.server.kill();
    if (this.clock !== undefined) closeSync(this.clock);
    this.folder.remove();
    return problems;
  }
}
