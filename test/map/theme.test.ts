/** Colours that can be read. */
import { expect, test } from '@jest/globals';
import { PALETTES } from '../../lib/map/theme.ts';

/** WCAG 2.2, relative luminance. */
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5]
    .map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [dark = 0, light = 0] = [luminance(a), luminance(b)].toSorted((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}

const inks = ['text', 'dim', 'good', 'bad', 'warn'] as const;
const grounds = ['page', 'card', 'zone'] as const;

test.each(
  (['light', 'dark'] as const).flatMap((theme) =>
    inks.flatMap((text) => grounds.map((ground) => [theme, text, ground] as const)),
  ),
)('%s: %s on %s has a contrast of at least 4.5 to 1', (theme, text, ground) => {
  const palette = PALETTES[theme];
  expect(contrast(palette[text], palette[ground])).toBeGreaterThanOrEqual(4.5);
});
