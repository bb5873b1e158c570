/**
 * Goal: each attack of docs/security.md fails because of the defence that stands against it. Method: the attack is tried
 * on the product as it is, and on the product built without that defence, where it succeeds. The lab tries the same over
 * HTTP (test/lab/scenarios/attacks.test.ts).
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { makeTempFolder } from '../tempFolder.ts';
import { buildWith, type Cut } from './cut.ts';

type Attacks = Readonly<Record<string, () => Promise<string | null>>>;

const folder = makeTempFolder();
afterAll(() => rm(folder, { recursive: true }));
let count = 0;

async function attacksOn(entry: string, cuts: readonly Cut[]): Promise<Attacks> {
  count += 1;
  const outfile = join(folder, `${count}.mjs`);
  await buildWith(join('test/attacks', entry), cuts, outfile);
  const built: { readonly attacks: Attacks } = await import(outfile);
  return built.attacks;
}

/** The attack, the place of its defence, and what it gets without it. */
const PLAYED: readonly (readonly [attack: string, cuts: readonly Cut[], gets: RegExp])[] = [
  [
    'one empty answer',
    [
      {
        file: 'lib/appliances/observe/cachedReading.ts',
        defence: '(item) => !ids.has(idOf(item)) && !doubtedIds.has(idOf(item)),',
        without: '() => false,',
      },
    ],
    /the interface is gone/,
  ],
  [
    'an instance tagged for the group, when both members die',
    [
      {
        file: 'lib/appliances/rules.ts',
        defence: "{ rule: 'S2', when: 'choice', holds: targetIsNotAdmitted },",
        without: '',
      },
    ],
    /the stranger got \d+ routes/,
  ],
  [
    'an interface that its owner moved to another instance',
    [
      {
        file: 'lib/appliances/observe/interfaces.ts',
        defence: 'movedTo: movedTo.get(one.interfaceId) ?? null,',
        without: 'movedTo: null,',
      },
      {
        file: 'lib/appliances/observe/interfaces.ts',
        defence: '!movedTo.has(one.interfaceId) &&',
        without: '',
      },
    ],
    /left the owner's choice/,
  ],
  [
    'a probe at an address that never leaves the host',
    [
      {
        file: 'lib/core/cidr.ts',
        defence: 'return HOST_LOCAL.includes(range);',
        without: 'return range === "unicast" && HOST_LOCAL.includes(range);',
      },
    ],
    /127\.0\.0\.1.* may be probed/,
  ],
  [
    'a stored item nested 200,000 deep',
    [
      {
        file: 'lib/core/storedText.ts',
        defence: 'if (depthOf(text) > DEPTH_MAX) return null;',
        without: '',
      },
    ],
    /the reader died: RangeError/,
  ],
  [
    'a debt of the write budget in the state',
    [
      {
        file: 'lib/appliances/state/stored.ts',
        defence: 'Math.max(0, budget.tokens)',
        without: 'budget.tokens',
      },
    ],
    /held/,
  ],
  [
    'a lease that was renewed in the future',
    [
      {
        file: 'lib/watcher/lease.ts',
        defence: ' && renewedAt <= now + FUTURE_MS;',
        without: ';',
      },
    ],
    /no process leads/,
  ],
  [
    'a stored appliance that never was, and owns a firewall’s interface',
    [
      {
        file: 'lib/appliances/observe/interfaces.ts',
        defence: '!movedTo.has(one.interfaceId) &&',
        without: '',
      },
      {
        file: 'lib/appliances/observe/interfaces.ts',
        defence: 'movedTo: movedTo.get(one.interfaceId) ?? null,',
        without: 'movedTo: null,',
      },
    ],
    /0\.0\.0\.0\/0 is managed/,
  ],
  [
    'a name that ends the command it is printed in',
    [
      {
        file: 'lib/core/text.ts',
        defence: '/^[\\w@%+=:,./-]+$/.test(text) ? text :',
        without: 'text.length > 0 ? text :',
      },
    ],
    /the shell ran: a/,
  ],
  [
    'a name that mail and chat make a link of',
    [{ file: 'lib/core/text.ts', defence: ".replace(HOST_END, '$1[.]$2')", without: '' }],
    /evil-bank\.com/,
  ],
  [
    'an upload that stops the function each time it is read',
    [
      {
        file: 'lib/crl/observe/strangers.ts',
        defence: 'await marks.begin(upload);',
        without: '',
      },
    ],
    /died four times/,
  ],
  [
    'replays of one list under a hundred names',
    [
      {
        file: 'lib/crl/rules/names.ts',
        defence: 'if (holder === null || holder === fileName) return null;',
        without: 'if (holder !== undefined) return null;',
      },
    ],
    /[2-9]\d* public names|1\d+ public names/,
  ],
  [
    'a read before the write that is never answered',
    [
      {
        file: 'lib/appliances/act/insist.ts',
        defence: 'const SILENT_MS = 500;',
        without: 'const SILENT_MS = 60_000;',
      },
    ],
    /waited for \d+ ms/,
  ],
];

const WITHOUT_LISTS: Cut = {
  file: 'lib/aws/call.ts',
  defence: "if (list === undefined) throw new Unreadable('an answer without its list');",
  without: 'if (list === undefined) return [];',
};

const ON_THE_WIRE: typeof PLAYED = [
  ['an answer of CloudWatch without its list', [WITHOUT_LISTS], /no endpoint has a CRL/],
  [
    'an answer of EC2 without a body',
    [
      {
        file: 'lib/aws/ec2/client.ts',
        defence: 'if (!isWhole({ headers: response.headers, body }, operation)) {',
        without: 'if (body === null) {',
      },
      WITHOUT_LISTS,
    ],
    /0 interfaces are there/,
  ],
  [
    'an answer of the state table without a body, while writes are paused',
    [
      {
        file: 'lib/aws/dynamoDb/read.ts',
        defence:
          'if (tables.length === 0 && keys.length === 0) return { ok: false, fault: INCOMPLETE };',
        without: '',
      },
    ],
    /the pause is forgotten/,
  ],
  [
    'a listing of the inbox without a body',
    [
      {
        file: 'lib/aws/s3/read.ts',
        defence:
          "if (Name === undefined) throw new Unreadable('a listing that names no bucket');\n      if (KeyCount",
        without: 'if (KeyCount',
      },
    ],
    /no issuer is pinned/,
  ],
];

describe.each([
  ['play.ts', PLAYED],
  ['wire.ts', ON_THE_WIRE],
])('attacks of %s', (entry, list) => {
  let whole: Attacks = {};
  beforeAll(async () => {
    whole = await attacksOn(entry, []);
  });

  test('each is tried', () => {
    expect(new Set(list.map(([attack]) => attack))).toEqual(new Set(Object.keys(whole)));
  });

  test.each(list)(
    '%s: gets nothing, and without its defence what it is after',
    async (attack, cuts, gets) => {
      expect(await whole[attack]?.()).toBeNull();
      const open = await attacksOn(entry, cuts);
      expect(await open[attack]?.()).toMatch(gets);
    },
  );
});

test('a defence that has moved is reported, not passed over', async () => {
  const cut = { file: 'lib/core/cidr.ts', defence: 'what never stood there', without: '' };
  await expect(attacksOn('play.ts', [cut])).rejects.toThrow('has 0 times what the attack cuts out');
});
