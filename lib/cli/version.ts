/** The version of this package. */
import { readFileSync } from 'node:fs';
import * as v from 'valibot';

const Manifest = v.object({ version: v.string() });

export const ownVersion = (): string =>
  v.parse(
    Manifest,
    JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')),
  ).version;
