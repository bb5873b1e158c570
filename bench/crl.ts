/**
 * Measures what one CRL costs: `node bench/crl.ts [ENTRIES...]`, 1,000, 100,000 and 500,000 by default.
 * One process makes the CRLs; another, freshly started, reads, verifies and validates them: the first
 * time is what a fresh function pays.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { known } from '../lib/core/reading.ts';
import { CRL_POLICY, judgeCrl } from '../lib/crl/rules.ts';
import { readIssuers } from '../lib/crl/x509/issuer.ts';
import { parseCrl } from '../lib/crl/x509/parse.ts';
import { verifyCrl } from '../lib/crl/x509/verify.ts';

const NOW = Date.UTC(2026, 10, 20, 12);
const ROUNDS = 5;
const [first, ...rest] = process.argv.slice(2);

if (first === 'measure') measure(rest[0] ?? '');
else
  for (const count of first === undefined
    ? [1_000, 100_000, 500_000]
    : [first, ...rest].map(Number))
    await bench(count);

async function bench(count: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'crl-bench-'));
  await makeLists(folder, count);
  spawnSync(process.execPath, [import.meta.filename, 'measure', folder], { stdio: 'inherit' });
  rmSync(folder, { recursive: true });
}

async function makeLists(folder: string, count: number): Promise<void> {
  const { anAuthority, rsa } = await import('../test/crl/builders/authority.ts');
  const { aList, anEntry, reasonCode } = await import('../test/crl/builders/list.ts');
  const ca = anAuthority(rsa('sha256'));
  const code = reasonCode(1);
  const many = Array.from({ length: count }, (_, i) =>
    anEntry(2n ** 126n + BigInt(i) * 7_919n, code),
  );
  const all = Buffer.concat(many);
  writeFileSync(join(folder, 'ca.crt'), ca.certificate);
  writeFileSync(join(folder, 'published.crl'), aList(ca, { number: 7n, entries: [all] }));
  const entries = [all, anEntry(5n, code)];
  writeFileSync(join(folder, 'ca.crl'), aList(ca, { number: 8n, entries }));
}

function measure(folder: string): void {
  const file = (name: string) => readFileSync(join(folder, name));
  const pin = { fileName: 'ca.crt', bytes: file('ca.crt'), mayUseWeakAlgorithms: false };
  const [issuer] = readIssuers(pin);
  if (issuer?.ok !== true) throw new Error(issuer?.why);
  const issuers = [issuer.issuer];
  const bytes = file('ca.crl');
  const published = known(file('published.crl'), NOW);
  const nothing = known(null, NOW);
  const policy = { ...CRL_POLICY, limits: { ...CRL_POLICY.limits, octetsMax: 64 * 1024 * 1024 } };
  const lists = {
    published,
    base: nothing,
    highWater: nothing,
    issuers,
    publishedAs: () => nothing,
    policy,
  };
  const before = process.memoryUsage.rss();

  const judged = times(() => {
    const { verdict } = judgeCrl({ fileName: 'ca.crl', bytes }, lists, NOW);
    if (verdict !== 'publish') throw new Error(verdict);
  });
  const after = process.resourceUsage().maxRSS * 1024;
  let count = 0;
  const read = times(() => {
    const parsed = parseCrl(bytes, policy.limits);
    if (!parsed.ok || !verifyCrl(parsed.crl, issuers, NOW).ok) throw new Error('not verified');
    count = parsed.crl.survey.count;
  });
  console.log(
    `${count} entries, ${mib(bytes.length)}: judged beside the published one ${judged}; ` +
      `of it read and verified ${read}; process ${mib(before)} before, ${mib(after)} at most`,
  );
}

function mib(octets: number): string {
  return `${(octets / 1024 / 1024).toFixed(1)} MiB`;
}

function ms(taken: number | undefined): string {
  return `${(taken ?? 0).toFixed(1)} ms`;
}

function times(run: () => void): string {
  const taken = Array.from({ length: ROUNDS }, () => {
    const before = process.cpuUsage();
    const from = performance.now();
    run();
    const wallMs = performance.now() - from;
    const { user, system } = process.cpuUsage(before);
    return { wallMs, cpuMs: (user + system) / 1_000 };
  });
  const best = Math.min(...taken.map(({ wallMs }) => wallMs));
  return `${ms(taken[0]?.wallMs)} at first (${ms(taken[0]?.cpuMs)} of CPU, its compiler's threads included), ${ms(best)} at best`;
}
