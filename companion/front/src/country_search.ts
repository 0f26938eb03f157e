// SPDX-License-Identifier: Apache-2.0
// Which countries somebody means who types some letters, or a calling code.

// Without accents and case: "aland" finds "Åland".
function folded(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().trim();
}

export interface Named {
  id: string; // "FI"
  code: string; // "358"
  name: string; // as it is shown: "Finland (+358)"
}

// Those whose name begins with what was typed before those that have a word that does; by "+35",
// "35" or "fi" as well.
export function matching<T extends Named>(countries: readonly T[], typed: string): T[] {
  const wanted = folded(typed);
  if (wanted === '') return [...countries];
  const digits = /^\+?(\d+)$/.exec(wanted)?.[1];
  if (digits !== undefined) return countries.filter(({ code }) => code.startsWith(digits));
  const rank = (country: T): number => {
    const name = folded(country.name);
    if (country.id.toLowerCase() === wanted) return 0;
    if (name.startsWith(wanted)) return 1;
    return name.split(/[^\p{L}\p{N}]+/u).some((word) => word.startsWith(wanted)) ? 2 : 3;
  };
  return countries.map((country) => ({ country, rank: rank(country) }))
    .filter((ranked) => ranked.rank < 3)
    .sort((a, b) => a.rank - b.rank)
    .map((ranked) => ranked.country);
}
