// SPDX-License-Identifier: Apache-2.0
// What people might type as phone numbers, the same on every run: texts that a numbering plan's
// patterns match, and what slips of the finger make of a text.

// mulberry32: small, and good enough to choose by.
export function random(seed) {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

// A text that the pattern matches. Knows what numbering plans are written in: digits, \d, [..],
// groups, |, ?, {n} and {n,m}.
export function textOf(pattern, pick) {
  let at = 0;

  function repetition() {
    if (pattern[at] === '?') {
      at += 1;
      return pick(2);
    }
    const match = /^\{(\d+)(?:,(\d+))?\}/.exec(pattern.slice(at));
    if (!match) return 1;
    at += match[0].length;
    const least = Number(match[1]);
    return least + pick(Number(match[2] ?? least) - least + 1);
  }

  function digitClass() {
    const end = pattern.indexOf(']', at);
    const digits = [];
    for (const [, first, last] of pattern.slice(at, end).matchAll(/(\d)(?:-(\d))?/g)) {
      for (let digit = Number(first); digit <= Number(last ?? first); ++digit) digits.push(digit);
    }
    at = end + 1;
    return digits;
  }

  // Each element is a function, so that what is repeated is chosen anew.
  function element() {
    const character = pattern[at++];
    if (character === '[') {
      const digits = digitClass();
      return () => String(digits[pick(digits.length)]);
    }
    if (character === '\\' && pattern[at++] === 'd') return () => String(pick(10));
    if (character === '(') {
      if (pattern.startsWith('?:', at)) at += 2;
      const inner = alternatives();
      at += 1;
      return inner;
    }
    if (/\d/.test(character)) return () => character;
    throw new Error(`cannot read ${pattern} at ${at}`);
  }

  function alternatives() {
    const all = [[]];
    while (at < pattern.length && pattern[at] !== ')') {
      if (pattern[at] === '|') {
        at += 1;
        all.push([]);
        continue;
      }
      const one = element();
      const count = repetition();
      all.at(-1).push(() => Array.from({ length: count }, one).join(''));
    }
    return () => all[pick(all.length)].map((part) => part()).join('');
  }

  return alternatives()();
}

// Each makes another text of one. `at` is a place in it.
const SLIPS = [
  (text, at) => text.slice(0, at) + text.slice(at + 1),
  (text, at, pick) => text.slice(0, at) + pick(10) + text.slice(at),
  (text, at, pick) => text.slice(0, at) + pick(10) + text.slice(at + 1),
  (text, at) => text.slice(0, at) + (text[at + 1] ?? '') + (text[at] ?? '') + text.slice(at + 2),
  (text, at, pick) => text.slice(0, at) + ' -./()[]\u00a0\u2013\u3000'[pick(11)] + text.slice(at),
  (text, at, pick) => text.slice(0, at) + '\t\u200e\u202d\u2069'[pick(4)] + text.slice(at),
  (text) => text.replaceAll(/\d/g, (digit) => String.fromCharCode(0xff10 + Number(digit))),
  (text) => text.replaceAll(/\d/g, (digit) => String.fromCharCode(0x0660 + Number(digit))),
  (text) => text.replace('+', '\uff0b'),
  (text) => text.replace('+', ''),
  (text) => text.replace('+', '00'),
  (text) => text.replace(/^(\+\d+) /, '$1 (0)'),
  (text) => `(${text})`,
  (text) => `+${text}`,
  (text, at, pick) => ['0', '00', '1', '8', '06', '011', '0011'][pick(7)] + text,
  (text, at, pick) => text + [' x12', ' ext. 7', '#', ',,5', ';ext=3', ' 12#', 'a'][pick(7)],
  (text, at, pick) => text.slice(0, at) + 'xOl~+;*\u202e\n'[pick(8)] + text.slice(at),
  (text) => `tel:${text}`,
  (text, at) => text.slice(0, at),
  (text) => text + text,
];

export function slip(text, pick) {
  const slipped = SLIPS[pick(SLIPS.length)](text, pick(text.length + 1), pick);
  return slipped.replaceAll('\n', '');
}
