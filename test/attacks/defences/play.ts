/** What stands against each attack of play.ts. */
import type { Defence } from '../cut.ts';

export const PLAYED: readonly Defence[] = [
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
    'one emptied answer about the associations of an endpoint',
    [
      {
        file: 'lib/clientVpn/observe/associations.ts',
        defence: 'return wasClosed !== (open.length === 0);',
        without: 'return false;',
      },
    ],
    /no client can connect/,
  ],
  [
    'a stored item nested 200,000 deep',
    [
      {
        file: 'lib/core/storedText.ts',
        defence: 'if (depth > DEPTH_MAX || count > VALUES_MAX) return null;',
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
        file: 'lib/watcher/lease/item.ts',
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
    [{ file: 'lib/core/text.ts', defence: ".replace(HOST_END, '[.]')", without: '' }],
    /evil-bank\.com.*evil\.zip/,
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
