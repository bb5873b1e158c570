/** docs/notices.md shows what the code says. */
import { readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { readNotifications, renderNotifications } from './render.ts';

test('docs/notices.md is what npm run docs:notices would write now', async () => {
  expect(await readNotifications()).toBe(await renderNotifications());
});

const fileOf = (path: string): Promise<string> =>
  readFile(new URL(`../../${path}`, import.meta.url), 'utf8');

test('it tells of appliances, tunnels, endpoints and CRLs, and each runbook link leads to a section', async () => {
  const page = await readNotifications();
  for (const reason of [
    'ApplianceDown',
    'TunnelDown',
    'SiteDown',
    'EndpointUnreachable',
    'CrlExpiring',
  ])
    expect(page).toMatch(new RegExp(`^### (?:CRITICAL|WARNING) .*: ${reason} `, 'm'));
  const links = [...page.matchAll(/^Runbook: (\S+)\/runbook\.md#(\S+)$/gm)];
  expect(links.length).toBeGreaterThan(40);
  const sections = new Set(
    [...(await fileOf('docs/runbook.md')).matchAll(/^#+ (\w+)$/gm)].map(([, one = '']) =>
      one.toLowerCase(),
    ),
  );
  expect(links.flatMap(([, , anchor = '']) => (sections.has(anchor) ? [] : [anchor]))).toEqual([]);
});

test('a deployment without a parameter of its own sends the address of docs/ at its version, and so do the stories', async () => {
  const { repository, version } = JSON.parse(await fileOf('package.json'));
  const home = String(repository.url ?? repository).replace(/^git\+|\.git$/g, '');
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of serverless.yml
  const address = `${home}/blob/v\${file(package.json):version}/docs`;
  expect(await fileOf('serverless.yml')).toContain(`docsUrl: ${address}`);
  expect(await fileOf('deploy/environment.yml')).toContain('VPN_MEDIC_DOCS_URL');
  const sent = [...(await readNotifications()).matchAll(/^Runbook: (.*)\/runbook\.md#/gm)];
  expect(new Set(sent.map(([, of]) => of))).toEqual(new Set([`${home}/blob/v${version}/docs`]));
});
