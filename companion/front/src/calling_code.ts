// SPDX-License-Identifier: Apache-2.0
// Which country a number belongs to that was written with its calling code.

export interface Country {
  id: string; // as the form calls it: "FI"
  code: string; // "358"
  isMain: boolean; // the one that is meant where several share the code
}

export interface Split {
  id: string;
  rest: string; // the number as it is dialled within the country
}

// "+358 40 123" → FI, "40 123". `chosen` keeps a code that it shares: +1 stays in Canada. Nothing
// when the number has no calling code, or one that nobody has.
export function splitNumber(typed: string, countries: readonly Country[],
                            chosen: string): Split | undefined {
  const match = /^\s*(?:\(?\+|00)\s*(\d[\d\s().\-/]*)$/.exec(typed.normalize('NFKC'));
  const digits = match?.[1] ?? '';
  // A code has three digits at most, and none begins another.
  for (const length of [1, 2, 3]) {
    const begin = new RegExp(`^(?:\\D*\\d){${length}}[)]?`).exec(digits)?.[0] ?? '';
    const code = begin.replace(/\D/g, '');
    const sharing = countries.filter((country) => country.code === code);
    const country = sharing.find(({ id }) => id === chosen) ??
      sharing.find(({ isMain }) => isMain) ?? sharing[0];
    if (code.length === length && country) {
      return { id: country.id, rest: digits.slice(begin.length).trim() };
    }
  }
  return undefined;
}
