/** What is published, copied and imported, and what a rule or the deployment's own choice holds back. Pure. */

import { describePause, type Pause } from '../core/pause.ts';
import { type Instant, toIso } from '../core/time.ts';
import { odditiesOf } from './rules/oddities.ts';
import { baseNameOf } from './rules/self.ts';
import type { CrlMemory, FileVerdict } from './state.ts';
import type { CrlAction, CrlHeld, CrlPlan, Import, Publish, Replicate } from './types/plan.ts';
import type { CrlSettings } from './types/policy.ts';
import type { CrlWorld, EndpointObservation, FileObservation } from './types/world.ts';
import type { Crl } from './x509/parse.ts';
import { pemOf } from './x509/pem.ts';

export function planCrls(
  world: CrlWorld,
  memory: CrlMemory,
  { mode }: CrlSettings,
  pause: Pause | null,
  now: Instant,
): CrlPlan {
  const { verdicts, imports } = memory;
  const publishes = world.files
    .flatMap((file) => planPublish(file, verdicts))
    .toSorted((a, b) => Number(a.afterFile !== null) - Number(b.afterFile !== null));
  const replicates = world.files.flatMap((file) => planReplicate(file, verdicts, now));
  const endpoints = world.endpoints.known ? world.endpoints.value : [];
  const due: Import[] = [];
  const waiting: CrlHeld[] = [];
  for (const endpoint of endpoints) {
    const need = imports.get(endpoint.endpointId);
    if (need === undefined) continue;
    const action = planImport(endpoint, need);
    if (need.waitsUntil === null) due.push(action);
    else waiting.push(holdImport(action, 'window', need.because, need.waitsUntil));
  }
  const refused = world.files.flatMap((file) => holdRefused(file, verdicts.get(file.fileName)));
  const actions: readonly CrlAction[] = [...publishes, ...replicates, ...due];
  const stop = stopOf(mode, pause);
  if (stop === null) return { actions, held: [...refused, ...waiting] };
  return {
    actions: [],
    held: [...refused, ...waiting, ...actions.map((one) => holdBy(stop, one))],
  };
}

type Stop = Pick<CrlHeld, 'rule' | 'because' | 'until'>;

/** What holds every action; null: nothing does. */
function stopOf(mode: CrlSettings['mode'], pause: Pause | null): Stop | null {
  if (pause !== null) {
    return { rule: 'paused', because: describePause(pause), until: pause.until };
  }
  return mode === 'act' ? null : { rule: 'observe', because: OBSERVING, until: null };
}

function planPublish(
  file: FileObservation,
  verdicts: ReadonlyMap<string, FileVerdict>,
): readonly Publish[] {
  const { fileName, published, replica, memo } = file;
  const accepted = verdicts.get(fileName)?.accepted ?? null;
  if (accepted === null || !published.known || !memo.known) return [];
  const { crl, highWater, issuer } = accepted.judgement;
  if (crl.nextUpdateAt === null) return [];
  const baseName = baseNameOf(fileName);
  const { extensions } = crl;
  const before = memo.value.highWater;
  return [
    {
      kind: 'publish',
      fileName,
      der: crl.der,
      sha256: highWater.sha256,
      afterFile: baseName !== null && verdicts.get(baseName)?.accepted ? baseName : null,
      highWater,
      overMarkVersion: memo.value.version,
      isMarked:
        before !== null && before.sha256 === highWater.sha256 && before.number === highWater.number,
      overEtag: published.value?.etag ?? null,
      replica: replica?.known === true ? { overEtag: replica.value?.etag ?? null } : null,
      thisUpdateAt: crl.thisUpdateAt,
      nextUpdateAt: crl.nextUpdateAt,
      nextPublishAt: extensions.nextPublishAt,
      oddities: odditiesOf(crl, file.url),
      gist: gistOf(crl),
      metadata: {
        number: extensions.number?.toString() ?? 'none',
        'this-update': toIso(crl.thisUpdateAt),
        'next-update': toIso(crl.nextUpdateAt),
        sha256: highWater.sha256,
        issuer: asAscii(issuer.fileName),
        'inbox-version': asAscii(accepted.content.versionId ?? accepted.object.etag),
      },
    },
  ];
}

const gistOf = ({ extensions, survey, nextUpdateAt }: Crl): string =>
  `number ${extensions.number ?? 'none'}, ${survey.count} entries, until ${nextUpdateAt === null ? '?' : toIso(nextUpdateAt)}`;

/** S3 metadata travels in HTTP headers. */
const asAscii = (text: string): string => text.replaceAll(/[^ -~]/g, '?').slice(0, 200);

/** Only the CRL that was published last is copied, never another object in the public bucket. */
function planReplicate(
  { fileName, published, replica, memo }: FileObservation,
  verdicts: ReadonlyMap<string, FileVerdict>,
  now: Instant,
): readonly Replicate[] {
  const copy = published.known ? published.value : null;
  if (copy === null || replica?.known !== true || verdicts.get(fileName)?.accepted) return [];
  if (replica.value?.sha256 === copy.sha256 || 'why' in copy.facts) return [];
  if (!memo.known || memo.value.highWater?.sha256 !== copy.sha256) return [];
  const nextUpdateAt = copy.facts.nextUpdateAt ?? now;
  const overEtag = replica.value?.etag ?? null;
  return [{ kind: 'replicate', fileName, sha256: copy.sha256, overEtag, nextUpdateAt }];
}

const planImport = (
  { region, endpointId, name, fileName }: EndpointObservation,
  { crl, isAfterPublish, because }: { crl: Crl; isAfterPublish: boolean; because: string },
): Import => ({
  kind: 'import',
  fileName,
  region,
  endpointId,
  name,
  pem: pemOf(crl.der),
  isAfterPublish,
  because,
  gist: gistOf(crl),
});

function holdRefused(
  { fileName }: FileObservation,
  verdict: FileVerdict | undefined,
): readonly CrlHeld[] {
  const [first] = verdict?.refusals ?? [];
  if (first === undefined) return [];
  const because = `${first.code}: ${first.why}`;
  const summary = `${fileName} from the inbox not published`;
  return [{ kind: 'publish', subjectId: fileName, summary, rule: 'S11', because, until: null }];
}

const holdImport = (
  { fileName, name, endpointId }: Import,
  rule: CrlHeld['rule'],
  because: string,
  until: Instant | null,
): CrlHeld => ({
  kind: 'import',
  subjectId: endpointId,
  summary: `${fileName} not imported to ${name}`,
  rule,
  because,
  until,
});

const OBSERVING = 'the deployment observes only (mode=observe)';

function holdBy({ rule, because, until }: Stop, action: CrlAction): CrlHeld {
  switch (action.kind) {
    case 'import':
      return holdImport(action, rule, because, until);
    case 'publish':
    case 'replicate': {
      const { kind, fileName } = action;
      const summary =
        kind === 'publish'
          ? `${fileName} not published`
          : `${fileName} not copied to the second region`;
      return { kind, subjectId: fileName, summary, rule, because, until };
    }
    default:
      return action satisfies never;
  }
}
