/**
 * Reads the largest item of each shape as a leader does, and prints the shapes that were read as JSON; a second argument `more`
 * makes each one value too large. Run it with the heap of a function.
 */
import { parsePreferred } from '../../lib/appliances/state/preferred.ts';
import { packed, unpacked } from '../../lib/core/packed.ts';

const COUNT = 200_000;

/** By name: a list entry, and how many values it counts as. */
const SHAPES: readonly (readonly [string, number, (nth: number) => string])[] = [
  ['numbers', 1, () => '0.5'],
  ['empty objects', 2, () => '{}'],
  ['lists in lists', 5, () => '[[[[]]]]'],
  ['an object with a large index', 2, () => '{"99999999":0}'],
  ['objects of a key each', 2, (nth) => `{"${nth.toString(36)}":0}`],
];

function read(entry: (nth: number) => string, each: number, more: number): boolean {
  const entries = Array.from({ length: Math.floor(COUNT / each) }, (_none, nth) => entry(nth));
  const text = `[${[...entries, ...Array.from({ length: (COUNT % each) + more }, () => '0')].join()}]`;
  return unpacked(packed(null, text)) !== null;
}

/** Four megabytes with a letter that makes V8 keep every letter in two bytes. */
function readLong(more: number): boolean {
  const text = `["\u2603${'x'.repeat(4 * 1_024 * 1_024 - 7 + more)}"]`;
  return unpacked(packed(null, text)) !== null;
}

/** Where the owner of each route of a very large region put it. */
function readRoutes(): boolean {
  const one = {
    instanceId: 'i-0a1b2c3d4e5f60001',
    zone: 'eu-west-1a',
    launchedAt: 1e12,
    movedTo: [],
    movedAt: null,
    changed: null,
  };
  const routes = Object.fromEntries(
    Array.from({ length: 15_000 }, (_none, nth) => [`rtb-0a1b2c3d4e5f${nth} 10.20.0.0/16`, one]),
  );
  return parsePreferred(packed(routes, JSON.stringify(routes)), (at) => at).size === 15_000;
}

const more = process.argv[2] === 'more' ? 1 : 0;
const shapes = SHAPES.filter(([, each, entry]) => read(entry, each, more)).map(([name]) => name);
process.stdout.write(
  JSON.stringify([
    ...shapes,
    ...(readLong(more) ? ['long texts'] : []),
    ...(more === 0 && readRoutes() ? ['15,000 routes'] : []),
  ]),
);
