/** Goal: an account that is well yields no more than three lines of information. Method: check over each example capture. */
import { expect, test } from '@jest/globals';
import { cli } from '../cli/open.ts';
import { EXAMPLES, FOLDER } from './captures.ts';

test.each(EXAMPLES.map(({ file }) => file))(
  '%s: nothing is wrong, and little is listed',
  async (file) => {
    const { out } = await cli(['check', '--capture', FOLDER + file]);
    const [, findings = ''] = out.split('\nFindings\n');
    const marked = findings.match(/^ {2}[·!✕] \S+ \S+/gm) ?? [];
    expect(marked.length).toBeGreaterThan(0);
    expect(marked.length).toBeLessThanOrEqual(3);
    for (const line of marked) expect(line).toContain('INFO');
    // Each reason once, however many things it is about.
    expect(new Set(marked).size).toBe(marked.length);
  },
);
