// SPDX-License-Identifier: Apache-2.0
// [data-country]: a select of countries, <option value="FI" data-code="358" data-main>, and a
// telephone number. The select can be searched, and a number that brings its calling code along,
// "+358 40...", chooses the country and loses the code.
import { splitNumber, type Country } from './calling_code';
import { CountryBox } from './country_box';

function countriesOf(select: HTMLSelectElement): Country[] {
  return [...select.options].map((option) => ({
    id: option.value,
    code: option.dataset['code'] ?? '',
    isMain: option.hasAttribute('data-main'),
  }));
}

function join(area: HTMLElement): void {
  const select = area.querySelector('select');
  const number = area.querySelector<HTMLInputElement>('input[type=tel]');
  if (!select || !number) return;
  const box = new CountryBox(select);
  const countries = countriesOf(select);
  const split = () => {
    const found = splitNumber(number.value, countries, select.value);
    if (!found) return;
    select.value = found.id;
    number.value = found.rest;
    box.showChosen();
  };
  // At once what was pasted or filled in; what is typed, when it is whole.
  number.addEventListener('change', split);
  number.addEventListener('input', (event) => {
    const { inputType = 'insertReplacementText' } = event as InputEvent;
    if (/^insert(?:FromPaste|FromDrop|ReplacementText)$/.test(inputType)) split();
  });
}

export function attachCountries(root: Document): void {
  root.querySelectorAll<HTMLElement>('[data-country]').forEach(join);
}
