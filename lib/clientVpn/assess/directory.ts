/** The directories that log an endpoint's users in. Pure. */
import { ENDPOINT_FINDINGS } from '../../core/findings/clientVpn.ts';
import type { EndpointCheck } from '../types/check.ts';
import type { DirectoryFact } from '../types/surroundings.ts';

/** A directory that the account's list leaves out, or whose stage is not known, is neither well nor impaired. */
export const DIRECTORY_CHECK: EndpointCheck = {
  reasons: ['DirectoryImpaired'],
  judge({ fact, surroundings }, _past, isOpen) {
    const { directoryIds } = fact.settings;
    if (directoryIds.length === 0) return [];
    if (surroundings?.directories?.known !== true) return null;
    const read = surroundings.directories.value;
    const bad = read.filter(({ stage }) => gravityOf(stage) !== null);
    const [first] = bad;
    if (first === undefined) {
      const isAllRead = directoryIds.every((id) =>
        read.some(({ directoryId, stage }) => directoryId === id && WELL.has(stage)),
      );
      return isAllRead ? [] : null;
    }
    const isShut = bad.some(({ stage }) => gravityOf(stage) === 'critical');
    const failing = isOpen('AuthFailuresHigh') ? ' Logins fail because of it.' : '';
    return [
      {
        reason: 'DirectoryImpaired',
        severity: isShut ? 'critical' : 'warning',
        summary: `${bad.map(nameOf).join(', ')}: ${isShut ? 'no user can log in' : 'logins may fail'}.${failing}`,
        evidence: bad.map(
          ({ directoryId, kind, stage, stageWhy }) =>
            `${directoryId} (${kind}): stage ${stage}${stageWhy === '' ? '' : `, AWS says: ${stageWhy}`}`,
        ),
        hint: ENDPOINT_FINDINGS.DirectoryImpaired.hint,
        dependsOn: bad.map(({ directoryId }) => directoryId),
      },
    ];
  },
};

const nameOf = ({ name, stage }: DirectoryFact): string =>
  `The directory ${name} that logs users in is ${stage}`;

/** @see https://docs.aws.amazon.com/directoryservice/latest/admin-guide/ms_ad_directory_status.html */
const WELL: ReadonlySet<string> = new Set(['Active', 'Updating']);
const IMPAIRED: ReadonlySet<string> = new Set([
  'Impaired',
  'Restoring',
  'Creating',
  'Created',
  'Requested',
]);
const SHUT: ReadonlySet<string> = new Set([
  'Inoperable',
  'Failed',
  'RestoreFailed',
  'Deleting',
  'Deleted',
]);

const gravityOf = (stage: string): 'critical' | 'warning' | null =>
  SHUT.has(stage) ? 'critical' : IMPAIRED.has(stage) ? 'warning' : null;
