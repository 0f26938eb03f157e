// SPDX-License-Identifier: Apache-2.0
// What the pages can do beyond what they do without a script. Each behaviour is a module, attached
// to the elements that ask for it by a data attribute; the pages bring every word along in others.
import { attachCapsLock } from './caps_lock';
import { attachCodes } from './code';
import { attachCopies } from './copy';
import { attachCountdowns } from './countdown';
import { attachCountries } from './country';
import { focusFirst } from './focus';
import { attachOnce } from './once';
import { attachReveals } from './reveal';
import { attachRules } from './rules';
import { attachSaving } from './saving';
import { attachYubikeys } from './yubikey';

// The last two in this order: a form's submission is counted when everything else has looked at it,
// and the focus moves when everything is where it belongs.
for (const attach of [attachReveals, attachCapsLock, attachCodes, attachRules, attachCountdowns,
  attachCopies, attachSaving, attachCountries, attachYubikeys, attachOnce, focusFirst]) {
  attach(document);
}
