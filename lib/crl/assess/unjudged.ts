/** What one pass over CRLs can neither find nor deny, by `unjudgedKey`: what was found of it stays open (S13). Pure. */
import { CRL_FINDINGS } from '../../core/findings/crl.ts';
import {
  CRL_FORM_FINDINGS,
  CRL_RULE_FINDINGS,
  CRL_SIGNATURE_FINDINGS,
} from '../../core/findings/crlRefusals.ts';
import { unjudgedKey } from '../../core/report.ts';
import type { FileVerdict } from '../state.ts';
import type { CrlOutcome, CrlPlan } from '../types/plan.ts';
import type { CrlWorld, FileObservation } from '../types/world.ts';
import { fileSubject } from './finding.ts';

type Own = keyof typeof CRL_FINDINGS;

/** Judged by the content of the published copy. */
const OF_CONTENT: readonly Own[] = [
  'CrlServedDiffers',
  'CrlServedUnknown',
  'CrlReplicaDiffers',
  'CrlReplicaUnknown',
  'CrlEntryOdd',
  'CrlScopeNarrow',
  'CrlLate',
  'CrlExpiring',
  'CrlExpired',
  'CrlInboxSilent',
];
const OF_ENDPOINT: readonly Own[] = [
  'CrlEndpointBehind',
  'CrlEndpointUnfit',
  'CrlEndpointAhead',
  'CrlImportFailed',
];
const REFUSALS: readonly string[] = [
  CRL_FORM_FINDINGS,
  CRL_SIGNATURE_FINDINGS,
  CRL_RULE_FINDINGS,
].flatMap(Object.keys);
/** Of an endpoint whose CRL cannot be read. */
const OF_UNREAD: readonly Own[] = [...OF_ENDPOINT, 'CrlEndpointExpiring', 'CrlEndpointExpired'];
const OF_FILE: readonly string[] = [...Object.keys(CRL_FINDINGS), ...REFUSALS];
const WRITE: Own = 'CrlWriteFailed';
const OF_UPLOAD: readonly string[] = [...REFUSALS, WRITE];

/** `endpointIds`: endpoints that cannot be compared now. */
export function unjudgedOf(
  { files, endpoints }: CrlWorld,
  verdicts: ReadonlyMap<string, FileVerdict>,
  endpointIds: readonly string[],
): ReadonlySet<string> {
  return new Set([
    ...files.filter(isWithoutList).flatMap(({ fileName }) => keys(OF_CONTENT, fileName)),
    ...files.filter(isHalfSeen).flatMap(({ fileName }) => keys(OF_FILE, fileName)),
    ...(endpoints.known ? endpoints.value : []).flatMap(({ endpointId, list }) =>
      list.known ? [] : OF_UNREAD.map((reason) => unjudgedKey(reason, endpointId)),
    ),
    ...files.flatMap(({ fileName, isCrowd }) =>
      (verdicts.get(fileName)?.refusals ?? []).length === 0
        ? []
        : // Nothing is written now; and in a flood a refusal is a part of that.
          keys(isCrowd ? OF_UPLOAD : [WRITE], fileName),
    ),
    ...endpointIds.flatMap((id) => OF_ENDPOINT.map((reason) => unjudgedKey(reason, id))),
  ]);
}

/** What was refused, or could not be written, goes on until it is published; what is refused also ends where nothing is ever published. */
export function unjudgedAfter(
  { held }: CrlPlan,
  outcomes: readonly CrlOutcome[],
): ReadonlySet<string> {
  return new Set([
    ...held.flatMap(({ kind, subjectId, rule }) =>
      kind === 'import' || rule === 'S11'
        ? []
        : keys(rule === 'observe' ? [WRITE] : OF_UPLOAD, subjectId),
    ),
    ...outcomes.flatMap(({ action, kind }) =>
      action.kind !== 'import' && kind !== 'done' ? keys(OF_UPLOAD, action.fileName) : [],
    ),
  ]);
}

/** What was published last is lost, or replaced by what is no list: that is a finding of its own. */
function isWithoutList({ published, memo }: FileObservation): boolean {
  if (!published.known) return true;
  const { value } = published;
  if (value === null) return memo.known && memo.value.highWater !== null;
  return 'why' in value.facts;
}

/** What one file keeps to itself says nothing of the others, which begin and end meanwhile. */
const isHalfSeen = ({ published, memo, replica, candidates }: FileObservation): boolean =>
  [published, memo, replica, ...candidates.map(({ content }) => content)].some(
    (reading) => reading?.known === false,
  );

const keys = (reasons: readonly string[], fileName: string): readonly string[] =>
  reasons.map((reason) => unjudgedKey(reason, fileSubject(fileName).id));
