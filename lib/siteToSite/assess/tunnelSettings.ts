/** Findings on the options of a connection's tunnels: what restarts them, and whether both are set alike. Pure. */
import type { Finding } from '../../core/finding.ts';
import { CONNECTION_FINDINGS } from '../../core/findings/siteToSite.ts';
import { compare } from '../../core/order.ts';
import type { TunnelOptionsFact } from '../types/connection.ts';
import { connectionSubject } from './subjects.ts';
import type { Judged } from './tunnelFindings.ts';

export const tunnelSettings = (judged: Judged): readonly Finding[] => [
  ...withoutRestart(judged),
  ...differing(judged),
];

function withoutRestart({ connection, site, sinces, now }: Judged): readonly Finding[] {
  const bad = connection.tunnels.flatMap(({ outsideIp, options }) =>
    options !== null &&
    !options.startsIke &&
    (options.dpdAction === 'none' || options.dpdAction === 'clear')
      ? [`tunnel ${outsideIp}: DpdTimeoutAction ${options.dpdAction}, StartupAction add`]
      : [],
  );
  if (bad.length === 0) return [];
  const subject = connectionSubject(connection, site);
  return [
    {
      reason: 'DpdWithoutRestart',
      subject,
      severity: 'info',
      summary: `When the customer device of ${connection.name} is dead to AWS, AWS does not start the tunnel again: the device must.`,
      evidence: bad,
      since: sinces.since('DpdWithoutRestart', subject.id, now),
      hint: CONNECTION_FINDINGS.DpdWithoutRestart.hint,
    },
  ];
}

/** Only what both show. */
function differing({ connection, site, sinces, now }: Judged): readonly Finding[] {
  const [one, two] = connection.tunnels.map(({ options }) => options);
  if (one == null || two == null) return [];
  const lines = SETTINGS.flatMap(([word, textOf]) => {
    const [a, b] = [textOf(one), textOf(two)];
    return a === b ? [] : [`${word}: ${a} and ${b}`];
  });
  if (lines.length === 0) return [];
  const subject = connectionSubject(connection, site);
  return [
    {
      reason: 'TunnelsDiffer',
      subject,
      severity: 'info',
      summary: `The two tunnels of ${connection.name} are set differently: ${lines.join('; ')}.`,
      evidence: lines,
      since: sinces.since('TunnelsDiffer', subject.id, now),
      hint: CONNECTION_FINDINGS.TunnelsDiffer.hint,
    },
  ];
}

const listed = (list: readonly (string | number)[]): string =>
  list.length === 0 ? "AWS's default" : list.map(String).toSorted(compare).join(' ');

const SETTINGS: readonly (readonly [string, (options: TunnelOptionsFact) => string])[] = [
  ['IKE versions', ({ ikeVersions }) => listed(ikeVersions)],
  ['DH groups', ({ dhGroups }) => listed([...new Set(dhGroups)])],
  ['integrity', ({ integrity }) => listed([...new Set(integrity)])],
  ['DPD action', ({ dpdAction }) => dpdAction ?? 'not said'],
  ['start of IKE', ({ startsIke }) => (startsIke ? 'AWS' : 'the customer device')],
  ['logs', ({ isLogged }) => (isLogged ? 'on' : 'off')],
  ['lifecycle control', ({ hasLifecycleControl }) => (hasLifecycleControl ? 'on' : 'off')],
];
