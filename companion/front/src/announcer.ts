// SPDX-License-Identifier: Apache-2.0
// Says to screen readers what others see happen.

// An empty place for announcements after `element`. It has to be on the page before the first of
// them, or it is not read.
export function announcerAfter(element: Element): (text: string) => void {
  const place = document.createElement('span');
  place.className = 'unseen';
  place.setAttribute('role', 'status');
  element.after(place);
  return (text) => {
    place.textContent = text;
  };
}

// "Back in {seconds} s" with {seconds: 5}: "Back in 5 s". What has no value stays as it is.
export function filled(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) =>
    name in values ? String(values[name]) : whole);
}
