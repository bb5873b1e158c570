/** Writes the copyright notices and licences of what the bundles and the command line are made of, from the packages themselves. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { ROOT } from './bundling.ts';
import { packagesOf } from './sbom.ts';

const Manifest = v.object({
  name: v.string(),
  version: v.string(),
  license: v.optional(v.string()),
  author: v.optional(v.union([v.string(), v.object({ name: v.string() })])),
});

/** The file in `dist` that goes with every copy. */
export async function writeNotice(path: string, inputs: readonly string[]): Promise<void> {
  await writeFile(path, await noticeOf(inputs));
}

/**
 * Each package with a file in `inputs`, under the licence texts that it carries; equal texts are printed once, and the
 * terms that LICENSE holds, which goes with every copy, are named. The same packages give the same text.
 */
export async function noticeOf(inputs: readonly string[]): Promise<string> {
  const own = termsIn(await readFile(join(ROOT, 'LICENSE'), 'utf8'));
  const packages = await Promise.all(packagesOf(inputs).map((path) => readPackage(path, own)));
  const sections = [...Map.groupBy(packages, ({ terms }) => terms)].map(
    ([terms, of]) => `${of.map(({ title }) => title).join('\n')}\n\n${terms}`,
  );
  return `${[HEAD, ...sections].join(RULE)}\n`;
}

const HEAD = `vpn-medic, under the Apache License, Version 2.0 (LICENSE).

The compiled functions and the command line contain the packages below, each under the terms that follow its name.`;
const RULE = `\n\n${'-'.repeat(80)}\n\n`;

async function readPackage(
  path: string,
  own: string | null,
): Promise<{ readonly title: string; readonly terms: string }> {
  const folder = join(ROOT, path);
  const manifest: unknown = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const { name, version, license = 'no licence named', author } = v.parse(Manifest, manifest);
  const files = (await readdir(folder)).filter((file) => TERMS.test(file)).toSorted();
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  const by = typeof author === 'object' ? author.name : (author ?? 'its authors');
  // The licence's own text, known by its name, and whose the package is, where the package carries no text.
  const terms =
    texts.length > 0 ? texts.map((text) => tidy(text, own)).join('\n\n') : `${license}, by ${by}`;
  return { title: `${name} ${version} (${license})`, terms };
}

const TERMS = /^(licen[cs]e|copying|notice)/i;

/** Between these two lines of the Apache License stands what is the same in every copy. */
const APACHE = /TERMS AND CONDITIONS FOR USE[^]*?END OF TERMS AND CONDITIONS/;
/** However the lines are broken. Null: other terms. */
const termsIn = (text: string): string | null =>
  APACHE.exec(text)?.[0].replaceAll(/\s+/g, ' ') ?? null;

const tidy = (text: string, own: string | null): string =>
  (own !== null && termsIn(text) === own ? text.replace(APACHE, 'TERMS: as in LICENSE') : text)
    .replaceAll('\r\n', '\n')
    .trim();
