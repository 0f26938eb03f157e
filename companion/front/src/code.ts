// SPDX-License-Identifier: Apache-2.0
// input[data-code]: a pasted "123 456" or "123-456" becomes "123456". Nothing else is touched: the
// server takes it either way, but a length limit would cut the spaced one.

// "123456" of "123 456"; nothing when it is no number.
export function digitsOf(pasted: string): string | undefined {
  const digits = pasted.replace(/[\s\u200b\u00ad.\-\u2010-\u2015]/g, '');
  return /^\d+$/.test(digits) ? digits : undefined;
}

function cleanPastes(input: HTMLInputElement): void {
  input.addEventListener('paste', (event) => {
    const digits = digitsOf(event.clipboardData?.getData('text') ?? '');
    if (digits === undefined) return;
    event.preventDefault();
    input.setRangeText(digits, input.selectionStart ?? 0, input.selectionEnd ?? 0, 'end');
    input.dispatchEvent(new Event('input', { bubbles: true }));
  });
}

export function attachCodes(root: Document): void {
  root.querySelectorAll<HTMLInputElement>('input[data-code]').forEach(cleanPastes);
}
