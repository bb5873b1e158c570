/** Goal: whatever the width, the tags and the colours, a page is readable and steers no terminal. */
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { colour } from '../../../lib/cli/output/colour.ts';
import { harmless, harmlessJson } from '../../../lib/cli/output/safeText.ts';
import {
  type Block,
  blank,
  line,
  render,
  table,
  title,
} from '../../../lib/cli/output/textBlocks.ts';

const plain = { columns: 40, hasColour: false };
const coloured = { columns: 40, hasColour: true };
const ESC = '\u001b';

describe('a line', () => {
  test('of exactly the paper is not broken, one letter more is', () => {
    const words = 'a'.repeat(20);
    expect(render([line(`${words} ${'b'.repeat(19)}`)], plain)).toBe(
      `${words} ${'b'.repeat(19)}\n`,
    );
    expect(render([line(`${words} ${'b'.repeat(20)}`)], plain)).toBe(
      `${words}\n  ${'b'.repeat(20)}\n`,
    );
  });

  test('goes on under its own text when it hangs', () => {
    const text = render([line('one two three four five six seven eight', 4, 2)], {
      ...plain,
      columns: 20,
    });
    expect(text).toBe('    one two three\n      four five six\n      seven eight\n');
  });

  test('keeps a word that is longer than the paper whole: ids are copied from it', () => {
    const id = `arn:${'x'.repeat(60)}`;
    expect(render([line(`see ${id} now`)], plain)).toBe(`see\n  ${id}\n  now\n`);
  });

  test('has colours only where there are any, and the same words with and without', () => {
    const blocks = [title('Title'), line([colour('bad', 'DOWN'), ' now']), blank];
    expect(render(blocks, plain)).toBe('Title\nDOWN now\n\n');
    expect(render(blocks, coloured)).toContain(`${ESC}[31mDOWN${ESC}[39m now`);
    expect(stripVTControlCharacters(render(blocks, coloured))).toBe(render(blocks, plain));
  });
});

describe('a table', () => {
  const rows = [
    ['hq-a', colour('good', 'well'), 'ike:500 answered (2 ms)'],
    ['branch-long', colour('bad', 'DOWN'), 'EC2 says stopped since a long time ago'],
  ];

  test('stands in columns, wraps the last one, and has no blanks at the ends of its lines', () => {
    expect(render([table(['NAME', 'HEALTH', 'WHY'], rows)], { ...plain, columns: 50 })).toBe(
      [
        '  NAME         HEALTH  WHY',
        '  hq-a         well    ike:500 answered (2 ms)',
        '  branch-long  DOWN    EC2 says stopped since a',
        '                       long time ago',
        '',
      ].join('\n'),
    );
  });

  const id = 'vpn-0123456789abcdef0';
  const wordy = [[id, 'of a group with a long name', 'and a reason that does not fit either']];

  test('cuts an identifier in its middle, and only where the terminal forces it', () => {
    const narrow = render([table(['ID', 'WHAT', 'WHY'], wordy)], { ...plain, columns: 44 });
    expect(narrow).toMatch(/ vpn-\d*…\w*def0 /);
    expect(render([table(['ID', 'WHAT', 'WHY'], wordy)], { ...plain, columns: 80 })).toContain(id);
  });

  test('in a pipe is one line a row, and nothing is cut', () => {
    const columns = Number.POSITIVE_INFINITY;
    expect(
      render([table(['ID', 'WHAT', 'WHY'], wordy)], { ...plain, columns }).split('\n'),
    ).toEqual([expect.stringContaining('ID'), `  ${wordy[0]?.join('  ')}`, '']);
  });

  test('stands in the same columns when it is coloured', () => {
    const blocks = [table(['NAME', 'HEALTH', 'WHY'], rows)];
    const text = stripVTControlCharacters(render(blocks, { columns: 50, hasColour: true }));
    const trimmed = text.split('\n').map((one) => one.trimEnd());
    expect(trimmed.join('\n')).toBe(render(blocks, { columns: 50, hasColour: false }));
  });

  test('takes no colour over from one line to the next', () => {
    const why = colour('warn', 'a reason that is so long that it is broken over several lines');
    const text = render([table(['NAME', 'WHY'], [['hq-a', why]])], {
      columns: 40,
      hasColour: true,
    });
    for (const one of text.split('\n')) {
      const opened = one.split(`${ESC}[33m`).length + one.split(`${ESC}[90m`).length - 1;
      expect(one.split(`${ESC}[39m`)).toHaveLength(opened);
    }
  });
});

describe('foreign text', () => {
  const hostile = fc.string({ unit: 'binary', maxLength: 40 });
  const STEERING = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

  test.each([
    ['an escape sequence', `${ESC}]0;owned\u0007`, '?]0;owned?'],
    ['a line break', 'a\r\nb', 'a??b'],
    ['a C1 control', 'a\u009b31mb', 'a?31mb'],
    ['text that runs backwards', 'a\u202eb', 'a?b'],
    ['ordinary words of any script', 'Zürich 東京 éa', 'Zürich 東京 éa'],
  ])('%s is shown harmlessly', (_, text, shown) => {
    expect(harmless(text)).toBe(shown);
  });

  test('reaches no page: not as a line, not in a title, not in a cell', () => {
    fc.assert(
      fc.property(hostile, hostile, fc.integer({ min: 40, max: 120 }), (a, b, columns) => {
        const blocks: readonly Block[] = [
          title(a),
          line([colour('bad', a), b]),
          table(['A', 'B'], [[a, colour('good', b)]]),
        ];
        const text = stripVTControlCharacters(render(blocks, { columns, hasColour: true }));
        expect(text.replaceAll('\n', '')).not.toMatch(STEERING);
      }),
    );
  });

  test('reaches no JSON raw, and comes back the same', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const json = harmlessJson({ text });
        expect(json.replaceAll('\n', '')).not.toMatch(STEERING);
        expect(JSON.parse(json)).toEqual({ text });
      }),
    );
  });
});

describe('every page fits its paper', () => {
  const word = fc.string({
    unit: fc.constantFrom('a', 'b', 'm', '-', '.', '1'),
    minLength: 1,
    maxLength: 12,
  });
  const words = fc.array(word, { minLength: 1, maxLength: 30 }).map((list) => list.join(' '));

  test('of 80 to 120 columns, whatever the cells hold', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(words, { minLength: 6, maxLength: 6 }), { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 80, max: 120 }),
        (rows, columns) => {
          const blocks = [line(rows[0]?.[0] ?? '', 2), table(['A', 'B', 'C', 'D', 'E', 'F'], rows)];
          for (const one of render(blocks, { columns, hasColour: false }).split('\n')) {
            expect(one.length).toBeLessThanOrEqual(columns);
          }
        },
      ),
      { numRuns: 40 },
    );
  });
});
